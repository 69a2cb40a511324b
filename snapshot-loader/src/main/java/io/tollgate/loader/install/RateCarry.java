/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.quota.Cells;
import io.tollgate.core.quota.RateSpec;
import io.tollgate.core.quota.RateTerms;
import io.tollgate.core.world.CeilingRow;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds rates that a snapshot changes and seeds their new counters so that the same share of the bucket is left: when a counter is bound,
 * and once more at activation, since the old one was in use meanwhile. Positions only grow, so doing it twice is harmless.
 *
 * <p>Only so many changes are remembered for the second time; for those beyond it, what was taken while the snapshot was being installed is
 * forgiven. Loader's thread only.
 */
final class RateCarry {
    /** About 20 MB at most. */
    private static final int MAX_REMEMBERED = 100_000;

    private final Supplier<@Nullable World> before;
    private final Cells cells;
    private final ScopeRow scope = new ScopeRow();
    private final CeilingRow ceiling = new CeilingRow();
    private final List<Change> changes = new ArrayList<>();
    private final long epochNs;
    private @Nullable World seen;

    private record Change(
            String scopePath, Named name, long oldCell, TimedRate oldRate, long newCell, TimedRate newRate) {}

    /** What tells a ceiling from others that count at the same scope. */
    record Named(String definedAtPath, String id, String dimension) {}

    private RateCarry(Supplier<@Nullable World> before, Cells cells, long epochNs) {
        this.before = before;
        this.cells = cells;
        this.epochNs = epochNs;
    }

    /**
     * For one installation.
     *
     * @param live gives the active world, which may change meanwhile; null = none
     */
    static RateCarry begin(InstallContext context, Supplier<@Nullable World> live) {
        long store = context.cells().id();
        Supplier<@Nullable World> sameCells = () -> {
            World world = live.get();
            return world != null && world.cellStoreId() == store ? world : null;
        };
        return new RateCarry(sameCells, context.cells().cells(), context.epochNs());
    }

    /** A rate of the new snapshot counts in this cell. */
    void bound(String scopePath, Named name, long cell, TimedRate rate) {
        World world = before.get();
        if (world == null) {
            return;
        }
        seen = seen == null ? world : seen;
        if (find(world, scopePath, name, cell)) {
            changed(new Change(scopePath, name, ceiling.cellRef(), oldRate(), cell, rate));
        }
    }

    /** Moves the view to the ceiling of that name; false when it counts in this very cell, or is not there. */
    private boolean find(World world, String scopePath, Named name, long cell) {
        long row = world.findPath(scopePath);
        if (row == World.NOT_FOUND) {
            return false;
        }
        scope.wrap(world, row);
        int count = scope.ceilingCount();
        if (count == 0) {
            return false;
        }
        ceiling.first(world, scope);
        for (int i = 0; i < count; i++) {
            if (ceiling.kindCode() == DimensionKind.RATE.code()) {
                if (ceiling.cellRef() == cell) {
                    return false;
                }
                if (isSame(world, name)) {
                    return true;
                }
            }
            if (i + 1 < count) {
                ceiling.next();
            }
        }
        return false;
    }

    private boolean isSame(World world, Named name) {
        return world.registry().dimensions().name(ceiling.dimensionId()).equals(name.dimension)
                && ceiling.id(world).equals(name.id)
                && new ScopeRow().wrap(world, ceiling.definedAtRow()).path().equals(name.definedAtPath);
    }

    private TimedRate oldRate() {
        RateSpec own = shownRate();
        RateSpec overriding = ceiling.at(Long.MIN_VALUE).overridden() ? shownRate() : null;
        long untilMs = ceiling.overridden() ? ceiling.overrideExpiresAtMs() : TimedRate.NO_OVERRIDE;
        return new TimedRate(new RateTerms(own, overriding), untilMs);
    }

    private @Nullable RateSpec shownRate() {
        return ceiling.unlimited()
                ? null
                : new RateSpec(
                        ceiling.limit(),
                        ceiling.rate(CeilingCells.LENGTH_NS),
                        ceiling.rate(CeilingCells.BURST),
                        ceiling.rate(CeilingCells.MULTIPLIER),
                        ceiling.rate(CeilingCells.UNITS_PER_TOKEN));
    }

    private void changed(Change change) {
        if (changes.size() < MAX_REMEMBERED) {
            changes.add(change);
        }
        carry(change, epochNs);
    }

    /** Right before the new world is activated. */
    void beforeActivation(long nowEpochNs) {
        World now = before.get();
        for (Change change : changes) {
            carry(change, nowEpochNs);
            // Deltas may have given the ceiling another counter while the snapshot was being installed.
            if (now != null
                    && now != seen
                    && find(now, change.scopePath, change.name, change.newCell)
                    && ceiling.cellRef() != change.oldCell) {
                carry(
                        new Change(
                                change.scopePath,
                                change.name,
                                ceiling.cellRef(),
                                oldRate(),
                                change.newCell,
                                change.newRate),
                        nowEpochNs);
            }
        }
    }

    /** From and to whatever is in force by then; what counted nothing leaves nothing, and what is unlimited needs nothing. */
    private void carry(Change change, long nowEpochNs) {
        RateSpec oldSpec = change.oldRate.at(nowEpochNs);
        RateSpec newSpec = change.newRate.at(nowEpochNs);
        if (oldSpec != null && newSpec != null) {
            long state = cells.readPosition(change.oldCell);
            cells.raisePosition(change.newCell, newSpec.carryOver(oldSpec, state, nowEpochNs));
        }
    }
}
