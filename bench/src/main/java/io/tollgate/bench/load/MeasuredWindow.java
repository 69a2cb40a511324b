/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import java.util.concurrent.atomic.AtomicLong;

/**
 * When a run measures, by {@link System#nanoTime()}: [from, to), or until the budget of calls is used up.
 *
 * <p>Safe for all threads. The number of calls started is the only shared word.
 */
final class MeasuredWindow {
    private final long fromNs;
    private final long toNs;
    private final long maxCalls;
    private final AtomicLong startedCalls = new AtomicLong();

    MeasuredWindow(final long beginNs, final LoadPlan.Span span) {
        fromNs = beginNs + span.warmUpNs();
        toNs = fromNs + span.durationNs();
        maxCalls = span.maxCalls();
    }

    long fromNs() {
        return fromNs;
    }

    long toNs() {
        return toNs;
    }

    /** {@return whether a call due at this time belongs to the run; takes it from the budget} */
    boolean mayStart(final long dueNs) {
        if (dueNs - toNs >= 0) {
            return false;
        }
        return dueNs - fromNs < 0 || startedCalls.getAndIncrement() < maxCalls;
    }

    /** {@return whether the time is measured} */
    boolean holds(final long timeNs) {
        return timeNs - fromNs >= 0 && timeNs - toNs < 0;
    }

    /** {@return whether no further call will start} */
    boolean isOver(final long nowNs) {
        return nowNs - toNs >= 0 || startedCalls.get() >= maxCalls;
    }
}
