/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

/**
 * When the deltas of a bundle are made into a snapshot: soon after the last one, not with every one. A snapshot that takes long is made
 * rarely, so that the work stays below a tenth of one processor; who cannot go on without one gets it at once. Any thread.
 */
final class CheckpointSchedule {
    /** No further change for so long. */
    static final long QUIET_NS = 1_000_000_000L;
    /** Or so long after the first change. */
    static final long LONGEST_NS = 10_000_000_000L;
    /** Or so many changes. */
    static final long MOST_PENDING = 200;

    static final long RETRY_NS = 5_000_000_000L;
    private static final int PAUSE_PER_WORK = 10;

    private boolean pending;
    private boolean wanted;
    private boolean hurried;
    private long firstNs;
    private long lastNs;
    private long restUntilNs;
    private boolean rests;

    /** A delta was published. */
    synchronized void changed(long nowNs) {
        if (!pending) {
            pending = true;
            firstNs = nowNs;
        }
        lastNs = nowNs;
    }

    /** Somebody waits for a snapshot. */
    synchronized void wanted() {
        wanted = true;
    }

    /** Somebody would be helped by a snapshot: no need to wait for quiet. */
    synchronized void hurry() {
        hurried = true;
    }

    /** {@return whether to make one now} */
    synchronized boolean isDue(long nowNs, long pendingDeltas) {
        if (pendingDeltas == 0) {
            return false;
        }
        if (wanted) {
            return true;
        }
        if (!pending) {
            changed(nowNs); // Left over from before a restart.
        }
        boolean rested = !rests || nowNs - restUntilNs >= 0;
        boolean longEnough =
                nowNs - lastNs >= QUIET_NS || nowNs - firstNs >= LONGEST_NS || pendingDeltas >= MOST_PENDING;
        return rested && (hurried || longEnough);
    }

    /** The work begins: what changes from now on needs another one. */
    synchronized void begin() {
        pending = false;
        wanted = false;
        hurried = false;
    }

    /** One was made. */
    synchronized void done(long startNs, long endNs) {
        rest(endNs, PAUSE_PER_WORK * (endNs - startNs));
    }

    /** None could be made. */
    synchronized void failed(long nowNs) {
        rest(nowNs, RETRY_NS);
    }

    private void rest(long nowNs, long pauseNs) {
        rests = true;
        restUntilNs = nowNs + pauseNs;
    }
}
