/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Reason;
import io.tollgate.core.capacity.CapacityTables;
import io.tollgate.core.capacity.Observation;
import io.tollgate.core.explain.Durations;
import io.tollgate.core.explain.Explanation;
import io.tollgate.core.explain.PoolView;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.world.World;
import java.util.Objects;

/** What capacity says to people. Pools of scopes outside the request's chain are in none of it. Cold: allocates. One thread. */
final class CapacityWords {
    private CapacityWords() {}

    static PoolView view(final Decision decision, final int index) {
        final World world = Objects.requireNonNull(decision.world(), "a decision with pools has a world");
        final CapacityState state = decision.capacity();
        final Registry registry = world.registry();
        final CapacityTables pools = world.pools();
        final int dimension = state.dimensionId(index);
        final int pool = state.pool(index);
        return new PoolView(
                pool < 0 ? "" : pools.id(pool),
                registry.dimensions().name(dimension),
                registry.units().name(registry.dimensionUnitId(dimension)),
                pool >= 0 && pools.reserved(pool),
                pool < 0 ? "" : pools.reservedFor(pool),
                state.available(index),
                state.used(index),
                state.requested(index));
    }

    /** {@return why there is no capacity, for the caller's user} */
    static String deny(final Decision decision) {
        if (decision.capacity().size() == 0) {
            return "No capacity is available.";
        }
        final PoolView view = view(decision, 0);
        if (view.id().isEmpty()) {
            return "No capacity: there is no pool of " + view.dimension() + " for such a request.";
        }
        final long left = Math.max(0, view.available() - view.used());
        return "No capacity: pool '" + view.id() + "' has " + left + " of " + view.available() + " "
                + view.dimension() + " left, " + view.requested() + " asked."
                + (decision.retryStated() ? " Waiting does not help." : "");
    }

    /** {@return the stage in one line, for operators} */
    static String detail(final Evaluation evaluation, final Reason reason) {
        final CapacityFacts facts = evaluation.capacity;
        if (facts.count == 0) {
            return chargesCapacity(evaluation) ? "not evaluated" : "the operation needs no capacity";
        }
        if (reason != Reason.OK && facts.denied < 0) {
            return evaluation.decision.fault().message();
        }
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < evaluation.decision.capacity().size(); i++) {
            final PoolView view = view(evaluation.decision, i);
            text.append(text.isEmpty() ? "" : "; ").append(view.dimension());
            if (view.id().isEmpty()) {
                text.append(": no pool matches the request");
            } else if (reason == Reason.OK) {
                text.append(": served by ")
                        .append(view.own() ? "own" : "shared")
                        .append(" pool '");
                text.append(view.id()).append('\'');
            } else {
                text.append(": none of ")
                        .append(facts.to[facts.denied] - facts.from[facts.denied])
                        .append(" candidates holds ")
                        .append(view.requested());
            }
        }
        return text.toString();
    }

    private static boolean chargesCapacity(final Evaluation evaluation) {
        for (int i = 0; i < evaluation.chargeCount; i++) {
            if (evaluation.world.registry().dimensionKind(evaluation.chargeDimensions[i]) == DimensionKind.CAPACITY) {
                return true;
            }
        }
        return false;
    }

    /** Adds the candidates in the order in which they are tried. */
    static void explain(final Explanation explanation, final Evaluation evaluation, final TakePlan plan) {
        final CapacityFacts facts = evaluation.capacity;
        final CapacityTables pools = evaluation.world.pools();
        final Registry registry = evaluation.world.registry();
        for (int i = 0; i < facts.count; i++) {
            final int dimension = evaluation.chargeDimensions[facts.charges[i]];
            boolean before = true;
            for (int entry = facts.from[i]; entry < facts.to[i]; entry++) {
                final int pool = (int) plan.tag(entry);
                final boolean fits = plan.fits(entry);
                explanation
                        .pools()
                        .add(new Explanation.PoolLine(
                                new PoolView(
                                        pools.id(pool),
                                        registry.dimensions().name(dimension),
                                        registry.units().name(registry.dimensionUnitId(dimension)),
                                        pools.reserved(pool),
                                        pools.reservedFor(pool),
                                        plan.limit(entry),
                                        plan.used(entry),
                                        plan.amount(entry)),
                                pools.observedAtMs(pool),
                                fits,
                                fits && before,
                                line(pools, pool, fits, fits && before, evaluation.nowEpochMs)));
                before &= !fits;
            }
        }
    }

    private static String line(
            final CapacityTables pools, final int pool, final boolean fits, final boolean serves, final long nowMs) {
        final String age = pools.observedAtMs(pool) == Observation.UNKNOWN
                ? "observed nobody knows when"
                : "observed " + Durations.text(Math.max(0, nowMs - pools.observedAtMs(pool))) + " ago";
        final String role = pools.reserved(pool) ? "reserved for " + pools.reservedFor(pool) : "shared";
        return role + ", " + age + ": " + (serves ? "serves" : fits ? "would hold it" : "does not hold it");
    }
}
