/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Reason;
import io.tollgate.core.capacity.CapacityTables;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.registry.Registry;

/**
 * Stage CAPACITY: does it physically exist? Each charge on a dimension of kind CAPACITY is served by one pool: the first candidate that
 * holds
 * all of it. Candidates are the pools whose every attribute the request has: first those reserved for scopes of its chain, the deepest
 * scope
 * first, then the shared ones; within each by id. Pools of other scopes are never candidates, and never shown.
 */
final class CapacityStage {
    /** Most candidates of one charge; with more the request is denied (INTERNAL), not served by the wrong one. */
    static final int MAX_CANDIDATES = 64;

    private final TakePlan plan;

    CapacityStage(final TakePlan plan) {
        this.plan = plan;
    }

    /** Adds the candidate pools; {@return what no counter can mend, else OK}. */
    Reason collect(final Evaluation evaluation) {
        final CapacityFacts facts = evaluation.capacity;
        final Registry registry = evaluation.world.registry();
        Reason reason = Reason.OK;
        facts.count = 0;
        facts.denied = CapacityFacts.NONE;
        for (int charge = 0; charge < evaluation.chargeCount; charge++) {
            final int dimension = evaluation.chargeDimensions[charge];
            if (registry.dimensionKind(dimension) != DimensionKind.CAPACITY || evaluation.chargeAmounts[charge] == 0) {
                continue;
            }
            final int from = plan.position();
            plan.beginChoice();
            final boolean complete = candidates(evaluation, dimension, evaluation.chargeAmounts[charge], from);
            plan.endChoice();
            facts.add(charge, from, plan.position());
            if (!complete) {
                return evaluation.decision.fault(Fault.POOLS_UNUSABLE, Reason.INTERNAL);
            }
            reason = plan.position() == from ? Reason.CAPACITY_UNAVAILABLE : reason;
        }
        return reason;
    }

    /** Own pools, the deepest scope first, then the shared ones. */
    private boolean candidates(final Evaluation evaluation, final int dimension, final long amount, final int from) {
        final CapacityTables pools = evaluation.world.pools();
        for (int i = evaluation.chainLength - 1; i >= 0; i--) {
            if (!candidatesOf(evaluation, pools, dimension, evaluation.chain[i], amount, from)) {
                return false;
            }
        }
        return candidatesOf(evaluation, pools, dimension, CapacityTables.SHARED, amount, from);
    }

    private boolean candidatesOf(
            final Evaluation evaluation,
            final CapacityTables pools,
            final int dimension,
            final long owner,
            final long amount,
            final int from) {
        for (int pool = pools.first(dimension, owner); pools.isOf(pool, dimension, owner); pool++) {
            if (pools.matches(pool, evaluation.capacity.attributes) && !add(pools, pool, amount, from)) {
                return false;
            }
        }
        return true;
    }

    private boolean add(final CapacityTables pools, final int pool, final long amount, final int from) {
        if (plan.position() - from == MAX_CANDIDATES) {
            return false;
        }
        final int entry = plan.addPeriod(
                pools.cell(pool), pools.available(pool), amount, pools.ordinal(pool), Long.MAX_VALUE, TakePlan.HARD);
        if (entry >= 0) {
            plan.setTag(entry, pool);
        }
        return entry >= 0;
    }

    /** {@return why capacity denies, once the plan was read; OK when it does not} */
    Reason verdict(final Evaluation evaluation) {
        final CapacityFacts facts = evaluation.capacity;
        for (int i = 0; i < facts.count && facts.denied < 0; i++) {
            facts.denied = served(facts, i) ? facts.denied : i;
        }
        if (evaluation.capacityReason == Reason.INTERNAL) {
            return Reason.INTERNAL;
        }
        evaluation.decision.capacity.show(plan, evaluation);
        return facts.denied < 0 ? evaluation.capacityReason : Reason.CAPACITY_UNAVAILABLE;
    }

    private boolean served(final CapacityFacts facts, final int index) {
        for (int entry = facts.from[index]; entry < facts.to[index]; entry++) {
            if (plan.fits(entry)) {
                return true;
            }
        }
        return false;
    }

    /** Capacity gives the answer: waiting never helps when no candidate was ever large enough. */
    void deny(final Evaluation evaluation) {
        final CapacityFacts facts = evaluation.capacity;
        if (facts.denied < 0) {
            return;
        }
        for (int entry = facts.from[facts.denied]; entry < facts.to[facts.denied]; entry++) {
            if (plan.amount(entry) <= plan.limit(entry)) {
                return;
            }
        }
        evaluation.decision.retry(Decision.RETRY_NEVER);
    }
}
