/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DecisionClock;
import io.tollgate.core.Plane;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.world.World;
import org.jspecify.annotations.Nullable;

/**
 * What may change while a world stays pinned, held still for one batch: the time, the age of each plane, the periods around now. One
 * thread.
 */
final class BatchInstant {
    private final DecisionWorker worker;
    private final FreshnessTable freshness;
    private final DecisionClock clock;
    /** By {@link Plane#code()}. */
    private final long[] agesNs = new long[Plane.values().length + 1];

    private boolean graceOnly;
    private long monotonicNs;
    private long wallMs;
    private long epochNs;
    private PeriodTable periods = PeriodTable.EMPTY;

    BatchInstant(final DecisionWorker worker, final FreshnessTable freshness, final DecisionClock clock) {
        this.worker = worker;
        this.freshness = freshness;
        this.clock = clock;
    }

    void freeze() {
        monotonicNs = clock.monotonicNs();
        wallMs = clock.wallMs();
        epochNs = monotonicNs + clock.epochOffsetNs();
        graceOnly = freshness.graceOnly();
        for (int plane = 1; plane < agesNs.length; plane++) {
            agesNs[plane] = freshness.ageNs(plane, monotonicNs, wallMs);
        }
        final @Nullable World world = worker.pinned();
        periods = world == null ? PeriodTable.EMPTY : world.periods();
    }

    long ageNs(final int planeCode) {
        return agesNs[planeCode];
    }

    boolean graceOnly() {
        return graceOnly;
    }

    long monotonicNs() {
        return monotonicNs;
    }

    long wallMs() {
        return wallMs;
    }

    long epochNs() {
        return epochNs;
    }

    PeriodTable periods() {
        return periods;
    }
}
