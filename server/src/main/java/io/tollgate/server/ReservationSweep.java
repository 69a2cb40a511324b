/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import io.tollgate.core.DecisionClock;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.reservation.ReservationSweeper;
import io.tollgate.core.world.World;
import io.tollgate.server.lifecycle.SnapshotFeed;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * Ends reservations that are due. On a thread of its own: the loader's may wait for the disk for seconds while it installs a snapshot or
 * syncs the counters, and what nobody settles frees concurrency only when it is ended.
 */
final class ReservationSweep implements Agent {
    private final ReservationSweeper sweeper;
    private final SnapshotFeed feed;

    ReservationSweep(final ReservationSweeper sweeper, final SnapshotFeed feed) {
        this.sweeper = sweeper;
        this.feed = feed;
    }

    @Override
    public int doWork() {
        final DecisionClock clock = feed.clock();
        return sweeper.doWork(clock.monotonicNs() + clock.epochOffsetNs(), periods());
    }

    private @Nullable PeriodTable periods() {
        final World world = feed.worlds().current();
        return world == null ? null : world.periods();
    }

    @Override
    public String roleName() {
        return "tollgate-sweeper";
    }
}
