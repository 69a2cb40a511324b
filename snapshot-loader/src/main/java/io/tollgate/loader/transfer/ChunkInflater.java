/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import com.google.protobuf.ByteString;
import io.tollgate.loader.transfer.RefusedException.Check;
import io.tollgate.v1.DataChunk;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Turns a chunk's payload into its records' bytes: CRC-32C first, then inflation that stops at the claimed length, so that a small
 * payload cannot become a large one. One buffer, reused; single thread; native memory until {@link #close()}.
 */
final class ChunkInflater implements AutoCloseable {
    private final TransferLimits limits;
    private final Inflater inflater = new Inflater();
    private byte[] buffer = new byte[0];
    private int length;

    ChunkInflater(TransferLimits limits) {
        this.limits = limits;
    }

    /** The inflated bytes are in {@link #buffer()} up to {@link #length()} until the next call. */
    void inflate(DataChunk chunk) throws RefusedException {
        ByteString payload = chunk.getPayload();
        long claimed = Integer.toUnsignedLong(chunk.getUncompressedLengthBytes());
        checkLimit(chunk, "payload", payload.size(), limits.maxPayloadBytes());
        checkLimit(chunk, "inflated length", claimed, limits.maxChunkBytes());
        int crc = Digests.crc32c(payload.asReadOnlyByteBuffer());
        if (crc != chunk.getCrc32C()) {
            throw new RefusedException(
                    Check.CHUNK_CRC,
                    where(chunk) + ": CRC-32C of its payload is " + Integer.toHexString(crc) + ", it says "
                            + Integer.toHexString(chunk.getCrc32C()));
        }
        length = (int) claimed;
        if (buffer.length < length) {
            buffer = new byte[Math.max(length, Math.min(limits.maxChunkBytes(), 2 * buffer.length))];
        }
        switch (chunk.getCompression()) {
            case COMPRESSION_NONE -> copy(chunk, payload);
            case COMPRESSION_DEFLATE -> inflate(chunk, payload);
            default ->
                throw new RefusedException(
                        Check.CHUNK_CONTENT,
                        where(chunk) + ": compression number " + chunk.getCompressionValue()
                                + " is not known here; this sidecar reads NONE and DEFLATE");
        }
    }

    private void copy(DataChunk chunk, ByteString payload) throws RefusedException {
        if (payload.size() != length) {
            throw lengthMismatch(chunk, payload.size() + " bytes");
        }
        payload.copyTo(buffer, 0);
    }

    private void inflate(DataChunk chunk, ByteString payload) throws RefusedException {
        inflater.reset();
        inflater.setInput(payload.asReadOnlyByteBuffer());
        try {
            int done = 0;
            while (done < length) {
                int step = inflater.inflate(buffer, done, length - done);
                if (step == 0) {
                    break;
                }
                done += step;
            }
            if (done != length) {
                throw lengthMismatch(chunk, "ends after " + done);
            }
            // The stream's end mark may come only now, and no byte more.
            if (!inflater.finished() && (inflater.inflate(new byte[1]) != 0 || !inflater.finished())) {
                throw lengthMismatch(chunk, "goes on");
            }
            if (inflater.getRemaining() != 0) {
                throw lengthMismatch(chunk, "is followed by " + inflater.getRemaining() + " stray bytes");
            }
        } catch (DataFormatException e) {
            throw new RefusedException(
                    Check.CHUNK_CONTENT, where(chunk) + ": the payload does not inflate: " + e.getMessage());
        }
    }

    private RefusedException lengthMismatch(DataChunk chunk, String found) {
        return new RefusedException(
                Check.CHUNK_CONTENT, where(chunk) + ": claims " + length + " bytes inflated, the payload " + found);
    }

    private static void checkLimit(DataChunk chunk, String what, long value, int limit) throws RefusedException {
        if (value > limit) {
            throw new RefusedException(
                    Check.LIMIT, where(chunk) + ": " + what + " of " + value + " bytes, at most " + limit);
        }
    }

    private static String where(DataChunk chunk) {
        return "chunk " + Long.toUnsignedString(chunk.getIndex());
    }

    byte[] buffer() {
        return buffer;
    }

    int length() {
        return length;
    }

    @Override
    public void close() {
        inflater.end();
    }
}
