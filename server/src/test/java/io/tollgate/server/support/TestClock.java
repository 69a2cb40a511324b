/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.support;

import io.tollgate.core.DecisionClock;

/** Time that moves when the test says so; starts on 2026-03-01T00:00:00Z. */
public final class TestClock implements DecisionClock {
    private static final long NS_PER_MS = 1_000_000L;
    private static final long START_MS = 1_772_323_200_000L;

    private volatile long monotonicNs = 1_000_000_000L;

    /** Lets time pass. */
    public synchronized void advanceMs(final long ms) {
        monotonicNs += ms * NS_PER_MS;
    }

    @Override
    public long monotonicNs() {
        return monotonicNs;
    }

    @Override
    public long epochOffsetNs() {
        return START_MS * NS_PER_MS - 1_000_000_000L;
    }

    @Override
    public long wallMs() {
        return (monotonicNs + epochOffsetNs()) / NS_PER_MS;
    }
}
