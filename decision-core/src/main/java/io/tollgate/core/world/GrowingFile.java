/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A new file of a world while it is written: mapped at its full length, filled with real zero bytes as it grows, so that a full disk is an
 * IOException where more room is asked for and not a fault in the middle of a store; cut to what is used in the end. One thread.
 */
final class GrowingFile implements AutoCloseable {
    private static final int MAX_STEP_BYTES = 8 << 20;
    private static final int MIN_STEP_BYTES = 64 << 10;

    private final FileChannel channel;
    private final MappedByteBuffer mapped;
    private final UnsafeBuffer buffer;
    private final ByteBuffer zeros = ByteBuffer.allocateDirect(MIN_STEP_BYTES);
    private Path path;
    private int backed;
    private boolean closed;

    GrowingFile(final Path path, final int maxLength) throws IOException {
        this.path = path;
        channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, maxLength);
        } catch (final IOException | RuntimeException | Error ex) {
            channel.close();
            Files.deleteIfExists(path);
            throw ex;
        }
        mapped.order(ByteOrder.nativeOrder());
        buffer = new UnsafeBuffer(mapped);
    }

    UnsafeBuffer buffer() {
        return buffer;
    }

    int maxLength() {
        return buffer.capacity();
    }

    /** Makes sure that the disk holds the file up to a length. */
    void ensure(final int length) throws IOException {
        while (backed < length) {
            final int step = Math.max(MIN_STEP_BYTES, Math.min(MAX_STEP_BYTES, backed));
            final int target = (int) Math.min(maxLength(), (long) backed + step);
            while (backed < target) {
                zeros.clear().limit(Math.min(zeros.capacity(), target - backed));
                backed += channel.write(zeros, backed);
            }
        }
    }

    /**
     * Completes the head, cuts the file to its length, brings it to the disk and closes it.
     *
     * @param length  bytes of the file, head included
     * @param name    in the same directory
     * @param identity what the head says beside what is measured here
     */
    WorldFiles.WorldFile seal(final int length, final String name, final FileIdentity identity) throws IOException {
        buffer.putLong(FileDescriptor.FILE_LENGTH_AT, length);
        identity.write(buffer);
        buffer.putInt(
                FileDescriptor.BODY_CRC_AT,
                MappedFile.crc(mapped, FileDescriptor.LENGTH, length - FileDescriptor.LENGTH));
        buffer.putInt(FileDescriptor.HEAD_CRC_AT, MappedFile.crc(mapped, 0, FileDescriptor.HEAD_CRC_AT));
        final int crc = MappedFile.crc(mapped, 0, length);
        mapped.force();
        unmap();
        channel.truncate(length);
        channel.force(true);
        channel.close();
        final Path target = path.resolveSibling(name);
        if (!target.equals(path)) {
            Files.move(path, target);
            path = target;
        }
        return new WorldFiles.WorldFile(name, length, crc);
    }

    private void unmap() {
        if (!closed) {
            closed = true;
            buffer.wrap(0, 0);
            BufferUtil.free(mapped);
            BufferUtil.free(zeros);
        }
    }

    /** Unmaps and closes; the file stays. */
    @Override
    public void close() throws IOException {
        unmap();
        channel.close();
    }

    /** Closes and deletes. */
    void discard() throws IOException {
        close();
        Files.deleteIfExists(path);
    }
}
