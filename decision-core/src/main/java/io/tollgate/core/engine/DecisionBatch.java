/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.BatchMode;
import io.tollgate.core.DecideMode;
import io.tollgate.core.Reason;
import io.tollgate.core.Stage;
import io.tollgate.core.registry.Operation;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Defect;
import io.tollgate.core.request.Field;
import org.jspecify.annotations.Nullable;

/**
 * Decides requests that stand together, within one turn of a {@link DecisionWorker}: of one world, at one instant, over one plan.
 *
 * <pre>
 *   worker.begin()    batch.begin(mode)    batch.add(request)*    batch.commit()    batch.answer(request, decision)*    worker.end()
 * </pre>
 *
 * The requests are given twice, in the same order: nothing of a request is kept in between, but whether it came as far as the plan. In
 * between
 * the whole batch is judged, and taken, in one step.
 *
 * <p>Belongs to the worker's thread. Made once for each worker (some 2 MB); allocates nothing from then on, and throws nothing.
 */
public final class DecisionBatch {
    /**
     * Most requests of a batch; with more, as with more than {@link io.tollgate.core.quota.TakePlan#MAX_CAPACITY} entries, all are
     * denied.
     */
    public static final int MAX_REQUESTS = 1024;

    private final DecisionWorker worker;
    private final Evaluation evaluation;
    private final BatchPlan plan;
    private final Decision scratch = new Decision();
    private final BatchInstant instant;
    /** Whether the request came as far as the plan. */
    private final boolean[] planned = new boolean[MAX_REQUESTS];

    private BatchMode mode = BatchMode.CUMULATIVE;
    private int added;
    private int answered;
    private boolean tooLarge;
    private boolean allTaken;

    DecisionBatch(
            final DecisionWorker worker,
            final Evaluation evaluation,
            final BatchPlan plan,
            final BatchInstant instant) {
        this.worker = worker;
        this.evaluation = evaluation;
        this.plan = plan;
        this.instant = instant;
    }

    /** Starts a batch: reads the clock for all of it. */
    public void begin(final BatchMode batchMode) {
        mode = batchMode;
        added = 0;
        answered = 0;
        tooLarge = false;
        allTaken = false;
        instant.freeze();
        plan.begin(instant.epochNs());
    }

    /** Adds the next request. */
    public void add(final DecisionRequest request) {
        if (added == MAX_REQUESTS || tooLarge || !plan.nextPart()) {
            tooLarge = true;
            return;
        }
        final Operation operation = evaluate(request, scratch);
        planned[added] = operation != null;
        if (operation == null) {
            plan.refuse();
        } else if (evaluation.spends(operation) || evaluation.reserves()) {
            tooLarge = !plan.add(evaluation);
        }
        added++;
    }

    /** Judges all that was added, once; an atomic batch takes all of it if nothing was denied. */
    public void commit() {
        allTaken = !tooLarge && plan.commit(mode == BatchMode.ATOMIC);
    }

    /** Answers the next request: the same that was added, in the same order. */
    public void answer(final DecisionRequest request, final Decision decision) {
        final int part = answered++;
        if (tooLarge || part >= added) {
            worker.prepareAt(request, decision, instant);
            decision.deny(Stage.COMMIT, decision.fault(Fault.BATCH_TOO_LARGE, Reason.OVERLOADED));
            return;
        }
        final Operation operation = evaluate(request, decision);
        if (operation == null) {
            return;
        }
        if (!planned[part]) {
            decision.deny(Stage.COMMIT, decision.fault(Fault.BATCH_CHANGED, Reason.INTERNAL));
            return;
        }
        if (evaluation.spends(operation) || evaluation.reserves()) {
            final Stage stage = plan.conclude(evaluation, part);
            if (stage != Stage.COMMIT) {
                decision.deny(stage, evaluation.planReason(stage));
                return;
            }
            if (evaluation.commitReason != Reason.OK) {
                decision.deny(Stage.COMMIT, evaluation.commitReason);
                return;
            }
        }
        if (mode == BatchMode.ATOMIC && !allTaken) {
            decision.deniedWithBatch();
            return;
        }
        decision.admit();
    }

    /** Fills in what the decision that was answered last rested on. Allocates nothing. */
    public void readings(final Decision decision, final Readings into) {
        worker.readings(decision, into);
        into.batch(mode);
        // also of a request that takes nothing itself: the others decide whether it is denied with the batch
        into.counters().taken(allTaken);
    }

    /** Ends the batch; its decisions are readable until the worker's turn ends, or the next batch begins. */
    public void end() {
        plan.end();
    }

    /** Stages REQUEST to ENTITLEMENT; {@return what is asked for, or null when that is denied}. */
    private @Nullable Operation evaluate(final DecisionRequest request, final Decision decision) {
        worker.prepareAt(request, decision, instant);
        if (request.defect() != Defect.NONE) {
            decision.problem(Problem.FORM, Reason.INVALID_REQUEST);
            decision.deny(Stage.REQUEST, Reason.INVALID_REQUEST);
            return null;
        }
        if (worker.pinned() == null) {
            decision.deny(Stage.FRESHNESS, Reason.SNAPSHOT_MISSING);
            return null;
        }
        final Problem problem = misplaced(request);
        if (problem != Problem.NONE) {
            decision.problem(problem, Reason.INVALID_REQUEST);
            decision.deny(Stage.REQUEST, Reason.INVALID_REQUEST);
            return null;
        }
        return worker.beforePlan();
    }

    /** {@return what such a request may not have in a batch} */
    private Problem misplaced(final DecisionRequest request) {
        if (request.allowPartial()) {
            return Problem.PARTIAL_IN_BATCH;
        }
        if (!request.isAbsent(Field.IDEMPOTENCY_KEY)) {
            return Problem.IDEMPOTENCY_IN_BATCH;
        }
        return mode == BatchMode.ATOMIC && request.mode() == DecideMode.CHECK
                ? Problem.CHECK_IN_ATOMIC_BATCH
                : Problem.NONE;
    }
}
