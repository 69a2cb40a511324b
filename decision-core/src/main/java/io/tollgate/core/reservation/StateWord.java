/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

/**
 * The state word of a head block, changed by compare-and-set alone:
 *
 * <pre>
 *   63 .. 32: generation      31 .. 16: check      15 .. 8: flags      7 .. 0: state
 *
 *   FREE --&gt; FILLING --&gt; RESERVED &lt;--&gt; EXTENDING
 *                           |  \--&gt; RETURNING --&gt; OVERDUE         (soft holds come back at expires_at)
 *                           |                        |
 *                  +--------+----------+-------------+
 *                  v                   v             v
 *              SETTLING            RELEASING     EXPIRING
 *                  v                   v             v
 *              SETTLED             RELEASED       EXPIRED --&gt; LATE --&gt; LATE_SETTLED
 *                  +-------------------+-------------+--------------------+--&gt; FREE, next generation
 *
 *   an idempotency key:     FREE --&gt; CLAIMED --&gt; ANSWERED --&gt; FREE, next generation       (a deny: CLAIMED --&gt; FREE)
 * </pre>
 */
final class StateWord {
    static final int FREE = 0;
    static final int FILLING = 1;
    static final int RESERVED = 2;
    static final int EXTENDING = 3;
    static final int RETURNING = 4;
    static final int OVERDUE = 5;
    static final int SETTLING = 6;
    static final int RELEASING = 7;
    static final int EXPIRING = 8;
    static final int SETTLED = 9;
    static final int RELEASED = 10;
    static final int EXPIRED = 11;
    static final int LATE = 12;
    static final int LATE_SETTLED = 13;
    /** Failed a check; set aside until the file is made anew. */
    static final int DAMAGED = 14;
    /** An idempotency key whose first request is being decided. */
    static final int CLAIMED = 15;
    /** An idempotency key with its first answer. */
    static final int ANSWERED = 16;

    /** Flag: what was really used is written down; whoever completes it needs nothing else. */
    static final int INTENT = 1;
    /** Flag: more was used than reserved. */
    static final int OVERRUN = 2;
    /** Flag: its owner stopped in the middle; anybody may take over by removing the flag. */
    static final int PARKED = 4;

    /**
     * Flag, beside {@link #INTENT}: nothing was done yet, the usage journal comes first. Whoever finds it after a crash asks the journal
     * whether the settle is there.
     */
    static final int OWED = 8;

    /** {@link #state} of a word that fails its check. */
    static final int BROKEN = -1;

    private static final int GENERATION_SHIFT = 32;
    private static final int CHECK_SHIFT = 16;
    private static final int FLAGS_SHIFT = 8;
    private static final long CHECKED = 0xFFFF_FFFF_0000_FFFFL;

    private StateWord() {}

    static long of(int generation, int state, int flags, long salt) {
        long bare = (long) generation << GENERATION_SHIFT | (long) flags << FLAGS_SHIFT | state;
        return bare | (Guard.avalanche(bare ^ salt) & 0xFFFF) << CHECK_SHIFT;
    }

    /** The state, or {@link #BROKEN}; a word that was never written is FREE. */
    static int state(long word, long salt) {
        if (word == 0) {
            return FREE;
        }
        long bare = word & CHECKED;
        boolean good = (word >>> CHECK_SHIFT & 0xFFFF) == (Guard.avalanche(bare ^ salt) & 0xFFFF);
        int state = (int) (word & 0xFF);
        return good && state <= ANSWERED ? state : BROKEN;
    }

    static int generation(long word) {
        return (int) (word >>> GENERATION_SHIFT);
    }

    static int flags(long word) {
        return (int) (word >>> FLAGS_SHIFT) & 0xFF;
    }

    static boolean has(long word, int flag) {
        return (flags(word) & flag) != 0;
    }

    /** Whether it holds something: neither free nor ended. */
    static boolean open(int state) {
        return state >= RESERVED && state <= EXPIRING;
    }

    /** Whether it has reached a terminal state. */
    static boolean ended(int state) {
        return state >= SETTLED && state <= LATE_SETTLED;
    }
}
