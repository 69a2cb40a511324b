/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Starts calls at a fixed rate, whatever the server does. A call's time counts from the moment that it was due, so a stall of server or
 * client shows in every call that it delayed (no coordinated omission).
 *
 * <p>One thread. How late calls were started is kept apart: it tells the client's own part of the times.
 */
final class Pacer implements Runnable {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long FULL_PAUSE_NS = 20_000;

    private final List<? extends Lane> lanes;
    private final LoadPlan.Loop loop;
    private final MeasuredWindow window;
    private final long beginNs;
    private final long giveUpNs;
    private final Histogram lateness = new Histogram(Tally.HIGHEST_NS, 3);
    private long delayedByLimit;
    private long neverStarted;

    Pacer(
            final List<? extends Lane> lanes,
            final LoadPlan.Loop loop,
            final MeasuredWindow window,
            final long beginNs,
            final long drainNs) {
        this.lanes = lanes;
        this.loop = loop;
        this.window = window;
        this.beginNs = beginNs;
        giveUpNs = window.toNs() + drainNs;
    }

    @Override
    public void run() {
        long call = 0;
        while (!Thread.currentThread().isInterrupted()) {
            final long dueNs = beginNs + dueAfterNs(call, loop.ratePerS());
            if (!window.mayStart(dueNs)) {
                return;
            }
            await(dueNs);
            final Lane lane = freeLane(call);
            call++;
            if (lane == null) {
                neverStarted++;
                continue;
            }
            if (window.holds(dueNs)) {
                lateness.recordValue(Math.min(Math.max(System.nanoTime() - dueNs, 0), Tally.HIGHEST_NS));
            }
            lane.send(dueNs);
        }
    }

    /** {@return when a call is due after the begin, nanoseconds; exact, so the rate does not drift} */
    static long dueAfterNs(final long call, final int ratePerS) {
        return call / ratePerS * SECOND_NS + call % ratePerS * SECOND_NS / ratePerS;
    }

    private void await(final long dueNs) {
        for (long leftNs = dueNs - System.nanoTime(); leftNs > 0; leftNs = dueNs - System.nanoTime()) {
            if (loop.spin()) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(leftNs);
            }
        }
    }

    /** Takes the lanes in turn; waits while all are full, but not longer than answers are waited for. */
    private @Nullable Lane freeLane(final long call) {
        boolean counted = false;
        do {
            for (int i = 0; i < lanes.size(); i++) {
                final Lane lane = lanes.get((int) ((call + i) % lanes.size()));
                if (lane.inFlight() < lane.mostInFlight()) {
                    return lane;
                }
            }
            if (!counted) {
                counted = true;
                delayedByLimit++;
            }
            LockSupport.parkNanos(FULL_PAUSE_NS);
        } while (System.nanoTime() - giveUpNs < 0 && !Thread.currentThread().isInterrupted());
        return null;
    }

    /** {@return how long after its due time each measured call was started, nanoseconds} */
    Histogram lateness() {
        return lateness;
    }

    /** {@return calls that were due and found no free place until the end} */
    long neverStarted() {
        return neverStarted;
    }

    /** {@return calls that waited because too many were unanswered} */
    long delayedByLimit() {
        return delayedByLimit;
    }
}
