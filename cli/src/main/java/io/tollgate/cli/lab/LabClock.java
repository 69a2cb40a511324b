/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.lab;

import io.tollgate.loader.freshness.LoaderClock;

/**
 * A clock that stands still until it is set. Its monotonic part never goes back: setting an earlier time moves the offset, as the loader
 * does after a step of the wall clock.
 *
 * <table>
 * <caption>Access modes</caption>
 * <tr><th>field</th><th>writer</th><th>write</th><th>readers</th><th>read</th></tr>
 * <tr><td>now</td><td>the lab's user</td><td>volatile</td><td>decisions</td><td>volatile</td></tr>
 * </table>
 */
final class LabClock implements LoaderClock {
    private static final long NS_PER_MS = 1_000_000L;
    /** Where the monotonic part begins; anything but 0, so that nobody takes it for epoch time. */
    private static final long FIRST_MONOTONIC_NS = 1_000_000_000_000L;

    private volatile Now now;

    private record Now(long monotonicNs, long epochOffsetNs) {
        long epochNs() {
            return monotonicNs + epochOffsetNs;
        }
    }

    LabClock(long epochNs) {
        now = new Now(FIRST_MONOTONIC_NS, epochNs - FIRST_MONOTONIC_NS);
    }

    void set(long epochNs) {
        final Now before = now;
        final long aheadNs = epochNs - before.epochNs();
        now = aheadNs >= 0
                ? new Now(before.monotonicNs() + aheadNs, before.epochOffsetNs())
                : new Now(before.monotonicNs(), before.epochOffsetNs() + aheadNs);
    }

    long epochNs() {
        return now.epochNs();
    }

    @Override
    public long monotonicNs() {
        return now.monotonicNs();
    }

    @Override
    public long epochOffsetNs() {
        return now.epochOffsetNs();
    }

    @Override
    public long wallMs() {
        return Math.floorDiv(now.epochNs(), NS_PER_MS);
    }

    @Override
    public void moveEpochOffset(long offsetNs) {
        now = new Now(now.monotonicNs(), offsetNs);
    }
}
