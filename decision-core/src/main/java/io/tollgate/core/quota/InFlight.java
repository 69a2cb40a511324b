/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What each worker is in the middle of, so that nobody mistakes an unfinished take for a fact. Three counters per
 * worker, odd while it is
 *
 * <pre>
 *   worker w at 256 * w:   0: flight   between its first take of several and its last (or the last give-back)
 *                          8: guard    between looking at a period slot and adding to it, for a take of one cell
 *                        128: undo     giving back (on a line of its own: it is written rarely and read by all)
 * </pre>
 *
 * Threading: worker w alone writes its words; all read all. All accesses are volatile, except that leaving is a
 * release.
 */
public final class InFlight {
    private static final int STRIDE = 256;
    private static final int FLIGHT = 0;
    private static final int GUARD = 8;
    private static final int UNDO = 128;

    /** {@link #undoStamp} while somebody gives back. */
    static final long BUSY = -1;

    private final int workers;
    private final UnsafeBuffer words;

    /**
     * Words for a fixed number of workers.
     *
     * @param workers at least 1: every thread that takes or checks, admin threads included
     */
    public InFlight(int workers) {
        this(workers, new UnsafeBuffer(BufferUtil.allocateDirectAligned(bytes(workers), STRIDE)));
    }

    InFlight(int workers, UnsafeBuffer words) {
        this.workers = workers;
        this.words = words;
    }

    /** Bytes of the words of all workers. */
    static int bytes(int workers) {
        if (workers < 1) {
            throw new IllegalArgumentException("workers is " + workers + "; there must be at least 1.");
        }
        return Math.multiplyExact(workers, STRIDE);
    }

    /** How many workers there are; their numbers are 0 to this, exclusive. */
    public int workers() {
        return workers;
    }

    void enterFlight(int worker) {
        enter(worker * STRIDE + FLIGHT);
    }

    void exitFlight(int worker) {
        exit(worker * STRIDE + FLIGHT);
    }

    void enterGuard(int worker) {
        enter(worker * STRIDE + GUARD);
    }

    void exitGuard(int worker) {
        exit(worker * STRIDE + GUARD);
    }

    void enterUndo(int worker) {
        enter(worker * STRIDE + UNDO);
    }

    void exitUndo(int worker) {
        exit(worker * STRIDE + UNDO);
    }

    private void enter(int index) {
        // volatile: later reads of cells must not pass it (the opener of a slot relies on it)
        words.putLongVolatile(index, words.getLong(index) + 1);
    }

    private void exit(int index) {
        words.putLongRelease(index, words.getLong(index) + 1);
    }

    /** A number that changes whenever anybody gives back, or {@link #BUSY} while somebody does. */
    long undoStamp() {
        long sum = 0;
        for (int index = UNDO, end = workers * STRIDE; index < end; index += STRIDE) {
            long word = words.getLongVolatile(index);
            if ((word & 1) != 0) {
                return BUSY;
            }
            sum += word;
        }
        return sum;
    }

    /** The same of all other workers. */
    long undoStampBeside(int self) {
        long sum = 0;
        for (int worker = 0; worker < workers; worker++) {
            long word = worker == self ? 0 : words.getLongVolatile(worker * STRIDE + UNDO);
            if ((word & 1) != 0) {
                return BUSY;
            }
            sum += word;
        }
        return sum;
    }

    /**
     * Waits until each other worker that is in flight now has landed; new flights do not matter.
     *
     * @return spins left, negative when they did not suffice
     */
    int awaitFlights(int self, int spins) {
        int left = spins;
        for (int worker = 0; worker < workers && left >= 0; worker++) {
            if (worker != self) {
                left = awaitChange(worker * STRIDE + FLIGHT, left);
            }
        }
        return left;
    }

    /** The same for flights and guards: after it nobody adds to a slot that he looked at before. */
    int awaitFlightsAndGuards(int self, int spins) {
        int left = awaitFlights(self, spins);
        for (int worker = 0; worker < workers && left >= 0; worker++) {
            if (worker != self) {
                left = awaitChange(worker * STRIDE + GUARD, left);
            }
        }
        return left;
    }

    private int awaitChange(int index, int spins) {
        long seen = words.getLongVolatile(index);
        int left = spins;
        if ((seen & 1) != 0) {
            while (words.getLongVolatile(index) == seen) {
                if (--left < 0) {
                    return left;
                }
                Thread.onSpinWait();
            }
        }
        return left;
    }
}
