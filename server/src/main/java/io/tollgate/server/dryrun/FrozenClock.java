/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.dryrun;

import io.tollgate.core.DecisionClock;

/** The decisions' clock, held still while the same is asked twice. One thread. */
final class FrozenClock implements DecisionClock {
    private final DecisionClock clock;
    private long monotonicNs;
    private long epochOffsetNs;
    private long wallMs;

    FrozenClock(final DecisionClock clock) {
        this.clock = clock;
        freeze();
    }

    void freeze() {
        monotonicNs = clock.monotonicNs();
        epochOffsetNs = clock.epochOffsetNs();
        wallMs = clock.wallMs();
    }

    @Override
    public long monotonicNs() {
        return monotonicNs;
    }

    @Override
    public long epochOffsetNs() {
        return epochOffsetNs;
    }

    @Override
    public long wallMs() {
        return wallMs;
    }
}
