/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.core.quota.CellRepair;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.world.World;
import io.tollgate.loader.freshness.CounterRepair;
import io.tollgate.loader.freshness.LoaderClock;
import io.tollgate.loader.install.Reservations;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What counters, reservations and periods need from time to time, and what they need when the wall clock went back. Loader's thread only.
 */
final class Upkeep {
    private static final long NOTE_TIME_NS = TimeUnit.SECONDS.toNanos(1);
    /** After a power failure counters may be as old as this. */
    private static final long SYNC_CELLS_NS = TimeUnit.SECONDS.toNanos(30);

    private static final System.Logger LOG = Loggers.LOADER;

    private final LoaderClock clock;
    private final CellStore cells;
    private final Reservations reservations;
    private @Nullable CounterRepair repair;
    private boolean growthFailed;
    private long noteTimeAtNs;
    private long syncCellsAtNs;

    Upkeep(LoaderClock clock, CellStore cells, Reservations reservations) {
        this.clock = clock;
        this.cells = cells;
        this.reservations = reservations;
        this.noteTimeAtNs = clock.monotonicNs();
        this.syncCellsAtNs = clock.monotonicNs() + SYNC_CELLS_NS;
    }

    /** What is due now; returns how much was done. */
    int work(@Nullable World world) {
        refreshPeriods(world);
        int work = growReservations();
        long nowNs = clock.monotonicNs();
        if (nowNs - noteTimeAtNs >= 0) {
            noteTimeAtNs = nowNs + NOTE_TIME_NS;
            cells.noteTime(clock.wallMs());
        }
        if (nowNs - syncCellsAtNs >= 0) {
            syncCellsAtNs = nowNs + SYNC_CELLS_NS;
            cells.sync();
        }
        return work;
    }

    /** Another world is active. */
    void activated(World world) {
        if (repair != null) {
            repair.activated(world);
        }
    }

    void warnOfClock() {
        long aheadMs = cells.lastNotedMs() - clock.wallMs();
        if (aheadMs > 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the wall clock is {0} ms behind the last time this sidecar ran; counters that are ahead of it are brought"
                            + " back",
                    Long.toString(aheadMs));
        }
    }

    /** Counters are healed with this after the wall clock went back, also while the sidecar did not run. Before the thread starts. */
    void repairWith(CellRepair cellRepair) {
        CounterRepair with = new CounterRepair(clock, cells.cells(), cellRepair);
        repair = with;
        long aheadMs = cells.lastNotedMs() - clock.wallMs();
        if (aheadMs > 0) {
            with.wentBack(TimeUnit.MILLISECONDS.toNanos(aheadMs));
        }
    }

    /** The wall clock went back. */
    void clockWentBack(long byNs) {
        if (repair != null) {
            repair.wentBack(byNs);
        }
    }

    /** Counters healed since the start. */
    long countersHealed() {
        return repair == null ? 0 : repair.healed();
    }

    /** One bounded step of healing counters, when one is due. */
    int repairSome(@Nullable World world) {
        CounterRepair with = repair;
        if (with == null || !with.step(world)) {
            return 0;
        }
        if (!with.isDue()) {
            cells.timeRepaired(clock.wallMs());
        }
        return 1;
    }

    private int growReservations() {
        try {
            boolean grew = reservations.store().grow();
            growthFailed = false;
            return grew ? 1 : 0;
        } catch (IOException e) {
            if (!growthFailed) {
                growthFailed = true;
                LOG.log(
                        System.Logger.Level.WARNING,
                        "no room for more reservations, RESERVE is denied once they are full: {0}",
                        Causes.of(e));
            }
            return 0;
        }
    }

    private void refreshPeriods(@Nullable World world) {
        if (world == null) {
            return;
        }
        PeriodTable periods = world.periods();
        long epochMs = TimeUnit.NANOSECONDS.toMillis(clock.monotonicNs() + clock.epochOffsetNs());
        if (periods.needsRefresh(epochMs)) {
            world.periods(periods.refreshed(epochMs));
        }
    }
}
