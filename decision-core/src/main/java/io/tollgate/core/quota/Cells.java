/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The memory of all cells: what workers count in. A cell is 32 bytes, addressed by a {@code cellRef}, its byte
 * position in the space of all cells (so a multiple of 32; 0 is no cell), which lies in segments of 1 MiB:
 *
 * <pre>
 *   PERIOD   0: ordinal of even period | 8: used in it | 16: ordinal of odd period | 24: used in it
 *   RATE     0: position (Gcra)        | 8..31: unused
 *   GAUGE    0: used                   | 8..31: unused
 *
 *   ordinal word   0                        never used
 *                  1 .. 2^40-1              the slot counts this period
 *                  1 inc(23) ordinal(40)    negative: being opened for this ordinal by a worker of incarnation inc;
 *                                           of another incarnation: its process died there, anybody may take over
 * </pre>
 *
 * Threading: workers read and change cells as {@link Taker} says; the loader thread alone adds segments. A worker may
 * use a cellRef once the world that holds it has been published to it, which happens after its segment was added.
 */
public final class Cells {
    /** Bytes of a cell. */
    public static final int CELL_BYTES = 32;

    /** No cell. */
    public static final long NO_CELL = 0;

    static final int SEGMENT_SHIFT = 20;
    static final int SEGMENT_BYTES = 1 << SEGMENT_SHIFT;
    static final int CELLS_PER_SEGMENT = SEGMENT_BYTES / CELL_BYTES;
    static final int INCARNATION_BITS = 23;

    private final long incarnation;
    private volatile UnsafeBuffer[] segments;

    Cells(long incarnation, UnsafeBuffer[] segments) {
        this.incarnation = incarnation & ((1L << INCARNATION_BITS) - 1);
        this.segments = segments;
    }

    /** Cells that live as long as this object: for tests, benchmarks and offline evaluation. */
    public static Cells inMemory(int cells) {
        int count = Math.floorDiv(cells, CELLS_PER_SEGMENT) + 1;
        UnsafeBuffer[] segments = new UnsafeBuffer[count];
        for (int i = 0; i < count; i++) {
            int needed = i < count - 1 ? SEGMENT_BYTES : (cells % CELLS_PER_SEGMENT + 1) * CELL_BYTES;
            segments[i] = new UnsafeBuffer(BufferUtil.allocateDirectAligned(needed, 64));
        }
        return new Cells(1, segments);
    }

    /** The reference of the n-th cell, n from 1. */
    public static long ref(long number) {
        return number * CELL_BYTES;
    }

    /** Used in a period; 0 when the cell does not (or no longer) count it. Diagnostics: may be tentative. */
    public long readUsed(long cellRef, long ordinal) {
        UnsafeBuffer segment = segment(segments, cellRef);
        if (segment == null) {
            return 0;
        }
        int slot = PeriodSlots.slot(offset(cellRef), ordinal);
        long used = segment.getLongVolatile(slot + PeriodSlots.USED);
        return segment.getLongVolatile(slot) == ordinal ? used : 0;
    }

    /** The newest ordinal that a PERIOD cell counts or is being opened for; 0 for none. */
    public long readOrdinal(long cellRef) {
        UnsafeBuffer segment = segment(segments, cellRef);
        return segment == null ? 0 : PeriodSlots.newest(segment, offset(cellRef));
    }

    /** The position of a RATE cell. */
    public long readPosition(long cellRef) {
        return readGauge(cellRef);
    }

    /** What is held of a GAUGE cell. Diagnostics: may be tentative. */
    public long readGauge(long cellRef) {
        UnsafeBuffer segment = segment(segments, cellRef);
        return segment == null ? 0 : segment.getLongVolatile(offset(cellRef));
    }

    /**
     * Raises the position of a RATE cell; never lowers it. What a changed rate starts from, see {@link RateSpec#carryOver}. Loader thread;
     * workers may take from the cell meanwhile.
     *
     * @param position units of the cell's own rate
     */
    public void raisePosition(long cellRef, long position) {
        UnsafeBuffer segment = segment(segments, cellRef);
        if (segment == null) {
            return;
        }
        int at = offset(cellRef);
        long seen = segment.getLongVolatile(at);
        while (seen < position && !segment.compareAndSetLong(at, seen, position)) {
            seen = segment.getLongVolatile(at);
        }
    }

    /** How many cells there is room for without growing. */
    public long capacity() {
        return (long) segments.length * CELLS_PER_SEGMENT;
    }

    long incarnation() {
        return incarnation;
    }

    UnsafeBuffer[] segments() {
        return segments;
    }

    /** Loader thread only. */
    void segments(UnsafeBuffer[] grown) {
        segments = grown;
    }

    /** Loader thread, before anybody else knows the cell. */
    void clear(long cellRef) {
        segments[(int) (cellRef >>> SEGMENT_SHIFT)].setMemory(offset(cellRef), CELL_BYTES, (byte) 0);
    }

    /** The segment that holds a cell, or null for a reference that no cell has. */
    static @Nullable UnsafeBuffer segment(UnsafeBuffer[] segments, long cellRef) {
        long index = cellRef >>> SEGMENT_SHIFT;
        if (cellRef <= 0 || (cellRef & (CELL_BYTES - 1)) != 0 || index >= segments.length) {
            return null;
        }
        UnsafeBuffer segment = segments[(int) index];
        return offset(cellRef) < segment.capacity() ? segment : null;
    }

    static int offset(long cellRef) {
        return (int) cellRef & (SEGMENT_BYTES - 1);
    }
}
