/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Memory outside of the heap that patched rows are written to, one after the other: segments, each twice as long as the one before. What
 * is written stays where it is and as it is, so that worlds share it; it is freed when the last of them is closed. Loader's thread.
 */
final class OverlaySpace implements RowMemory {
    private static final int FIRST_BYTES = 256 << 10;
    private static final int MOST_BYTES = 32 << 20;

    private final UnsafeBuffer[] rows;
    private final List<ByteBuffer> segments = new ArrayList<>();
    private final int firstNumber;
    private long address;
    private int position;
    private int length;
    private long bytes;

    /**
     * Starts without memory.
     *
     * @param rows        memory by file; gets the segments
     * @param firstNumber the first that is free; that of new rows stays so
     */
    OverlaySpace(final UnsafeBuffer[] rows, final int firstNumber) {
        this.rows = rows;
        this.firstNumber = firstNumber;
    }

    @Override
    public long allocate(final int wanted, final int alignment) throws IOException {
        long at = aligned(alignment);
        if (segments.isEmpty() || at + wanted > length) {
            addSegment(Math.addExact(wanted, alignment));
            at = aligned(alignment);
        }
        position = (int) at + wanted;
        return (long) (firstNumber + segments.size() - 1) << FileDescriptor.ROWS_FILE_SHIFT | at;
    }

    /** {@return the next position whose address is a multiple of a power of two} */
    private long aligned(final int alignment) {
        return (address + position + alignment - 1 & -(long) alignment) - address;
    }

    private void addSegment(final int wanted) throws IOException {
        final int number = firstNumber + segments.size();
        if (number >= WorldMemory.NEW_ROWS_FILE) {
            throw new IOException("no number is left for another segment of changed rows; there are " + segments.size()
                    + " of " + bytes + " bytes");
        }
        length = Math.max(wanted, Math.min(MOST_BYTES, FIRST_BYTES << Math.min(Byte.SIZE, segments.size())));
        final ByteBuffer segment;
        try {
            segment = ByteBuffer.allocateDirect(length);
        } catch (final OutOfMemoryError ex) {
            throw new IOException("no memory for another " + length + " bytes of changed rows: " + ex.getMessage(), ex);
        }
        segment.order(ByteOrder.nativeOrder());
        segments.add(segment);
        rows[number] = new UnsafeBuffer(segment);
        address = BufferUtil.address(segment);
        position = 0;
        bytes += length;
    }

    @Override
    public UnsafeBuffer buffer(final long ref) {
        return rows[(int) (ref >>> FileDescriptor.ROWS_FILE_SHIFT)];
    }

    /** {@return bytes of memory that are held} */
    long bytes() {
        return bytes;
    }

    /** Frees the memory; a late reader meets a bounds check. */
    void free() {
        for (int i = 0; i < segments.size(); i++) {
            rows[firstNumber + i].wrap(0, 0);
            BufferUtil.free(segments.get(i));
        }
        segments.clear();
        bytes = 0;
    }
}
