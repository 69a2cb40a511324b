/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Reservations whose end somebody else reports (Envoy's access log), and how many of them ended by expiry because nobody did. A mark in the
 * head block, so it survives restarts; it only counts, and no end depends on it:
 *
 * <pre>
 *   w30 of a head (guarded)   43 .. 34: 0   33 .. 2: generation   1: counted as overdue   0: awaited
 * </pre>
 *
 * The mark names its generation, so who makes a reservation need not clear it, and files of before there were marks have none.
 *
 * <p>Threading: {@link #expect} by the thread that answered; {@link #overdue} and {@link #expired} by the owner of that transition. One
 * that comes between the transition and the mark is not counted. Counts by anybody.
 */
final class AwaitedEnds {
    private static final int MARK = HeadLayout.ORGANIZATION + 2 * Long.BYTES;
    private static final int AWAITED = 1;
    private static final int OVERDUE = 2;
    private static final int GENERATION_SHIFT = 2;

    private final BlockSpace space;
    private final Counts counts;

    /** How many; one for all desks of a store. */
    static final class Counts {
        final AtomicLong overdue = new AtomicLong();
        final AtomicLong expired = new AtomicLong();
    }

    AwaitedEnds(BlockSpace space, Counts counts) {
        this.space = space;
        this.counts = counts;
    }

    /** From now on the end is awaited, or no longer. */
    void expect(int head, int generation, boolean awaited) {
        space.putGuarded(head, MARK, generation(generation) | (awaited ? AWAITED : 0));
    }

    /** Its time is over, and it can still be settled. */
    void overdue(int head, int generation) {
        if (flags(head, generation) == AWAITED) {
            space.putGuarded(head, MARK, generation(generation) | AWAITED | OVERDUE);
            counts.overdue.incrementAndGet();
        }
    }

    /** It has come back whole. */
    void expired(int head, int generation) {
        overdue(head, generation);
        if (flags(head, generation) != 0) {
            counts.expired.incrementAndGet();
        }
    }

    /** 0 = nobody waits. */
    private int flags(int head, int generation) {
        long mark = space.guarded(head, MARK);
        boolean fits = mark != Guard.BROKEN && mark >>> GENERATION_SHIFT == generation(generation) >>> GENERATION_SHIFT;
        return fits && (mark & AWAITED) != 0 ? (int) mark & (AWAITED | OVERDUE) : 0;
    }

    private static long generation(int generation) {
        return (generation & 0xFFFF_FFFFL) << GENERATION_SHIFT;
    }
}
