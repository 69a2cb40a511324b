/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.journal;

import io.tollgate.core.journal.JournalFormatException;
import io.tollgate.core.journal.JournalSegment;
import io.tollgate.loader.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A segment and its file. It appears under its name when it is whole: zeros written, header in place. Belongs to the thread that has it;
 * {@link #segment} to all.
 */
final class SegmentFile implements AutoCloseable {
    static final String SUFFIX = ".tgj";
    static final String UNFINISHED = ".new";

    private static final int PAGE_BYTES = 4096;
    private static final int WRITE_BYTES = 64 * 1024;

    private final Storage storage;
    private final Path path;
    private final FileChannel channel;
    private MappedByteBuffer map;
    private JournalSegment segment;
    private boolean damaged;

    private SegmentFile(Storage storage, Path path, FileChannel channel, MappedByteBuffer map, JournalSegment segment) {
        this.storage = storage;
        this.path = path;
        this.channel = channel;
        this.map = map;
        this.segment = segment;
    }

    /**
     * Makes an empty one.
     *
     * @param lasting whether it has to be on the disk, zeros and name, when this returns
     * @throws IOException when the disk is full or fails; nothing is left then
     */
    static SegmentFile create(
            Storage storage, Path folder, int index, long salt, Producer producer, int bytes, boolean lasting)
            throws IOException {
        Path path = folder.resolve(name(producer.bootId(), index));
        Path fresh = folder.resolve(path.getFileName() + UNFINISHED);
        FileChannel channel = storage.create(fresh);
        try {
            ByteBuffer zeros = ByteBuffer.allocateDirect(WRITE_BYTES);
            for (int left = bytes; left > 0; left -= zeros.limit()) {
                zeros.clear().limit(Math.min(WRITE_BYTES, left));
                storage.write(channel, zeros);
            }
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
            UnsafeBuffer buffer = new UnsafeBuffer(map);
            // so that the first worker to come to a page does not wait for it
            for (int at = 0; at < bytes; at += PAGE_BYTES) {
                buffer.putLong(at, 0);
            }
            JournalSegment segment =
                    JournalSegment.create(buffer, index, salt, producer.sidecarId(), producer.bootId());
            if (lasting) {
                channel.force(true);
            }
            storage.moveAtomically(fresh, path);
            if (lasting) {
                storage.syncDirectory(folder);
            }
            return new SegmentFile(storage, path, channel, map, segment);
        } catch (IOException | RuntimeException e) {
            channel.close();
            storage.delete(fresh);
            throw e;
        }
    }

    private static String name(String bootId, int index) {
        return bootId.replaceAll("[^A-Za-z0-9._-]", "_") + String.format("-%08d", index) + SUFFIX;
    }

    /**
     * Maps what some process left.
     *
     * @throws JournalFormatException when its header cannot be believed
     */
    static SegmentFile open(Storage storage, Path path) throws IOException {
        FileChannel channel = storage.open(path);
        try {
            long size = channel.size();
            if (size < JournalSegment.HEADER_BYTES || size > Integer.MAX_VALUE) {
                // mapping nothing fails by itself, with another message
                JournalSegment.open(new UnsafeBuffer(new byte[(int) Math.min(size, JournalSegment.HEADER_BYTES - 1)]));
            }
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, size);
            try {
                return new SegmentFile(storage, path, channel, map, JournalSegment.open(new UnsafeBuffer(map)));
            } catch (RuntimeException e) {
                IoUtil.unmap(map);
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    Path path() {
        return path;
    }

    JournalSegment segment() {
        return segment;
    }

    long length() {
        return segment.buffer().capacity();
    }

    /** Whether bytes of it are missing: it was cut, and not by {@link #seal}. */
    boolean isCut() {
        long end = segment.end();
        return length() < (end == 0 ? segment.wholeLength() : Math.min(end, segment.wholeLength()));
    }

    void markDamaged() {
        damaged = true;
    }

    boolean isDamaged() {
        return damaged;
    }

    /** Gives the disk what a killed process left unused behind the last frame. Nobody may be reading it. */
    void seal(int end) throws IOException {
        if (segment.end() != 0 || end >= length()) {
            return;
        }
        segment.seal(end);
        boolean marked = damaged;
        IoUtil.unmap(map);
        channel.truncate(end);
        map = channel.map(FileChannel.MapMode.READ_WRITE, 0, end);
        segment = JournalSegment.open(new UnsafeBuffer(map));
        damaged = marked;
    }

    void force() throws IOException {
        storage.force(channel);
    }

    /** Nobody may use the segment any more. */
    @Override
    public void close() throws IOException {
        IoUtil.unmap(map);
        channel.close();
    }

    /** Closes and deletes it; a damaged one is kept elsewhere for diagnosis. */
    void discard(Path damagedFolder) throws IOException {
        close();
        if (damaged) {
            setAside(storage, path, damagedFolder);
        } else {
            storage.delete(path);
        }
    }

    static Path setAside(Storage storage, Path file, Path damagedFolder) throws IOException {
        storage.createDirectories(damagedFolder);
        Path target = damagedFolder.resolve(file.getFileName().toString());
        storage.moveAtomically(file, target);
        return target;
    }
}
