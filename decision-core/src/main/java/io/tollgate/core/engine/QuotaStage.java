/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Reason;
import io.tollgate.core.Severity;
import io.tollgate.core.quota.CellKind;
import io.tollgate.core.quota.Gcra;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.world.CeilingRow;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.ThresholdSets;
import io.tollgate.core.world.World;

/**
 * Stage QUOTA: plans the take over every ceiling of the chain that the request is charged against, and says what it means when some do not
 * fit, or all do.
 */
final class QuotaStage {
    private static final int PERMILLE = 1000;
    /** More than the relative error of the rough figures, see {@link TakePlan#roughRemaining}. */
    private static final double ROUGH = 1e-9;

    private final TakePlan plan;
    private final ScopeRow scope = new ScopeRow();
    private final CeilingRow ceiling = new CeilingRow();
    private final DenialWait wait;

    QuotaStage(final TakePlan plan) {
        this.plan = plan;
        wait = new DenialWait(plan);
    }

    /** {@return how much of the only usage fits under every hard ceiling of the plan, by what was read last; less than 1 = nothing} */
    long mostThatFits(final Evaluation evaluation) {
        long most = Long.MAX_VALUE;
        for (int i = evaluation.planStart; i < evaluation.quotaEnd; i++) {
            if (plan.unlimited(i) || plan.soft(i)) {
                continue;
            }
            final int charge = evaluation.chargeOf(
                    ceiling.wrap(evaluation.world, plan.tag(i)).dimensionId());
            final long factor = evaluation.chargeFactors[charge];
            final long left = plan.remaining(i) - evaluation.chargeConstants[charge];
            if (left < 0 || factor > 0 && left < factor) {
                return 0;
            }
            most = factor == 0 ? most : Math.min(most, left / factor);
        }
        return most;
    }

    /** Adds an entry for each ceiling; {@return false when one cannot be evaluated}. */
    boolean collect(final Evaluation evaluation) {
        final World world = evaluation.world;
        for (int i = 0; i < evaluation.chainLength; i++) {
            scope.wrap(world, evaluation.chain[i]);
            final int count = scope.ceilingCount();
            if (count == 0 || !scope.mayLimit(evaluation.chargedDimensions)) {
                continue;
            }
            ceiling.first(world, scope);
            for (int c = 0; c < count; c++) {
                final long amount = evaluation.charge(ceiling.dimensionId());
                if (amount > 0 && !add(evaluation, amount)) {
                    return false;
                }
                if (c + 1 < count) {
                    ceiling.next();
                }
            }
        }
        return true;
    }

    private boolean add(final Evaluation evaluation, final long amount) {
        final int kind = ceiling.at(evaluation.nowEpochMs).kindCode();
        final int flags =
                (ceiling.hard() ? TakePlan.HARD : TakePlan.SOFT) | (ceiling.unlimited() ? TakePlan.UNLIMITED : 0);
        final int entry;
        if (kind == DimensionKind.PERIOD.code()) {
            final PeriodTable periods = evaluation.periods;
            final int place = periods.locate(ceiling.windowId(), evaluation.nowEpochMs);
            if (place == PeriodTable.OUTSIDE) {
                return false;
            }
            entry = plan.addPeriod(
                    ceiling.cellRef(), ceiling.limit(), amount, periods.ordinal(place), periods.endMs(place), flags);
        } else if (kind == DimensionKind.RATE.code()) {
            if (ceiling.unlimited()) {
                return true;
            }
            entry = plan.addRate(
                    ceiling.cellRef(),
                    RateWords.multiplier(ceiling),
                    RateWords.unitsPerToken(ceiling),
                    RateWords.burst(ceiling),
                    amount,
                    flags);
        } else if (kind == DimensionKind.GAUGE.code()) {
            entry = plan.addGauge(ceiling.cellRef(), ceiling.limit(), amount, flags);
        } else {
            // physical capacity has pools, no ceilings; the compiler lets none through, and here none opens anything
            return false;
        }
        if (entry >= 0) {
            plan.setTag(entry, ceiling.ref());
        }
        return entry >= 0;
    }

    /** {@return whether a ceiling of the plan is what a customer has bought} */
    boolean entitled(final Evaluation evaluation) {
        for (int i = evaluation.planStart; i < evaluation.quotaEnd; i++) {
            if (ceiling.wrap(evaluation.world, plan.tag(i)).entitled(evaluation.world)) {
                return true;
            }
        }
        return false;
    }

