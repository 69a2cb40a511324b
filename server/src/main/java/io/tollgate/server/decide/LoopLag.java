/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

/**
 * How late an event loop is. A probe asks to be run after an interval; the time beyond that is what any event waits on
 * this loop. One late probe may be a pause of the whole JVM, which is over; two in a row are a loop that does not keep
 * up.
 *
 * <p>Belongs to its event loop's thread; times are nanoseconds of the monotonic clock.
 */
final class LoopLag {
    private static final int LATE_IN_A_ROW = 2;

    private final long maxLagNs;
    private long dueNs;
    private int late;

    LoopLag(final long maxLagNs) {
        this.maxLagNs = maxLagNs;
    }

    /** Notes when the probe that is scheduled now should run. */
    void scheduled(final long dueAtNs) {
        dueNs = dueAtNs;
    }

    /** Notes that the probe runs. */
    void probed(final long nowNs) {
        late = nowNs - dueNs > maxLagNs ? Math.min(late + 1, LATE_IN_A_ROW) : 0;
    }

    /** {@return whether this loop does not keep up} */
    boolean isOverloaded() {
        return late >= LATE_IN_A_ROW;
    }
}
