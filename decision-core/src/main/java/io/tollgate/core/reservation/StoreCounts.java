/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import java.util.concurrent.atomic.AtomicLongArray;

/** How many reservations are in which state. Any thread adds, any thread reads; each number is exact on its own. */
final class StoreCounts {
    private static final int PAD = 8;

    private final AtomicLongArray states = new AtomicLongArray((StateWord.ANSWERED + 1) * PAD);

    void change(int from, int to) {
        if (from != to) {
            add(from, -1);
            add(to, 1);
        }
    }

    void add(int state, long delta) {
        if (state > StateWord.FILLING) {
            states.getAndAdd(state * PAD, delta);
        }
    }

    long count(int state) {
        return states.get(state * PAD);
    }

    /** Held, not yet overdue. */
    long reserved() {
        return count(StateWord.RESERVED) + count(StateWord.EXTENDING);
    }

    /** Past their expiry and still held, or being ended. */
    long overdue() {
        return count(StateWord.RETURNING)
                + count(StateWord.OVERDUE)
                + count(StateWord.SETTLING)
                + count(StateWord.RELEASING)
                + count(StateWord.EXPIRING);
    }

    long ended() {
        long sum = 0;
        for (int state = StateWord.SETTLED; state <= StateWord.LATE_SETTLED; state++) {
            sum += count(state);
        }
        return sum;
    }

    long keys() {
        return count(StateWord.CLAIMED) + count(StateWord.ANSWERED);
    }

    long damaged() {
        return count(StateWord.DAMAGED);
    }
}