    /** All ceilings fit: names the tightest, warns of those nearly or softly passed. */
    void admit(final Evaluation evaluation) {
        final CeilingStates states = evaluation.decision.ceilings;
        int binding = CeilingStates.NONE;
        double bindingFurther = Double.POSITIVE_INFINITY;
        boolean overSoft = false;
        for (int i = evaluation.planStart; i < evaluation.quotaEnd; i++) {
            if (plan.unlimited(i)) {
                continue;
            }
            final double left = plan.roughRemaining(i);
            // the exact comparison divides and multiplies in 128 bits: only where the rough one leaves a doubt
            if (binding < 0 || (left - 1) / plan.amount(i) <= bindingFurther + ROUGH * Math.abs(bindingFurther)) {
                if (binding < 0 || fewerFurther(i, binding)) {
                    binding = i;
                    bindingFurther = left / plan.amount(i);
                }
            }
            // what is given back passes no limit
            overSoft |= !evaluation.refunding && warn(evaluation, i, left);
        }
        if (binding >= 0) {
            states.binding(binding - evaluation.planStart);
        }
        if (overSoft) {
            evaluation.decision.warned(Reason.OVER_SOFT_LIMIT);
        }
    }

    /** {@return why the ceilings deny; OK when all fit} */
    Reason verdict(final Evaluation evaluation) {
        final Decision decision = evaluation.decision;
        int binding = CeilingStates.NONE;
        for (int i = evaluation.planStart; i < evaluation.quotaEnd; i++) {
            // of soft and unlimited ceilings only what cannot be counted does not fit
            if (!plan.fits(i)) {
                binding = binding < 0 || bindsBefore(evaluation, i, binding) ? i : binding;
            }
        }
        if (binding < 0) {
            return Reason.OK;
        }
        decision.ceilings.binding(binding - evaluation.planStart);
        final long waitNs = wait.ns(evaluation, binding);
        // when a gauge is released nobody knows
        if (waitNs != TakePlan.WHEN_RELEASED) {
            decision.retry(waitNs == Gcra.NEVER ? Decision.RETRY_NEVER : waitNs);
        }
        return switch (plan.kind(binding)) {
            case CellKind.RATE -> Reason.RATE_LIMITED;
            case CellKind.GAUGE -> Reason.CONCURRENCY_EXHAUSTED;
            default -> Reason.QUOTA_EXHAUSTED;
        };
    }

    private boolean bindsBefore(final Evaluation evaluation, final int entry, final int other) {
        final long waitNs = wait.ns(evaluation, entry);
        final long otherWaitNs = wait.ns(evaluation, other);
        return waitNs > otherWaitNs || waitNs == otherWaitNs && plan.remaining(entry) < plan.remaining(other);
    }

    /** Whether fewer requests like this one still fit under entry than under other; compares in 128 bits. */
    private boolean fewerFurther(final int entry, final int other) {
        final long left = plan.remaining(entry);
        final long otherLeft = plan.remaining(other);
        final long amount = plan.amount(entry);
        final long otherAmount = plan.amount(other);
        final long high = Math.multiplyHigh(left, otherAmount);
        final long otherHigh = Math.multiplyHigh(otherLeft, amount);
        return high < otherHigh
                || high == otherHigh && Long.compareUnsigned(left * otherAmount, otherLeft * amount) < 0;
    }

    private boolean warn(final Evaluation evaluation, final int entry, final double roughLeft) {
        if (plan.soft(entry) && plan.overLimit(entry)) {
            evaluation.decision.warnings.add(Reason.OVER_SOFT_LIMIT, Severity.WARNING, entry - evaluation.planStart);
            return true;
        }
        final ThresholdSets thresholds = evaluation.world.thresholds();
        if (clearlyBelow(entry, roughLeft, thresholds.lowestPermille())) {
            return false;
        }
        ceiling.wrap(evaluation.world, plan.tag(entry));
        final int set = ceiling.thresholdSetId();
        final long after = plan.taken() ? plan.used(entry) : plan.used(entry) + plan.amount(entry);
        for (int i = thresholds.size(set) - 1; i >= 0; i--) {
            if (reaches(after, plan.limit(entry), thresholds.atPermille(set, i))) {
                evaluation.decision.warnings.add(
                        Reason.NEAR_LIMIT, thresholds.severity(set, i), entry - evaluation.planStart);
                return false;
            }
        }
        return false;
    }

    /** Whether the lowest threshold is certainly not reached; false leaves it open. */
    private boolean clearlyBelow(final int entry, final double roughLeft, final int permille) {
        final double limit = plan.limit(entry);
        final double after = limit - roughLeft + 1 + (plan.taken() ? 0 : plan.amount(entry));
        return after * PERMILLE * (1 + ROUGH) < limit * permille;
    }

    /** Whether used / limit is at least permille / 1000, without overflow. */
    private static boolean reaches(final long used, final long limit, final int permille) {
        final long high = Math.multiplyHigh(used, PERMILLE);
        final long limitHigh = Math.multiplyHigh(limit, permille);
        return high > limitHigh || high == limitHigh && Long.compareUnsigned(used * PERMILLE, limit * permille) >= 0;
    }
}
