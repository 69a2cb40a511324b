/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages with the generated parser, or hands on their bytes. Bytes that are no such message, or too many of them, come back as
 * {@link Malformed}, never as an exception.
 */
final class InboundMarshaller implements MethodDescriptor.Marshaller<Object> {
    private final @Nullable Parser<? extends MessageLite> parser;
    private final String typeName;
    private final int maxBytes;
    private final String limitKey;

    /**
     * @param parser   null = the handler reads the bytes itself
     * @param typeName full name of the message, for errors
     * @param maxBytes largest message
     * @param limitKey the configuration key of that limit, for errors
     */
    InboundMarshaller(
            final @Nullable Parser<? extends MessageLite> parser,
            final String typeName,
            final int maxBytes,
            final String limitKey) {
        this.parser = parser;
        this.typeName = typeName;
        this.maxBytes = maxBytes;
        this.limitKey = limitKey;
    }

    @Override
    public Object parse(final InputStream stream) {
        try {
            final int length = stream instanceof KnownLength ? stream.available() : -1;
            final byte[] bytes =
                    length < 0 ? stream.readNBytes(maxBytes + 1) : read(stream, Math.min(length, maxBytes + 1));
            return bytes.length > maxBytes ? tooLong(Math.max(length, bytes.length)) : parse(bytes);
        } catch (final IOException e) {
            return malformed("could not be read: " + e.getMessage());
        }
    }

    private Object parse(final byte[] bytes) {
        if (parser == null) {
            return bytes;
        }
        final CodedInputStream input = CodedInputStream.newInstance(bytes);
        try {
            final Object message = parser.parseFrom(input, ExtensionRegistryLite.getEmptyRegistry());
            input.checkLastTagWas(0);
            return message;
        } catch (final InvalidProtocolBufferException e) {
            return malformed("is no such message: " + e.getMessage() + " Reading stopped at byte "
                    + input.getTotalBytesRead() + " of " + bytes.length + ".");
        }
    }

    private static byte[] read(final InputStream stream, final int length) throws IOException {
        final byte[] bytes = new byte[length];
        final int count = stream.readNBytes(bytes, 0, length);
        if (count != length) {
            throw new IOException(count + " bytes came instead of " + length);
        }
        return bytes;
    }

    private Malformed tooLong(final int length) {
        return new Malformed(Status.RESOURCE_EXHAUSTED.withDescription(typeName + ": the message has " + length
                + " bytes, the limit is " + maxBytes + " (" + limitKey + "); send less at once or raise the limit"));
    }

    private Malformed malformed(final String what) {
        return new Malformed(Status.INVALID_ARGUMENT.withDescription(typeName + ": the message " + what
                + " Build it with tollgate/v1/decision.proto; texts must be UTF-8."));
    }

    /** Requests are only read here; this side of the interface is for clients. */
    @Override
    public InputStream stream(final Object value) {
        return new ByteArrayInputStream(((MessageLite) value).toByteArray());
    }
}
