/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Reason;
import io.tollgate.core.Severity;
import io.tollgate.core.quota.CellKind;
import io.tollgate.core.quota.Gcra;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.world.CeilingRow;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.ThresholdSets;
import io.tollgate.core.world.World;

/**
 * Stages QUOTA and COMMIT: plans the take over every ceiling of the chain that the request is charged against, and takes from all or none.
 * CHECK only reads.
 */
final class QuotaStage {
    private static final int PERMILLE = 1000;
    private static final int PARTIAL_TRIES = 16;
    /** More than the relative error of the rough figures, see {@link TakePlan#roughRemaining}. */
    private static final double ROUGH = 1e-9;

    private final TakePlan plan = new TakePlan();
    private final ScopeRow scope = new ScopeRow();
    private final CeilingRow ceiling = new CeilingRow();
    private final Taker taker;

    QuotaStage(final Taker taker) {
        this.taker = taker;
    }

    /** {@return what QUOTA says; with take also COMMIT is done} */
    Reason evaluate(final Evaluation evaluation, final boolean take) {
        final int code = attempt(evaluation, take);
        if (code == Taker.DENIED && evaluation.request.allowPartial()) {
            return partial(evaluation, take);
        }
        return conclude(evaluation, code);
    }

    private int attempt(final Evaluation evaluation, final boolean take) {
        plan.begin(evaluation.nowEpochNs);
        if (!collect(evaluation)) {
            return Taker.BROKEN;
        }
        return take ? taker.take(plan) : taker.check(plan);
    }

    private Reason conclude(final Evaluation evaluation, final int code) {
        final Decision decision = evaluation.decision;
        return switch (code) {
            case Taker.FITS, Taker.TAKEN -> admit(evaluation);
            case Taker.DENIED -> deny(evaluation);
            case Taker.CONTENDED -> decision.fault(Fault.CONTENDED, Reason.OVERLOADED);
            default -> decision.fault(Fault.CEILINGS_UNUSABLE, Reason.INTERNAL);
        };
    }

    /**
     * Grants what is left where that is at least 1. Others may take some of it between the look and the take, so it looks again, a
     * few times: what is left only shrinks then, and a deny for lack of tries would be a wrong one.
     */
    private Reason partial(final Evaluation evaluation, final boolean take) {
        final long asked = evaluation.request.amount(0);
        for (int i = 0; i < PARTIAL_TRIES; i++) {
            final long granted = Math.min(asked, mostThatFits(evaluation));
            if (granted < 1) {
                evaluation.grantOnly(asked);
                return conclude(evaluation, attempt(evaluation, take));
            }
            evaluation.grantOnly(granted);
            final int code = attempt(evaluation, take);
            if (code != Taker.DENIED) {
                evaluation.decision.grantedInPart(granted);
                return conclude(evaluation, code);
            }
        }
        return conclude(evaluation, Taker.CONTENDED);
    }

    /** {@return how much of the only usage fits under every hard ceiling of the plan, by what was read last; less than 1 = nothing} */
    private long mostThatFits(final Evaluation evaluation) {
        long most = Long.MAX_VALUE;
        for (int i = 0; i < plan.size(); i++) {
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

    private boolean collect(final Evaluation evaluation) {
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
        final int kind = ceiling.kindCode();
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
        } else {
            // GAUGE and CAPACITY come with RESERVE; the compiler lets none through, and here none opens anything
            return false;
        }
        if (entry >= 0) {
            plan.setTag(entry, ceiling.ref());
        }
        return entry >= 0;
    }

    private Reason admit(final Evaluation evaluation) {
        final CeilingStates states = evaluation.decision.ceilings;
        states.show(plan);
        int binding = CeilingStates.NONE;
        double bindingFurther = Double.POSITIVE_INFINITY;
        boolean overSoft = false;
        for (int i = 0; i < plan.size(); i++) {
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
            overSoft |= warn(evaluation, i, left);
        }
        states.binding(binding);
        if (overSoft) {
            evaluation.decision.warned(Reason.OVER_SOFT_LIMIT);
        }
        return Reason.OK;
    }

    private Reason deny(final Evaluation evaluation) {
        final Decision decision = evaluation.decision;
        decision.ceilings.show(plan);
        int binding = CeilingStates.NONE;
        for (int i = 0; i < plan.size(); i++) {
            // of soft and unlimited ceilings only what cannot be counted does not fit
            if (!plan.fits(i)) {
                binding = binding < 0 || bindsBefore(i, binding) ? i : binding;
            }
        }
        decision.ceilings.binding(binding);
        final long waitNs = plan.retryAfterNs(binding);
        decision.retry(waitNs == Gcra.NEVER ? Decision.RETRY_NEVER : waitNs);
        return plan.kind(binding) == CellKind.RATE ? Reason.RATE_LIMITED : Reason.QUOTA_EXHAUSTED;
    }

    private boolean bindsBefore(final int entry, final int other) {
        final long wait = plan.retryAfterNs(entry);
        final long otherWait = plan.retryAfterNs(other);
        return wait > otherWait || wait == otherWait && plan.remaining(entry) < plan.remaining(other);
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
            evaluation.decision.warnings.add(Reason.OVER_SOFT_LIMIT, Severity.WARNING, entry);
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
                evaluation.decision.warnings.add(Reason.NEAR_LIMIT, thresholds.severity(set, i), entry);
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
