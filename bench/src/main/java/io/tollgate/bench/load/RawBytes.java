/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** Sends messages that are serialized already, so that the client's own cost stays small beside the server's. */
final class RawBytes implements MethodDescriptor.Marshaller<byte[]> {
    static final RawBytes INSTANCE = new RawBytes();

    private RawBytes() {}

    @Override
    public InputStream stream(final byte[] message) {
        return new Known(message);
    }

    @Override
    public byte[] parse(final InputStream stream) {
        throw new UnsupportedOperationException("only sends");
    }

    private static final class Known extends ByteArrayInputStream implements KnownLength {
        Known(final byte[] message) {
            super(message);
        }
    }
}
