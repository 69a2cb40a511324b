/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import io.tollgate.core.file.StoreFile;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A file of a header and segments of equal size, mapped one by one; it grows by whole segments of written zeros, so that a full disk is an
 * exception of the loader's thread and not a fault of a worker that touches a hole.
 *
 * <pre>
 *   header, 4 KiB, in the byte order of the machine:
 *      0: magic with format version      8, 16: key of the store, random      24: id of the counters (CellStore.id)
 *     32: size of a segment              40: CRC-32C of 0..39
 *     64: boot: hash of the machine's boot id while the file is open          72: 1 = closed in order
 *   then the segments
 * </pre>
 *
 * After the process was killed all is as it left it: the kernel has the pages. After the machine went down without {@link #close} pages of
 * different moments may lie here beside counters of yet another one; such a file is refused ({@link #open}): what it held stays counted.
 *
 * <p>Threading: the loader's thread.
 */
final class ExtentFile implements AutoCloseable {
    static final int HEADER_BYTES = 4096;

    private static final int KEY0 = 8;
    private static final int KEY1 = 16;
    private static final int CELLS = 24;
    private static final int SEGMENT = 32;
    private static final int CRC = 40;
    private static final int BOOT = 64;
    private static final int CLEAN = 72;

    private final Path file;
    private final int segmentBytes;
    private final FileChannel channel;
    private final MappedByteBuffer headerMap;
    private final UnsafeBuffer header;
    private final List<MappedByteBuffer> maps = new ArrayList<>();

    private ExtentFile(Path file, FileChannel channel, int segmentBytes) throws IOException {
        this.file = file;
        this.channel = channel;
        this.segmentBytes = segmentBytes;
        this.headerMap = channel.map(FileChannel.MapMode.READ_WRITE, 0, HEADER_BYTES);
        this.header = new UnsafeBuffer(headerMap);
    }

    /**
     * What makes a file this one.
     *
     * @param magic eight bytes with the format's version
     * @param segmentBytes size of a segment
     * @param cellStoreId the counters that it refers to
     * @param bootId hash of the machine's boot id; 0 = not known
     */
    record Kind(long magic, int segmentBytes, long cellStoreId, long bootId) {}

    static ExtentFile openOrCreate(Path file, Kind kind, long key0, long key1) throws IOException {
        if (!Files.exists(file)) {
            create(file, kind, key0, key1);
        }
        return open(file, kind);
    }

    private static void create(Path file, Kind kind, long key0, long key1) throws IOException {
        StoreFile.create(file, channel -> {
            StoreFile.writeZeros(channel, 0, HEADER_BYTES);
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, HEADER_BYTES);
            UnsafeBuffer header = new UnsafeBuffer(map);
            header.putLong(0, kind.magic());
            header.putLong(KEY0, key0);
            header.putLong(KEY1, key1);
            header.putLong(CELLS, kind.cellStoreId());
            header.putLong(SEGMENT, kind.segmentBytes());
            header.putLong(CRC, crc(header));
            header.putLong(CLEAN, 1);
            map.force();
            IoUtil.unmap(map);
        });
    }

    private static ExtentFile open(Path file, Kind kind) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        @Nullable ExtentFile opened = null;
        try {
            StoreFile.lock(channel, file);
            long size = channel.size();
            if (size < HEADER_BYTES) {
                throw new ReservationStoreException(
                        file + " is cut off: it has " + size + " bytes, fewer than its header");
            }
            opened = new ExtentFile(file, channel, kind.segmentBytes());
            opened.check(kind);
            for (long at = HEADER_BYTES; at + kind.segmentBytes() <= size; at += kind.segmentBytes()) {
                opened.maps.add(channel.map(FileChannel.MapMode.READ_WRITE, at, kind.segmentBytes()));
            }
            opened.header.putLong(BOOT, kind.bootId());
            opened.header.putLong(CLEAN, 0);
            opened.headerMap.force();
            return opened;
        } catch (IOException | RuntimeException e) {
            if (opened == null) {
                channel.close();
            } else {
                opened.release();
            }
            throw e;
        }
    }

    private void check(Kind kind) {
        long magic = header.getLong(0);
        if (magic != kind.magic()) {
            throw new ReservationStoreException(file + " starts with " + Long.toHexString(magic)
                    + "; this program reads " + Long.toHexString(kind.magic())
                    + ": it is something else, of another version or of another machine");
        }
        if (header.getLong(CRC) != crc(header) || header.getLong(SEGMENT) != kind.segmentBytes()) {
            throw new ReservationStoreException(file + " has a damaged header: its checksum is wrong");
        }
        if (header.getLong(CELLS) != kind.cellStoreId()) {
            throw new ReservationStoreException(file + " belongs to other counters (store "
                    + Long.toHexString(header.getLong(CELLS)) + ", not " + Long.toHexString(kind.cellStoreId()) + ")");
        }
        if (header.getLong(CLEAN) != 1 && header.getLong(BOOT) != kind.bootId()) {
            throw new ReservationStoreException(file
                    + " was open when the machine went down: its pages may be of different moments, and giving back by them"
                    + " could give back twice");
        }
    }

    long key0() {
        return header.getLong(KEY0);
    }

    long key1() {
        return header.getLong(KEY1);
    }

    int segments() {
        return maps.size();
    }

    UnsafeBuffer segment(int index) {
        return new UnsafeBuffer(maps.get(index));
    }

    /** Adds a segment of zeros. */
    UnsafeBuffer grow() throws IOException {
        long at = HEADER_BYTES + (long) maps.size() * segmentBytes;
        StoreFile.writeZeros(channel, at, segmentBytes);
        maps.add(channel.map(FileChannel.MapMode.READ_WRITE, at, segmentBytes));
        return segment(maps.size() - 1);
    }

    private static long crc(UnsafeBuffer header) {
        byte[] bytes = new byte[CRC];
        header.getBytes(0, bytes);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length);
        return crc.getValue();
    }

    /** Brings all to the disk and says so. Nobody may use a segment any more. */
    @Override
    public void close() throws IOException {
        maps.forEach(MappedByteBuffer::force);
        header.putLong(CLEAN, 1);
        headerMap.force();
        release();
    }

    private void release() throws IOException {
        maps.forEach(IoUtil::unmap);
        maps.clear();
        IoUtil.unmap(headerMap);
        channel.close();
    }
}
