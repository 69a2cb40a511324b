/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Enforcement;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.explain.CeilingView;
import io.tollgate.core.explain.CostView;
import io.tollgate.core.explain.PoolView;
import io.tollgate.core.explain.ScopeName;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.world.CeilingRow;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.core.world.def.Period;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Decision} refers to, as names and numbers for people and for the wire. Allocates; to be used while the decision's world is
 * pinned. One thread at a time.
 */
public final class DecisionViews {
    private final ScopeRow scope = new ScopeRow();
    private final CeilingRow ceiling = new CeilingRow();
    private final CostViews costs = new CostViews();

    /** One for each thread. */
    public DecisionViews() {}

    /** {@return a scope of a world as people write it} */
    public ScopeName scope(final World world, final long row) {
        scope.wrap(world, row);
        final ScopeLevel level = scope.level();
        return new ScopeName(level == null ? ScopeLevel.GLOBAL : level, scope.path());
    }

    /** {@return the scope that a rule is written for} */
    public ScopeName ruleScope(final World world, final int ruleId) {
        final String path = world.policies().scopePath(world.policies().policyOf(ruleId));
        final long row = world.findPath(path);
        return row == World.NO_ROW ? new ScopeName(ScopeLevel.GLOBAL, path) : scope(world, row);
    }

    /**
     * {@return a ceiling of a decision}
     *
     * @param index position in {@link Decision#ceilings()}
     */
    public CeilingView ceiling(final Decision decision, final int index) {
        final World world = Objects.requireNonNull(decision.world(), "a decision with ceilings has a world");
        final CeilingStates states = decision.ceilings();
        return ceiling(
                world,
                states.ceilingRef(index),
                states.used(index),
                states.remaining(index),
                states.resetsAtMs(index),
                states.requested(index),
                decision.nowEpochMs());
    }

    /**
     * {@return a pool of a decision}
     *
     * @param index position in {@link Decision#capacity()}
     */
    public PoolView pool(final Decision decision, final int index) {
        return CapacityWords.view(decision, index);
    }

    /** {@return whether what a ceiling lets through depends on the time} */
    public boolean hasOverride(final World world, final long ceilingRef) {
        return ceiling.wrap(world, ceilingRef).hasOverride();
    }

    /**
     * {@return a ceiling with the numbers given}
     *
     * @param epochMs the time whose limit is shown, milliseconds since 1970
     */
    public CeilingView ceiling(
            final World world,
            final long ceilingRef,
            final long used,
            final long remaining,
            final long resetsAtMs,
            final long requested,
            final long epochMs) {
        ceiling.wrap(world, ceilingRef).at(epochMs);
        final Registry registry = world.registry();
        final int dimension = ceiling.dimensionId();
        final DimensionKind kind = registry.dimensionKind(dimension);
        final boolean rate = kind == DimensionKind.RATE;
        return new CeilingView(
                ceiling.id(world),
                registry.dimensions().name(dimension),
                registry.units().name(registry.dimensionUnitId(dimension)),
                kind,
                ceiling.hard() ? Enforcement.HARD : Enforcement.SOFT,
                scope(world, ceiling.definedAtRow()),
                ceiling.limit(),
                ceiling.unlimited(),
                used,
                remaining,
                ceiling.burst(),
                rate && ceiling.windowId() >= 0
                        ? world.window(ceiling.windowId()).lengthMs()
                        : 0,
                kind == DimensionKind.PERIOD && ceiling.windowId() >= 0
                        ? world.window(ceiling.windowId()).period()
                        : Period.NONE,
                resetsAtMs,
                requested,
                ceiling.origin(world),
                ceiling.overrideId(world),
                ceiling.overrideExpiresAtMs());
    }

    /**
     * {@return who set what a ceiling lets through at a time: "limits", "entitlement", "override 'launch' until ..."}
     *
     * @param epochMs milliseconds since 1970
     */
    String ceilingOrigin(final World world, final long ceilingRef, final long epochMs) {
        ceiling.wrap(world, ceilingRef).at(epochMs);
        if (!ceiling.overridden()) {
            return ceiling.origin(world);
        }
        final String override = ceiling.origin(world) + " '" + ceiling.overrideId(world) + "' until "
                + Instant.ofEpochMilli(ceiling.overrideExpiresAtMs());
        ceiling.wrap(world, ceilingRef);
        return override + ", then " + (ceiling.unlimited() ? "unlimited" : ceiling.limit()) + " by "
                + ceiling.origin(world) + " (" + ceiling.source(world) + ")";
    }

    /** {@return what a decision costs and who pays, or null when that is not known or nobody asks} */
    public @Nullable CostView cost(final Decision decision) {
        final World world = decision.world();
        final CostState cost = decision.cost();
        return world == null || !cost.known() ? null : costs.of(world, cost, scope(world, cost.payerRow()));
    }

    /**
     * {@return where what a ceiling lets through at a time is written}
     *
     * @param epochMs milliseconds since 1970
     */
    public String ceilingSource(final World world, final long ceilingRef, final long epochMs) {
        return ceiling.wrap(world, ceilingRef).at(epochMs).source(world);
    }

    /** {@return name for people of a scope} */
    public String displayName(final World world, final long row) {
        return scope.wrap(world, row).displayName();
    }

    /** {@return the policy of a scope, -1 = none} */
    public int policyId(final World world, final long row) {
        return scope.wrap(world, row).policyId();
    }

    /** {@return status code of the subscription of a customer's row} */
    int subscriptionStatusCode(final World world, final long row) {
        return scope.wrap(world, row).subscriptionStatusCode();
    }
}
