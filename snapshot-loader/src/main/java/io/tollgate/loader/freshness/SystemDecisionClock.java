/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.freshness;

/**
 * The machine's clocks. Epoch time starts in step with the wall clock and then follows the monotonic clock, until
 * {@link ClockWatchdog} moves the offset.
 *
 * <table>
 * <caption>Access modes</caption>
 * <tr><th>field</th><th>writer</th><th>write</th><th>readers</th><th>read</th></tr>
 * <tr><td>epochOffsetNs</td><td>loader</td><td>volatile</td><td>decisions</td><td>volatile</td></tr>
 * </table>
 */
public final class SystemDecisionClock implements LoaderClock {
    private static final long NS_PER_MS = 1_000_000L;

    private volatile long epochOffsetNs = System.currentTimeMillis() * NS_PER_MS - System.nanoTime();

    @Override
    public long monotonicNs() {
        return System.nanoTime();
    }

    @Override
    public long epochOffsetNs() {
        return epochOffsetNs;
    }

    @Override
    public long wallMs() {
        return System.currentTimeMillis();
    }

    @Override
    public void moveEpochOffset(long offsetNs) {
        epochOffsetNs = offsetNs;
    }
}
