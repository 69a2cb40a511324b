/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.settle;

import java.util.ArrayDeque;

/**
 * Ends of reservations that could not be done yet, in the order in which they came. Tried again together, after pauses that double while
 * nothing succeeds: what stands in the way (a full journal, an overloaded loop) mostly stands in the way of all. Belongs to one thread.
 */
public final class RetryQueue {
    /** Most that wait; about 1 KiB each. */
    public static final int CAPACITY = 4_096;

    /** Tries of one that fails without saying that it may be tried again. */
    static final int MAX_FAULTS = 5;

    /** First pause. */
    static final long FIRST_PAUSE_NS = 50_000_000L;

    /** Longest pause. */
    static final long LONGEST_PAUSE_NS = 5_000_000_000L;

    /** Most in one pass: the loop has other work. */
    static final int PASS = 64;

    /** After so many failures in a row the rest of a pass would fail too. */
    private static final int IN_A_ROW = 8;

    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final int capacity;
    private long pauseNs = FIRST_PAUSE_NS;
    private boolean scheduled;

    /** What a try came to. */
    public enum Tried {
        /** It is done, one way or the other. */
        DONE,
        /** Not now. */
        NOT_NOW,
        /** It failed, and nobody knows why. */
        FAULT
    }

    /** Tries an end, and says what became of it. */
    @FunctionalInterface
    public interface Attempt {
        /** {@return what it came to} */
        Tried tryAgain(Ending ending);
    }

    private static final class Waiting {
        final Ending ending;
        int faults;

        Waiting(final Ending ending, final int faults) {
            this.ending = ending;
            this.faults = faults;
        }
    }

    /** An empty one. */
    public RetryQueue() {
        this(CAPACITY);
    }

    RetryQueue(final int capacity) {
        this.capacity = capacity;
    }

    /**
     * Adds one whose first try did not succeed.
     *
     * @param tried NOT_NOW or FAULT
     * @return false when too many wait: it is given up
     */
    public boolean add(final Ending ending, final Tried tried) {
        if (waiting.size() >= capacity) {
            return false;
        }
        waiting.add(new Waiting(ending, tried == Tried.FAULT ? 1 : 0));
        return true;
    }

    /** {@return how many wait} */
    public int size() {
        return waiting.size();
    }

    /** {@return whether a pass has to be scheduled after {@link #pauseNs}: there is something to try, and none is scheduled} */
    public boolean takeSchedule() {
        if (scheduled || waiting.isEmpty()) {
            return false;
        }
        scheduled = true;
        return true;
    }

    /** The pass that was scheduled begins. */
    public void begun() {
        scheduled = false;
    }

    /** {@return the pause before the next pass, nanoseconds} */
    public long pauseNs() {
        return pauseNs;
    }

    /**
     * Tries some of them again, the oldest first.
     *
     * @return how many were given up
     */
    public int pass(final Attempt attempt) {
        int left = Math.min(PASS, waiting.size());
        int inARow = 0;
        int givenUp = 0;
        boolean progress = false;
        for (; left > 0 && inARow < IN_A_ROW; left--) {
            final Waiting next = waiting.remove();
            final Tried tried = attempt.tryAgain(next.ending);
            if (tried == Tried.DONE) {
                progress = true;
                inARow = 0;
                continue;
            }
            inARow++;
            next.faults += tried == Tried.FAULT ? 1 : 0;
            if (next.faults >= MAX_FAULTS) {
                givenUp++;
            } else {
                waiting.add(next);
            }
        }
        pauseNs = progress ? FIRST_PAUSE_NS : Math.min(LONGEST_PAUSE_NS, 2 * pauseNs);
        if (waiting.isEmpty()) {
            pauseNs = FIRST_PAUSE_NS;
        }
        return givenUp;
    }
}
