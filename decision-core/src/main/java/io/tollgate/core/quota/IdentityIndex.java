/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.BitUtil;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Finds the cell of an identity: open addressing with linear probing over {@link IdentityRecords}, at most two thirds
 * full. A slot is 8 bytes, the upper 32 bits of the identity's lower half and the cell's number; 0 is empty. It is
 * derived data, built from the records when first needed and kept in a mapped scratch file that is unlinked as soon
 * as it is open: nothing of it can be left over by a crash or be out of step with the records.
 *
 * <p>Threading: the loader thread.
 */
final class IdentityIndex implements AutoCloseable {
    /** 2^27 slots are one map of 1 GiB. */
    static final long MAX_CELLS = (1L << 27) / 3 * 2;

    private static final long NUMBER_MASK = 0xFFFF_FFFFL;
    private static final int MIN_SLOTS = 1 << 12;

    private final MappedByteBuffer map;
    private final UnsafeBuffer slots;
    private final IdentityRecords records;
    private final int mask;
    private int size;

    private IdentityIndex(MappedByteBuffer map, IdentityRecords records, int capacity) {
        this.map = map;
        this.slots = new UnsafeBuffer(map);
        this.records = records;
        this.mask = capacity - 1;
    }

    /**
     * Builds an index.
     *
     * @param count cells there are
     * @param expected cells there will be
     */
    static IdentityIndex build(Path folder, IdentityRecords records, long count, long expected) throws IOException {
        if (count > MAX_CELLS) {
            throw new IOException("the cell store in " + folder + " is full: it has " + count + " of at most "
                    + MAX_CELLS + " cells; start an empty one.");
        }
        long wanted = Math.min(MAX_CELLS, Math.max(count, expected)) * 3 / 2 + 1;
        int capacity = Math.max(MIN_SLOTS, BitUtil.findNextPositivePowerOfTwo((int) wanted));
        IdentityIndex index = new IdentityIndex(scratch(folder, capacity), records, capacity);
        for (long number = 1; number < count; number++) {
            if (!records.isPadding(number)) {
                index.add(records.high(number), records.low(number), number);
            }
        }
        return index;
    }

    private static MappedByteBuffer scratch(Path folder, int capacity) throws IOException {
        long bytes = (long) capacity * Long.BYTES;
        try (FileChannel channel = FileChannel.open(
                folder.resolve("index.tmp"),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE)) {
            ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(bytes, 1 << 20));
            for (long at = 0; at < bytes; at += channel.write(zeros.clear(), at)) {
                // written, not a hole: a full disk shows here
            }
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
        }
    }

    /** Number of the identity's cell, or 0. */
    long find(long high, long low) {
        long tag = low & ~NUMBER_MASK;
        for (int slot = home(high, low); ; slot = (slot + 1) & mask) {
            long entry = slots.getLong(slot * Long.BYTES);
            if (entry == 0) {
                return 0;
            }
            long number = entry & NUMBER_MASK;
            if ((entry & ~NUMBER_MASK) == tag && records.matches(number, high, low)) {
                return number;
            }
        }
    }

    /** Whether one more needs a larger index. */
    boolean full() {
        return size >= (mask + 1L) * 2 / 3;
    }

    void add(long high, long low, long number) {
        int slot = home(high, low);
        while (slots.getLong(slot * Long.BYTES) != 0) {
            slot = (slot + 1) & mask;
        }
        slots.putLong(slot * Long.BYTES, (low & ~NUMBER_MASK) | number);
        size++;
    }

    private int home(long high, long low) {
        return (int) CellIdentity.avalanche(high + Long.rotateLeft(low, 32)) & mask;
    }

    @Override
    public void close() {
        IoUtil.unmap(map);
    }
}
