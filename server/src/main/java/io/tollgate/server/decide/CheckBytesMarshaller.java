/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.tollgate.server.envoy.CheckBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Sends answers that are serialized already. */
final class CheckBytesMarshaller implements MethodDescriptor.Marshaller<CheckBytes> {
    @Override
    public InputStream stream(final CheckBytes answer) {
        return new Stream(answer.message());
    }

    /** Answers are only sent here; this side of the interface is for clients. */
    @Override
    public CheckBytes parse(final InputStream stream) {
        try {
            return new CheckBytes(stream.readAllBytes(), false);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without the buffer that gRPC would take to copy a stream. */
    private static final class Stream extends ByteArrayInputStream implements KnownLength, Drainable {
        Stream(final byte[] message) {
            super(message);
        }

        @Override
        public int drainTo(final OutputStream target) throws IOException {
            final int length = count - pos;
            target.write(buf, pos, length);
            pos = count;
            return length;
        }
    }
}
