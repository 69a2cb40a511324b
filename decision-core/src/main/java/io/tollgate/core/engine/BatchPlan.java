/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Reason;
import io.tollgate.core.Stage;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.reservation.ReservationDesk;
import io.tollgate.core.reservation.ReservationWriter;

/**
 * The one plan of a batch, a part for each request. Filled request by request, checked or taken once, and then read again request by
 * request:
 * the second time the stages collect what they collected the first time, and the plan hands out the entries that it has. Belongs to the
 * worker's thread.
 */
final class BatchPlan {
    private final TakePlan plan = new TakePlan(TakePlan.MAX_CAPACITY, DecisionBatch.MAX_REQUESTS);
    private final Taker taker;
    private final CommitStage stages;
    private final ReservationWriter reservations;
    private final ReservationRecorder recorder;
    private final UsageRecorder usage;
    private int parts;
    private long blocks;
    private long consumedBytes;
    private long reservedBytes;
    private boolean refused;
    private int code;

    BatchPlan(final Taker taker, final ReservationDesk desk, final UsageRecorder usage) {
        this.taker = taker;
        reservations = desk.writer();
        this.usage = usage;
        stages = new CommitStage(taker, desk, plan, usage);
        recorder = new ReservationRecorder(desk, plan, usage);
        reservations.grow(TakePlan.MAX_CAPACITY);
    }

    void begin(final long epochNs) {
        plan.begin(epochNs);
        parts = 0;
        blocks = 0;
        consumedBytes = 0;
        reservedBytes = 0;
        refused = false;
    }

    /** Starts the part of the next request; {@return false when there is no room for another}. */
    boolean nextPart() {
        return ++parts == 1 || plan.nextPart();
    }

    /** The request of the part was denied before anything was planned. */
    void refuse() {
        plan.refusePart();
        refused = true;
    }

    /** Adds what a request takes; {@return false when there is no room for it}. */
    boolean add(final Evaluation evaluation) {
        final boolean complete = stages.collect(evaluation);
        // of such a request nothing counts; it says why when it is asked again
        if (!complete || evaluation.creditReason != Reason.OK || evaluation.capacityReason != Reason.OK) {
            refuse();
        }
        if (evaluation.reserves() && evaluation.replayed == null) {
            blocks += recorder.blocks(evaluation);
            reservedBytes = sum(reservedBytes, usage.bound(evaluation));
        } else if (evaluation.request.mode() == DecideMode.CONSUME) {
            consumedBytes = sum(consumedBytes, usage.bound(evaluation));
        }
        return !plan.overflowed();
    }

    /** Judges all parts; with take, and when nothing denies, takes them. {@return whether all are taken} */
    boolean commit(final boolean take) {
        if (!take || refused) {
            code = taker.check(plan);
        } else if (blocks > 0 && !hasRoom()) {
            code = CommitStage.NO_ROOM;
        } else if (!usage.hasRoom(consumedBytes, true) || !usage.hasRoom(reservedBytes, false)) {
            code = CommitStage.journalFull(taker.check(plan));
        } else {
            code = taker.take(plan);
        }
        return code == Taker.TAKEN;
    }

    /** Saturating. */
    private static long sum(final long a, final long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    /** Before anything is taken: what cannot be recorded could never be given back. */
    private boolean hasRoom() {
        return blocks <= Integer.MAX_VALUE && reservations.ensure((int) blocks);
    }

    /** Reads what the plan says of a request that was added before. {@return the stage that denies, or COMMIT when none does} */
    Stage conclude(final Evaluation evaluation, final int part) {
        plan.replay(part);
        if (!stages.collect(evaluation)) {
            evaluation.quotaReason = evaluation.decision.fault(Fault.CEILINGS_UNUSABLE, Reason.INTERNAL);
            return Stage.QUOTA;
        }
        if (code == Taker.TAKEN) {
            if (evaluation.reserves()) {
                recorder.record(evaluation);
            } else {
                usage.record(evaluation);
            }
        }
        return stages.conclude(evaluation, code == Taker.TAKEN ? Taker.FITS : code);
    }

    /** All answers are made. */
    void end() {
        reservations.trim();
        usage.trim();
    }
}
