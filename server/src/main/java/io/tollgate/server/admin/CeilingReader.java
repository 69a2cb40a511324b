/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import io.tollgate.core.DecisionClock;
import io.tollgate.core.DimensionKind;
import io.tollgate.core.capacity.CapacityTables;
import io.tollgate.core.engine.DecisionViews;
import io.tollgate.core.quota.CellKind;
import io.tollgate.core.quota.Cells;
import io.tollgate.core.quota.Gcra;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.world.CeilingRow;
import io.tollgate.core.world.World;
import io.tollgate.server.decide.Wire;
import io.tollgate.v1.CeilingState;

/**
 * Reads what is used of a ceiling now: a check for one unit, which takes nothing. One thread at a time, while the
 * world is pinned.
 */
final class CeilingReader {
    private static final long NS_PER_MS = 1_000_000L;

    private final DecisionClock clock;
    private final Taker taker;
    private final TakePlan plan = new TakePlan();
    private final DecisionViews views = new DecisionViews();

    /**
     * Joins the parts.
     *
     * @param worker a number that nobody else takes with
     */
    CeilingReader(final DecisionClock clock, final Cells cells, final InFlight inFlight, final int worker) {
        this.clock = clock;
        this.taker = new Taker(cells, inFlight, worker);
    }

    long nowEpochMs() {
        return Math.floorDiv(clock.monotonicNs() + clock.epochOffsetNs(), NS_PER_MS);
    }

    CeilingState read(final World world, final CeilingRow ceiling) {
        final long nowEpochNs = clock.monotonicNs() + clock.epochOffsetNs();
        final long nowEpochMs = Math.floorDiv(nowEpochNs, NS_PER_MS);
        plan.begin(nowEpochNs);
        final int entry = add(world, ceiling.at(nowEpochMs), nowEpochMs);
        if (entry < 0) {
            // An unlimited rate counts nothing; a period that the table does not reach cannot be read.
            return Wire.ceiling(views.ceiling(world, ceiling.ref(), 0, 0, 0, 0, nowEpochMs))
                    .build();
        }
        taker.check(plan);
        return Wire.ceiling(views.ceiling(
                        world,
                        ceiling.ref(),
                        plan.used(entry),
                        plan.remaining(entry),
                        resetsAtMs(entry),
                        0,
                        nowEpochMs))
                .build();
    }

    /** {@return what is held or was used of a wallet and is in no ledger yet} */
    long spent(final long walletCell) {
        plan.begin(clock.monotonicNs() + clock.epochOffsetNs());
        final int entry = plan.addBalance(walletCell, Long.MAX_VALUE, 0, TakePlan.SOFT);
        if (entry < 0) {
            return 0;
        }
        taker.check(plan);
        return plan.before(entry);
    }

    /** {@return what was taken of a pool since it was observed} */
    long taken(final CapacityTables pools, final int pool) {
        plan.begin(clock.monotonicNs() + clock.epochOffsetNs());
        final int entry =
                plan.addPeriod(pools.cell(pool), 0, 1, pools.ordinal(pool), Long.MAX_VALUE, TakePlan.UNLIMITED);
        if (entry < 0) {
            return 0;
        }
        taker.check(plan);
        return plan.before(entry);
    }

    private int add(final World world, final CeilingRow ceiling, final long nowEpochMs) {
        final int flags =
                (ceiling.hard() ? TakePlan.HARD : TakePlan.SOFT) | (ceiling.unlimited() ? TakePlan.UNLIMITED : 0);
        if (ceiling.kindCode() == DimensionKind.RATE.code()) {
            return ceiling.unlimited()
                    ? TakePlan.NOTHING
                    : plan.addRate(ceiling.cellRef(), ceiling.rate(0), ceiling.rate(1), ceiling.rate(2), 1, flags);
        }
        if (ceiling.kindCode() != DimensionKind.PERIOD.code()) {
            return plan.addGauge(ceiling.cellRef(), ceiling.limit(), 1, flags);
        }
        final PeriodTable periods = world.periods();
        final int place = periods.locate(ceiling.windowId(), nowEpochMs);
        return place == PeriodTable.OUTSIDE
                ? TakePlan.INVALID
                : plan.addPeriod(
                        ceiling.cellRef(), ceiling.limit(), 1, periods.ordinal(place), periods.endMs(place), flags);
    }

    private long resetsAtMs(final int entry) {
        if (plan.kind(entry) == CellKind.RATE) {
            final long waitNs = plan.fullAfterNs(entry);
            return waitNs == Gcra.NEVER ? 0 : (plan.nowEpochNs() + waitNs + NS_PER_MS - 1) / NS_PER_MS;
        }
        final long endMs = plan.resetEpochMs(entry);
        return endMs == Long.MAX_VALUE ? 0 : endMs;
    }
}
