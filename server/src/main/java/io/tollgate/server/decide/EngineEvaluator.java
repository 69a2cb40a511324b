/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.BatchMode;
import io.tollgate.core.engine.Decision;
import io.tollgate.core.engine.DecisionWorker;
import io.tollgate.core.engine.Readings;
import io.tollgate.core.explain.Explanation;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.core.world.World;
import io.tollgate.server.dryrun.RequestRing;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionReadings;
import org.jspecify.annotations.Nullable;

/** The engine behind a lane. Belongs to one thread at a time. */
public final class EngineEvaluator implements Evaluator {
    private final DecisionWorker worker;
    private final AnswerWriter answers;
    private final Decision decision = new Decision();
    private final Explanation explanation = new Explanation();
    private final Batch batch = new Batch();
    private final Readings readings = new Readings();
    private final KeyHolder holder = new KeyHolder();
    /** Of an Extend the request as the reservation filled it in; null = another answer, or none. */
    private @Nullable DecisionRequest extended;

    /** Of the last requests; null = nobody wants them. */
    private RequestRing.@Nullable Keeper keeper;

    private boolean inBatch;
    private boolean answered;

    /** Questions that stand together. */
    private final class Batch implements BatchEvaluator {
        @Override
        public void begin(final BatchMode mode) {
            worker.batch().begin(mode);
        }

        @Override
        public void add(final DecisionRequest request) {
            worker.batch().add(request);
        }

        @Override
        public void commit() {
            worker.batch().commit();
        }

        @Override
        public void answer(final DecisionRequest request, final DecideResponse.Builder response) {
            begun(true, null);
            keep(request);
            worker.batch().answer(request, decision);
            answers.write(request, decision, response);
            answered = true;
        }

        @Override
        public void end() {
            worker.batch().end();
        }
    }

    /**
     * Joins a worker and a sidecar's name.
     *
     * @param worker    nobody else's
     * @param sidecarId for the evidence
     */
    public EngineEvaluator(final DecisionWorker worker, final String sidecarId) {
        this.worker = worker;
        answers = new AnswerWriter(sidecarId);
    }

    /** Keeps what is asked for the dry run; null = does not. */
    public EngineEvaluator keeping(final RequestRing.@Nullable Keeper value) {
        keeper = value;
        return this;
    }

    private void keep(final DecisionRequest request) {
        if (keeper != null) {
            keeper.keep(request);
        }
    }

    @Override
    public void begin() {
        worker.begin();
    }

    /**
     * Explaining takes nothing, so the explanation is made first and the decision after it, of the same snapshot: the
     * answer is the decision's; the explanation shows the counters as they were just before.
     */
    @Override
    public void answer(final DecisionRequest request, final boolean explain, final DecideResponse.Builder response) {
        if (explain) {
            worker.explain(request, decision, explanation);
            response.setExplanation(ExplanationWriter.of(explanation));
            explanation.reset();
        }
        begun(false, null);
        keep(request);
        worker.decide(request, decision);
        write(request, response);
        answered = true;
    }

    /** What fails on the way leaves no readings of another answer behind. */
    private void begun(final boolean together, final @Nullable DecisionRequest extending) {
        answered = false;
        holder.forget();
        inBatch = together;
        extended = extending;
    }

    /** The first answer to the same idempotency key comes back as it was; a new one is kept for the next time. */
    private void write(final DecisionRequest request, final DecideResponse.Builder response) {
        holder.read(request, decision);
        if (decision.isRepeated() && worker.firstAnswerLength() > 0) {
            FirstAnswer.read(worker, response);
            return;
        }
        answers.write(request, decision, response);
        if (worker.wantsAnswer()) {
            FirstAnswer.keep(worker, response);
        }
    }

    @Override
    public BatchEvaluator batch() {
        return batch;
    }

    @Override
    public void extend(
            final long high, final long low, final DecisionRequest request, final DecideResponse.Builder response) {
        begun(false, request);
        worker.extend(high, low, request, decision);
        write(request, response);
        answered = true;
    }

    /** Nothing that the dry run could ask again. */
    @Override
    public void refund(final DecisionRequest request, final DecideResponse.Builder response) {
        begun(false, null);
        worker.refund(request, decision);
        answers.write(request, decision, response);
        answered = true;
    }

    @Override
    public void settle(final long high, final long low, final DecisionRequest actual, final EndResult result) {
        worker.settle(high, low, actual, result);
    }

    @Override
    public void expectEnd(final long high, final long low, final boolean awaited) {
        worker.expectEnd(high, low, awaited);
    }

    @Override
    public void release(final long high, final long low, final EndResult result) {
        worker.release(high, low, result);
    }

    @Override
    public void logging(final boolean readings, final boolean auditable) {
        worker.auditable(auditable);
    }

    @Override
    public DecideRequest asFound(final DecideRequest question) {
        return holder.in(question);
    }

    @Override
    public boolean audited() {
        final World world = decision.world();
        final int operation = decision.operationId();
        return world != null
                && operation != Decision.NONE
                && world.registry().operation(operation).audited();
    }

    @Override
    public @Nullable DecisionReadings readings() {
        if (!answered) {
            return null;
        }
        if (inBatch) {
            worker.batch().readings(decision, readings);
        } else {
            worker.readings(decision, readings);
        }
        final DecisionReadings.Builder message = ReadingsMessage.of(readings);
        if (extended != null && readings.extending()) {
            message.setExtended(RequestWriter.of(extended));
        }
        return message.build();
    }

    /** Answers what was answered before, by what was read then; within begin and end. Takes nothing. */
    public void replay(final DecisionRequest request, final Readings by, final DecideResponse.Builder response) {
        worker.replay(request, decision, by);
        answers.write(request, decision, response);
    }

    /** Explains {@link #replay}. */
    public void explainReplay(final DecisionRequest request, final Readings by, final DecideResponse.Builder response) {
        worker.explainReplay(request, decision, explanation, by);
        response.setExplanation(ExplanationWriter.of(explanation));
        explanation.reset();
    }

    /** Answers as CHECK with an explanation, both of one evaluation; within begin and end. */
    public void explain(final DecisionRequest request, final DecideResponse.Builder response) {
        worker.explain(request, decision, explanation);
        answers.write(request, decision, response);
        response.setExplanation(ExplanationWriter.of(explanation));
        explanation.reset();
    }

    @Override
    public long takeOwed() {
        return worker.takeOwed();
    }

    @Override
    public void end() {
        worker.end();
    }
}
