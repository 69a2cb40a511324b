/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Reason;
import io.tollgate.core.Stage;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.reservation.ReservationDesk;

/**
 * Stages QUOTA, CREDIT, CAPACITY and COMMIT, over one plan: collects what each of the three would take, takes from everything or from
 * nothing, and says which of them denies.
 *
 * <pre>
 *   entries of the plan:   [planStart .. quotaEnd)  ceilings     [quotaEnd .. creditEnd)  wallet     [creditEnd .. planEnd)  pools
 * </pre>
 *
 * The first of the stages that denies is the answer, in their order: with entries that do not fit, or because of something that no counter
 * can mend (an unknown price, a frozen wallet, no pool). With one of the latter nothing is taken. Belongs to the worker's thread.
 */
final class CommitStage {
    private static final int PARTIAL_TRIES = 16;
    /** Besides the codes of {@link Taker}: the reservation could not be recorded. */
    static final int NO_ROOM = 100;
    /** The same of its usage; it would have been let through otherwise. */
    static final int JOURNAL_FULL = 101;

    private final TakePlan plan;
    private final Taker taker;
    private final QuotaStage quota;
    private final CreditStage credit;
    private final CapacityStage capacity;
    private final ReservationRecorder recorder;
    private final UsageRecorder usage;

    CommitStage(final Taker taker, final ReservationDesk reservations, final TakePlan plan, final UsageRecorder usage) {
        this.taker = taker;
        this.plan = plan;
        quota = new QuotaStage(plan);
        credit = new CreditStage(plan);
        capacity = new CapacityStage(plan);
        recorder = new ReservationRecorder(reservations, plan, usage);
        this.usage = usage;
    }

    TakePlan plan() {
        return plan;
    }

    /**
     * Evaluates the three stages; with take and when none denies also COMMIT is done. What each stage says is in the evaluation
     * ({@link Evaluation#quotaReason} and its neighbours).
     *
     * @return the stage that denies, or COMMIT when none does
     */
    Stage evaluate(final Evaluation evaluation, final boolean take) {
        final Readings replayed = evaluation.replayed;
        if (replayed != null && replayed.offered() != Readings.ALL) {
            return offer(evaluation, replayed.offered(), take);
        }
        final int code = attempt(evaluation, take);
        if (code == Taker.DENIED && evaluation.request.allowPartial() && !ceilingsFit(evaluation)) {
            return partial(evaluation, take);
        }
        return record(evaluation, code);
    }

    /**
     * Gives back what the request would take of ceilings, of all or of none. It takes nothing else, see {@link RefundTerms}.
     *
     * @return the stage that denies, or COMMIT when it has come back
     */
    Stage refund(final Evaluation evaluation) {
        final Decision decision = evaluation.decision;
        plan.begin(evaluation.nowEpochNs);
        evaluation.planStart = plan.position();
        if (!quota.collect(evaluation)) {
            return conclude(evaluation, Taker.BROKEN);
        }
        evaluation.quotaEnd = plan.position();
        evaluation.creditEnd = plan.position();
        evaluation.planEnd = plan.position();
        if (quota.entitled(evaluation)) {
            evaluation.quotaReason = decision.problem(Problem.REFUND_OF_METERED, Reason.INVALID_REQUEST);
            return Stage.QUOTA;
        }
        final int code = taker.refund(plan);
        if (code != Taker.REFUNDED) {
            return conclude(evaluation, code);
        }
        evaluation.planned = plan;
        decision.ceilings.show(plan, evaluation.planStart, evaluation.quotaEnd);
        quota.admit(evaluation);
        return Stage.COMMIT;
    }

    private int attempt(final Evaluation evaluation, final boolean take) {
        plan.begin(evaluation.nowEpochNs);
        if (!collect(evaluation)) {
            return Taker.BROKEN;
        }
        final boolean possible = evaluation.creditReason == Reason.OK && evaluation.capacityReason == Reason.OK;
        if (!take || !possible) {
            return taker.check(plan);
        }
        // before anything is taken: what cannot be recorded could never be given back
        if (evaluation.reserves() && evaluation.replayed == null && !recorder.hasRoom(evaluation)) {
            return NO_ROOM;
        }
        if (!usage.hasRoom(evaluation)) {
            return journalFull(taker.check(plan));
        }
        return taker.take(plan);
    }

    /** What denies before it, denies. */
    static int journalFull(final int check) {
        return check == Taker.FITS ? JOURNAL_FULL : check;
    }

