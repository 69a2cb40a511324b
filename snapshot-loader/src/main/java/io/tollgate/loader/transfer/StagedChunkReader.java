/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Reads the chunks of a staging file into one reused buffer. Single thread. */
final class StagedChunkReader {
    private final FileChannel channel;
    private final Path file;
    private final int maxChunkBytes;
    private final ByteBuffer header = ByteBuffer.allocate(Staging.FRAME_HEADER_BYTES);
    private byte[] buffer = new byte[0];
    private int length;

    StagedChunkReader(FileChannel channel, Path file, int maxChunkBytes) {
        this.channel = channel;
        this.file = file;
        this.maxChunkBytes = maxChunkBytes;
    }

    /** False when no whole, undamaged chunk lies there. */
    boolean tryRead(long offset) throws IOException {
        header.clear();
        if (!readFully(header, offset)) {
            return false;
        }
        int claimed = header.getInt(0);
        if (claimed < 0 || claimed > maxChunkBytes) {
            return false;
        }
        if (buffer.length < claimed) {
            buffer = new byte[claimed];
        }
        ByteBuffer target = ByteBuffer.wrap(buffer, 0, claimed);
        length = claimed;
        return readFully(target, offset + Staging.FRAME_HEADER_BYTES)
                && Digests.crc32c(buffer, 0, claimed) == header.getInt(Integer.BYTES);
    }

    /** Reads a chunk that was written before. */
    void read(long offset) throws IOException {
        if (!tryRead(offset)) {
            throw new IOException("the chunk at byte " + offset + " of " + file
                    + " is not what was written there: the disk or somebody else changed it");
        }
    }

    private boolean readFully(ByteBuffer target, long offset) throws IOException {
        long at = offset;
        while (target.hasRemaining()) {
            int count = channel.read(target, at);
            if (count < 0) {
                return false;
            }
            at += count;
        }
        return true;
    }

    byte[] buffer() {
        return buffer;
    }

    int length() {
        return length;
    }
}
