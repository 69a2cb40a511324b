/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * What is done to live cells besides taking and giving back: when ceilings change, and after the wall clock was
 * wrong. Safe beside workers.
 *
 * <p>A wall clock that goes back leaves two traces. Positions of RATE cells lie in the future, so a bucket would deny
 * until the clock has caught up: {@link #clampRate} makes it an empty bucket, which is what it may be at worst; call
 * it for every bound RATE cell when {@link CellStore#lastNotedMs} lies after now, and when the offset of the clock is
 * moved back. And PERIOD cells stay in the newest period that they have seen, which is right for seconds and wrong
 * after a clock that was years ahead: {@link #rebasePeriod}.
 *
 * <p>Threading: one thread, with a worker number of its own.
 */
public final class CellRepair {
    private final Cells cells;
    private final InFlight inFlight;
    private final int worker;

    /**
     * For one thread.
     *
     * @param worker 0 to {@code inFlight.workers()}, exclusive; nobody else's
     */
    public CellRepair(Cells cells, InFlight inFlight, int worker) {
        if (worker < 0 || worker >= inFlight.workers()) {
            throw new IllegalArgumentException(
                    "worker is " + worker + " of " + inFlight.workers() + "; workers count from 0.");
        }
        this.cells = cells;
        this.inFlight = inFlight;
        this.worker = worker;
    }

    /**
     * Lowers a position to that of an empty bucket. What the bucket owed beyond that is forgiven.
     *
     * @param emptyPosition {@link Gcra#empty} now
     * @return whether it was beyond
     */
    public boolean clampRate(long cellRef, long emptyPosition) {
        return lowerRate(cellRef, emptyPosition, Long.MAX_VALUE);
    }

    /**
     * Lowers a position that lies beyond that of an empty bucket, by as much as the clock went back, and never below empty: a bucket that
     * was used while the clock was ahead gets the position that it would have without, what it owed included; no bucket gets a token.
     *
     * @param emptyPosition {@link Gcra#empty} now
     * @param units how far the clock went back, on the clock of the rate; at least 0
     * @return whether it was beyond
     */
    public boolean lowerRate(long cellRef, long emptyPosition, long units) {
        UnsafeBuffer segment = Cells.segment(cells.segments(), cellRef);
        if (segment == null || emptyPosition < 0 || units < 0) {
            return false;
        }
        int offset = Cells.offset(cellRef);
        boolean lowered = false;
        while (!lowered) {
            long position = segment.getLongVolatile(offset);
            long target = Math.max(emptyPosition, position - units);
            if (position <= emptyPosition || target >= position) {
                return false;
            }
            inFlight.enterUndo(worker);
            lowered = segment.compareAndSetLong(offset, position, target);
            inFlight.exitUndo(worker);
        }
        return true;
    }

    /**
     * Moves a PERIOD cell that is ahead of an ordinal back to it. All that the cell counts from that ordinal on
     * counts in that one, so nothing is handed out twice. (What a slot counted before the wrong clock opened it anew
     * is gone.)
     *
     * @param ordinal of now, from a clock that is known to be right
     * @param maxSpins how long to wait for workers in flight
     * @return false when the cell is not ahead, does not exist, or is being opened right now (try again)
     */
    public boolean rebasePeriod(long cellRef, long ordinal, int maxSpins) {
        UnsafeBuffer segment = Cells.segment(cells.segments(), cellRef);
        if (segment == null || ordinal < PeriodCalendar.MIN_ORDINAL) {
            return false;
        }
        int offset = Cells.offset(cellRef);
        long newest = PeriodSlots.newest(segment, offset);
        int slot = PeriodSlots.slot(offset, newest);
        int other = PeriodSlots.slot(offset, newest + 1);
        long word = segment.getLongVolatile(slot);
        long otherWord = segment.getLongVolatile(other);
        // the newest first: while it is claimed nobody opens or enters anything of this cell
        if (newest <= ordinal || PeriodSlots.ordinalOf(word) != newest || !claim(segment, slot, word)) {
            return false;
        }
        if (!claim(segment, other, otherWord)) {
            segment.putLongVolatile(slot, word);
            return false;
        }
        if (inFlight.awaitFlightsAndGuards(worker, maxSpins) < 0) {
            segment.putLongVolatile(other, otherWord);
            segment.putLongVolatile(slot, word);
            return false;
        }
        long used = counted(segment, slot, word, ordinal);
        long otherUsed = counted(segment, other, otherWord, ordinal);
        inFlight.enterUndo(worker);
        publish(segment, offset, ordinal, used > Long.MAX_VALUE - otherUsed ? Long.MAX_VALUE : used + otherUsed);
        inFlight.exitUndo(worker);
        return true;
    }

    private boolean claim(UnsafeBuffer segment, int slot, long word) {
        return !PeriodSlots.isClaimOf(word, cells.incarnation())
                && segment.compareAndSetLong(
                        slot, word, PeriodSlots.claim(cells.incarnation(), PeriodSlots.ordinalOf(word)));
    }

    private static long counted(UnsafeBuffer segment, int slot, long word, long fromOrdinal) {
        // a claim that a dead process left: its slot had not been reset
        boolean counts = !PeriodSlots.isClaim(word) && word >= fromOrdinal;
        return counts ? Math.max(0, segment.getLongVolatile(slot + PeriodSlots.USED)) : 0;
    }

    private static void publish(UnsafeBuffer segment, int offset, long ordinal, long used) {
        int slot = PeriodSlots.slot(offset, ordinal);
        segment.putLongRelease(slot + PeriodSlots.USED, used);
        segment.putLongRelease(slot, ordinal);
        // last: until here the claim of the other slot, if it was the newer, keeps everybody out
        segment.putLongVolatile(PeriodSlots.slot(offset, ordinal + 1), 0);
    }
}
