/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.freshness;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.capacity.CapacityTables;
import io.tollgate.core.capacity.Observation;
import io.tollgate.core.quota.CellRepair;
import io.tollgate.core.quota.Cells;
import io.tollgate.core.quota.Gcra;
import io.tollgate.core.quota.PeriodCalendar;
import io.tollgate.core.quota.PeriodWindow;
import io.tollgate.core.world.CeilingRow;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.core.world.def.WindowDef;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Heals counters after the wall clock was ahead: what they counted then lies in the future, and they would deny until the clock gets there.
 *
 * <pre>
 *   RATE     beyond an empty bucket   lowered by as much as the clock went back, at most to empty: no bucket gets a token
 *   PERIOD   newest period begins     moved back into the period of now, with all that both count: nothing is handed out twice
 *            after now
 *   pool     newest observation is    the snapshot's own observation counts again, with all that was taken since the wrong one
 *            in the future
 * </pre>
 *
 * <p>A sweep walks over the active world in bounded steps, begins a second after the clock went back (decisions that still read the old
 * time have ended by then) and begins anew when another snapshot becomes active meanwhile. Pools are looked at with every activation.
 *
 * <p>Loader's thread only, which also is the one that closes worlds: it needs no pin.
 */
public final class CounterRepair {
    /** A period or an observation that begins no later than this after now is waited for. Milliseconds. */
    public static final long TOLERANCE_MS = 60_000;

    static final int POSITIONS_PER_STEP = 2_048;
    private static final long SETTLE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_SPINS = 20_000;
    private static final int RATE_MULTIPLIER = 0;
    private static final int RATE_UNITS = 1;
    private static final int RATE_BURST = 2;
    private static final System.Logger LOG = System.getLogger("tollgate.loader");

    private final LoaderClock clock;
    private final Cells cells;
    private final CellRepair repair;
    private final ScopeRow scope = new ScopeRow();
    private final CeilingRow ceiling = new CeilingRow();

    private @Nullable World sweeping;
    private int position;
    private boolean due;
    private boolean busy;
    private long beginAtNs;
    private long backNs;
    private @Nullable PeriodWindow[] windows = {};
    private long[] ordinals = {};
    private long healed;
    private long healedBefore;

    /**
     * Joins the parts.
     *
     * @param repair with a worker number of its own
     */
    public CounterRepair(LoaderClock clock, Cells cells, CellRepair repair) {
        this.clock = clock;
        this.cells = cells;
        this.repair = repair;
    }

    /** The wall clock went back by so much, nanoseconds. */
    public void wentBack(long byNs) {
        // a sweep that is under way starts over: for those it has done, more than their share is not below empty
        backNs = due && backNs > Long.MAX_VALUE - byNs ? Long.MAX_VALUE : (due ? backNs : 0) + byNs;
        due = true;
        sweeping = null;
        beginAtNs = clock.monotonicNs() + SETTLE_NS;
        healedBefore = healed;
    }

    /** A world became active: its pools may rest on an observation that is older than a wrong one before. */
    public void activated(World world) {
        repairPools(world);
    }

    /** One bounded step; returns whether there was one. */
    public boolean step(@Nullable World current) {
        if (!due || current == null || clock.monotonicNs() - beginAtNs < 0) {
            return false;
        }
        long epochNs = clock.monotonicNs() + clock.epochOffsetNs();
        if (current != sweeping) {
            lookAt(current, TimeUnit.NANOSECONDS.toMillis(epochNs));
        }
        int end = (int) Math.min(current.positions(), (long) position + POSITIONS_PER_STEP);
        for (; position < end; position++) {
            long row = current.rowAt(position);
            if (row != World.NO_ROW) {
                repairScope(current, row, epochNs);
            }
        }
        if (position >= current.positions()) {
            repairPools(current);
            finish();
        }
        return true;
    }

    /** {@return counters healed since the start} */
    public long healed() {
        return healed;
    }

    /** {@return whether a sweep is waiting or under way} */
    public boolean isDue() {
        return due;
    }

