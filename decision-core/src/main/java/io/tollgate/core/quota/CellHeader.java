/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The first 4,096 bytes of a cell file, little-endian:
 *
 * <pre>
 *    0: "TGCELLS" 0x01 magic and format version     8: store id
 *   16: bytes of a cell (int)   20: cells per extent (int)   24: bytes of an identity (int)
 *   28: CRC-32C of 0..27 (int)
 *   64: count        cells allocated, the reserved cell 0 included
 *   72: synced       count at the last sync: records below it are on the disk
 *   80: incarnation  how often the store was opened, modulo 2^23
 *   88: last seen    wall clock, seconds since 1970
 * </pre>
 *
 * The four that change are <em>guarded words</em>: 40 bits of value and 24 bits of check in one long, so that a kill
 * between two stores cannot part them and a flipped bit shows.
 */
final class CellHeader {
    static final int BYTES = 4096;
    static final int COUNT = 64;
    static final int SYNCED = 72;
    static final int INCARNATION = 80;
    static final int LAST_SEEN_SECONDS = 88;

    private static final long MAGIC = 0x0153_4C4C_4543_4754L;
    private static final int STORE_ID = 8;
    private static final int CELL_BYTES = 16;
    private static final int CELLS_PER_EXTENT = 20;
    private static final int IDENTITY_BYTES = 24;
    private static final int CRC = 28;
    private static final int VALUE_BITS = 40;

    private final UnsafeBuffer buffer;
    private final Path file;

    CellHeader(UnsafeBuffer buffer, Path file) {
        this.buffer = buffer;
        this.file = file;
    }

    void create(long storeId) {
        buffer.putLong(0, MAGIC, ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(STORE_ID, storeId, ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(CELL_BYTES, Cells.CELL_BYTES, ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(CELLS_PER_EXTENT, Cells.CELLS_PER_SEGMENT, ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(IDENTITY_BYTES, IdentityRecords.RECORD_BYTES, ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(CRC, crc(), ByteOrder.LITTLE_ENDIAN);
        put(COUNT, 1);
        put(SYNCED, 1);
        put(INCARNATION, 0);
        put(LAST_SEEN_SECONDS, 0);
    }

    /** Refuses what this code cannot read. */
    void check() {
        long magic = buffer.getLong(0, ByteOrder.LITTLE_ENDIAN);
        if (magic << 8 != MAGIC << 8) {
            throw new CellStoreException(file + " is not a cell file: it starts with "
                    + Long.toHexString(Long.reverseBytes(magic)) + " instead of 'TGCELLS'.");
        }
        if (magic != MAGIC) {
            throw new CellStoreException(file + " has format version " + (magic >>> 56)
                    + "; this program reads version " + (MAGIC >>> 56) + ".");
        }
        if (buffer.getInt(CRC, ByteOrder.LITTLE_ENDIAN) != crc()) {
            throw new CellStoreException(file + " has a damaged header: the checksum of its first 28 bytes is wrong.");
        }
        if (buffer.getInt(CELL_BYTES, ByteOrder.LITTLE_ENDIAN) != Cells.CELL_BYTES
                || buffer.getInt(CELLS_PER_EXTENT, ByteOrder.LITTLE_ENDIAN) != Cells.CELLS_PER_SEGMENT
                || buffer.getInt(IDENTITY_BYTES, ByteOrder.LITTLE_ENDIAN) != IdentityRecords.RECORD_BYTES) {
            throw new CellStoreException(
                    file + " has another layout (bytes of a cell, cells of an extent or bytes of an"
                            + " identity) than this program.");
        }
        long count = get(COUNT);
        long synced = get(SYNCED);
        get(INCARNATION);
        get(LAST_SEEN_SECONDS);
        if (count < 1 || synced < 1 || synced > count) {
            throw new CellStoreException(
                    file + " has a damaged header: " + count + " cells, of which " + synced + " synced.");
        }
    }

    long storeId() {
        return buffer.getLong(STORE_ID, ByteOrder.LITTLE_ENDIAN);
    }

    /** A guarded word's value; refuses a damaged one. */
    long get(int word) {
        long stored = buffer.getLongVolatile(word);
        long value = stored & ((1L << VALUE_BITS) - 1);
        if (stored != guard(word, value)) {
            throw new CellStoreException(file + " has a damaged header: the word at byte " + word + " is "
                    + Long.toHexString(stored) + ", which fails its check.");
        }
        return value;
    }

    void put(int word, long value) {
        buffer.putLongRelease(word, guard(word, value & ((1L << VALUE_BITS) - 1)));
    }

    private long guard(int word, long value) {
        return CellIdentity.avalanche(value ^ Long.rotateLeft(storeId(), word)) << VALUE_BITS | value;
    }

    private int crc() {
        byte[] bytes = new byte[CRC];
        buffer.getBytes(0, bytes);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length);
        return (int) crc.getValue();
    }
}