    /** Adds to the plan what the request takes; {@return false when a ceiling cannot be evaluated}. */
    boolean collect(final Evaluation evaluation) {
        evaluation.planStart = plan.position();
        if (!quota.collect(evaluation)) {
            return false;
        }
        evaluation.quotaEnd = plan.position();
        evaluation.creditReason = credit.collect(evaluation);
        evaluation.creditEnd = plan.position();
        evaluation.capacityReason = capacity.collect(evaluation);
        evaluation.planEnd = plan.position();
        return true;
    }

    private Stage record(final Evaluation evaluation, final int code) {
        if (evaluation.reserves()) {
            if (code == Taker.TAKEN) {
                recorder.record(evaluation);
            }
            recorder.trim();
        } else if (code == Taker.TAKEN) {
            usage.record(evaluation);
        }
        usage.trim();
        return conclude(evaluation, code);
    }

    /** A replay of a partial grant: what was left at the first look is not known, what was granted in the end is. */
    private Stage offer(final Evaluation evaluation, final long granted, final boolean take) {
        evaluation.grantOnly(granted);
        final int code = attempt(evaluation, take);
        evaluation.decision.grantedInPart(granted);
        return record(evaluation, code);
    }

    /** Says what a code of the taker means for the request whose entries were collected last. */
    Stage conclude(final Evaluation evaluation, final int code) {
        final Decision decision = evaluation.decision;
        evaluation.planned = plan;
        switch (code) {
            case Taker.FITS, Taker.TAKEN, Taker.DENIED -> {
                decision.ceilings.show(plan, evaluation.planStart, evaluation.quotaEnd);
                return verdict(evaluation);
            }
            case JOURNAL_FULL -> {
                decision.ceilings.show(plan, evaluation.planStart, evaluation.quotaEnd);
                evaluation.commitReason = decision.fault(Fault.JOURNAL_FULL, Reason.JOURNAL_FULL);
                return verdict(evaluation);
            }
            case NO_ROOM -> evaluation.quotaReason = decision.fault(Fault.RESERVATIONS_FULL, Reason.OVERLOADED);
            case Taker.CONTENDED -> evaluation.quotaReason = decision.fault(Fault.CONTENDED, Reason.OVERLOADED);
            default -> evaluation.quotaReason = decision.fault(Fault.CEILINGS_UNUSABLE, Reason.INTERNAL);
        }
        return Stage.QUOTA;
    }

    private Stage verdict(final Evaluation evaluation) {
        evaluation.quotaReason = quota.verdict(evaluation);
        evaluation.creditReason = credit.verdict(evaluation);
        evaluation.capacityReason = capacity.verdict(evaluation);
        // what a stage says of its own is also wanted when another denies: an explanation shows all three
        if (evaluation.quotaReason == Reason.OK) {
            quota.admit(evaluation);
        }
        if (evaluation.creditReason == Reason.OK) {
            credit.admit(evaluation);
        }
        if (evaluation.quotaReason != Reason.OK) {
            return Stage.QUOTA;
        }
        if (evaluation.creditReason != Reason.OK) {
            return Stage.CREDIT;
        }
        if (evaluation.capacityReason == Reason.OK) {
            return Stage.COMMIT;
        }
        capacity.deny(evaluation);
        return Stage.CAPACITY;
    }

    private boolean ceilingsFit(final Evaluation evaluation) {
        for (int i = evaluation.planStart; i < evaluation.quotaEnd; i++) {
            if (!plan.fits(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Grants what the ceilings leave where that is at least 1. Others may take some of it between the look and the take, so it looks again,
     * a few times: what is left only shrinks then, and a deny for lack of tries would be a wrong one.
     */
    private Stage partial(final Evaluation evaluation, final boolean take) {
        final long asked = evaluation.request.amount(0);
        long denied = Long.MAX_VALUE;
        for (int i = 0; i < PARTIAL_TRIES; i++) {
            final long granted = Math.min(asked, quota.mostThatFits(evaluation));
            if (granted < 1) {
                evaluation.grantOnly(asked);
                return record(evaluation, attempt(evaluation, take));
            }
            evaluation.grantOnly(granted);
            final int code = attempt(evaluation, take);
            // as much as the hard ceilings leave was denied before: something else does, that no cut mends (it cannot
            // be counted)
            if (code != Taker.DENIED || ceilingsFit(evaluation) || granted >= denied) {
                evaluation.decision.grantedInPart(granted);
                return record(evaluation, code);
            }
            denied = granted;
        }
        return record(evaluation, Taker.CONTENDED);
    }
}