    private void lookAt(World world, long epochMs) {
        World before = sweeping;
        // a delta leaves the scopes that it does not change where they are; under a stream of deltas a sweep has to end
        // too
        boolean sameBase = before != null
                && before.facts().epoch() == world.facts().epoch()
                && before.facts().version() == world.facts().version();
        if (!sameBase) {
            position = 0;
            busy = false;
        }
        sweeping = world;
        WindowDef[] all = world.windows().toArray(new WindowDef[0]);
        windows = new PeriodWindow[all.length];
        ordinals = new long[all.length];
        for (int i = 0; i < all.length; i++) {
            PeriodWindow window = PeriodWindow.isPeriod(all[i]) ? PeriodWindow.of(all[i]) : null;
            windows[i] = window;
            ordinals[i] = window == null ? 0 : PeriodCalendar.ordinalAt(window, epochMs);
        }
    }

    private void finish() {
        sweeping = null;
        if (busy) {
            // a counter was being opened at that moment: look again
            beginAtNs = clock.monotonicNs() + SETTLE_NS;
            return;
        }
        due = false;
        backNs = 0;
        LOG.log(
                System.Logger.Level.WARNING,
                "the wall clock went back; counters that were ahead of it: {0}, brought back without handing anything out twice",
                Long.toString(healed - healedBefore));
    }

    private void repairScope(World world, long row, long epochNs) {
        int count = scope.wrap(world, row).ceilingCount();
        if (count == 0) {
            return;
        }
        ceiling.first(world, scope);
        for (int i = 0; i < count; i++) {
            int kind = ceiling.kindCode();
            if (kind == DimensionKind.RATE.code()) {
                repairRate(epochNs);
            } else if (kind == DimensionKind.PERIOD.code()) {
                repairPeriod(epochNs);
            }
            if (i + 1 < count) {
                ceiling.next();
            }
        }
    }

    private void repairRate(long epochNs) {
        long cell = ceiling.cellRef();
        // the ceiling's own rate and an override's share a clock; the larger empty position promises less
        long multiplier = ceiling.at(Long.MAX_VALUE).rate(RATE_MULTIPLIER);
        long span = ceiling.rate(RATE_BURST) * ceiling.rate(RATE_UNITS);
        if (ceiling.hasOverride() && ceiling.at(Long.MIN_VALUE).overridden()) {
            multiplier = Math.max(multiplier, ceiling.rate(RATE_MULTIPLIER));
            span = Math.max(span, ceiling.rate(RATE_BURST) * ceiling.rate(RATE_UNITS));
        }
        long now = Gcra.position(multiplier, epochNs);
        if (multiplier == 0 || now < 0) {
            return;
        }
        long then = epochNs > Long.MAX_VALUE - backNs ? Gcra.NONE : Gcra.position(multiplier, epochNs + backNs);
        long units = then < 0 ? Long.MAX_VALUE : then - now;
        if (repair.lowerRate(cell, now + span, units)) {
            healed++;
        }
    }

    private void repairPeriod(long epochNs) {
        int id = ceiling.windowId();
        PeriodWindow window = id < 0 || id >= windows.length ? null : windows[id];
        if (window == null) {
            return;
        }
        long newest = cells.readOrdinal(ceiling.cellRef());
        long ordinal = ordinals[id];
        if (newest <= ordinal
                || PeriodCalendar.startMs(window, newest) - TimeUnit.NANOSECONDS.toMillis(epochNs) <= TOLERANCE_MS) {
            return;
        }
        rebase(ceiling.cellRef(), ordinal);
    }

    private void repairPools(World world) {
        CapacityTables pools = world.pools();
        long epochMs = TimeUnit.NANOSECONDS.toMillis(clock.monotonicNs() + clock.epochOffsetNs());
        for (int pool = 0; pool < pools.size(); pool++) {
            long newest = cells.readOrdinal(pools.cell(pool));
            if (newest > pools.ordinal(pool) && Observation.epochMs(newest) - epochMs > TOLERANCE_MS) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "pool {0} had an observation from the future; what was taken since then counts against the one that"
                                + " the snapshot has now",
                        pools.id(pool));
                rebase(pools.cell(pool), pools.ordinal(pool));
            }
        }
    }

    private void rebase(long cell, long ordinal) {
        if (repair.rebasePeriod(cell, ordinal, MAX_SPINS)) {
            healed++;
        } else if (cells.readOrdinal(cell) > ordinal) {
            busy = true;
            due = true;
        }
    }
}
