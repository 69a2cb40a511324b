/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import com.google.protobuf.MessageLite;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusException;
import io.tollgate.core.DecideMode;
import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decisionlog.Face;
import io.tollgate.server.metrics.ShedCause;
import io.tollgate.v1.BatchMode;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideBatchResponse;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.ExplainLevel;
import org.jspecify.annotations.Nullable;

/**
 * Between the wire and the engine: sheds, reads the question, asks the lane's evaluator, counts. Whatever goes wrong,
 * the answer is DENY.
 *
 * <p>Shared by all event loops; its only changing field is {@code draining}, written once by the thread that closes.
 */
final class DecisionEdge {
    private final SidecarConfig.Limits limits;
    private final Denials denials;
    private final FaultLog faults;
    private final BatchEdge together;
    private volatile boolean draining;

    DecisionEdge(final SidecarConfig.Limits limits, final Denials denials, final FaultLog faults) {
        this.limits = limits;
        this.denials = denials;
        this.faults = faults;
        together = new BatchEdge(this, faults);
    }

    /** From now on every question is answered DENY / OVERLOADED. */
    void drain() {
        draining = true;
    }

    /** {@return whether the sidecar leaves} */
    boolean isDraining() {
        return draining;
    }

    /** {@return the answer to one question, on the lane of the calling thread} */
    DecideResponse decide(
            final Lane lane, final Face face, final DecideRequest request, final @Nullable Deadline deadline) {
        return ask(lane, face, request, false, deadline);
    }

    /**
     * {@return the answer to whether what a request would take was given back, on the lane of the calling thread} All of it comes back, or
     * nothing. Sheds, counts and logs as {@link #decide}; the request's mode and explain do not matter.
     */
    DecideResponse refund(
            final Lane lane, final Face face, final DecideRequest request, final @Nullable Deadline deadline) {
        return ask(lane, face, request, true, deadline);
    }

    private DecideResponse ask(
            final Lane lane,
            final Face face,
            final DecideRequest request,
            final boolean refund,
            final @Nullable Deadline deadline) {
        final ShedCause cause = shedCause(lane, deadline);
        if (cause != null) {
            return shed(lane, face, request, cause);
        }
        final long startedNs = lane.counters.isTimed() ? System.nanoTime() : 0;
        final DecideResponse response = evaluate(lane, face, request, refund);
        if (startedNs != 0) {
            lane.counters.took(System.nanoTime() - startedNs);
        }
        return response;
    }

    /** {@return the answers to many questions, all of one snapshot version; of questions that stand together also of one instant} */
    DecideBatchResponse decideBatch(final Lane lane, final DecideBatchRequest batch, final @Nullable Deadline deadline)
            throws StatusException {
        return decideBatch(lane, Face.BATCH, batch, deadline);
    }

    /** The same through another door. */
    DecideBatchResponse decideBatch(
            final Lane lane, final Face face, final DecideBatchRequest batch, final @Nullable Deadline deadline)
            throws StatusException {
        refuseUnserved(batch);
        final ShedCause cause = shedCause(lane, deadline);
        if (cause != null) {
            final DecideBatchResponse.Builder answers = DecideBatchResponse.newBuilder();
            for (int i = 0; i < batch.getRequestsCount(); i++) {
                lane.log.inBatch(batch.getMode(), i, batch.getRequestsCount());
                answers.addResponses(shed(lane, face, batch.getRequests(i), cause));
            }
            lane.log.endBatch();
            return answers.build();
        }
        switch (batch.getMode()) {
            case BATCH_MODE_CUMULATIVE -> {
                return together.decide(lane, face, batch, io.tollgate.core.BatchMode.CUMULATIVE);
            }
            case BATCH_MODE_ATOMIC -> {
                return together.decide(lane, face, batch, io.tollgate.core.BatchMode.ATOMIC);
            }
            default -> {
                return independent(lane, face, batch);
            }
        }
    }

    private DecideBatchResponse independent(final Lane lane, final Face face, final DecideBatchRequest batch) {
        final DecideBatchResponse.Builder answers = DecideBatchResponse.newBuilder();
        try {
            lane.evaluator.begin();
            for (int i = 0; i < batch.getRequestsCount(); i++) {
                lane.log.inBatch(batch.getMode(), i, batch.getRequestsCount());
                answers.addResponses(answer(lane, face, batch.getRequests(i), false));
            }
        } catch (final Throwable fault) {
            faults.note(fault);
            while (answers.getResponsesCount() < batch.getRequestsCount()) {
                lane.log.inBatch(batch.getMode(), answers.getResponsesCount(), batch.getRequestsCount());
                answers.addResponses(internal(lane, face, batch.getRequests(answers.getResponsesCount())));
            }
        } finally {
            lane.log.endBatch();
            end(lane);
        }
        return answers.build();
    }

    private void refuseUnserved(final DecideBatchRequest batch) throws StatusException {
        if (batch.getMode() == BatchMode.UNRECOGNIZED) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("DecideBatch: mode " + batch.getModeValue()
                            + " is not known here; known are BATCH_MODE_INDEPENDENT, BATCH_MODE_CUMULATIVE and"
                            + " BATCH_MODE_ATOMIC")
                    .asException();
        }
        if (batch.getRequestsCount() > limits.maxBatchSize()) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("DecideBatch: " + batch.getRequestsCount() + " requests, the limit is "
                            + limits.maxBatchSize() + " (limits.max_batch_size); send several batches")
                    .asException();
        }
    }

    Denials denials() {
        return denials;
    }

    @Nullable
    ShedCause shedCause(final Lane lane, final @Nullable Deadline deadline) {
        if (draining) {
            return ShedCause.DRAINING;
        }
        if (lane.lag.isOverloaded()) {
            return ShedCause.LAG;
        }
        return deadline != null && deadline.isExpired() ? ShedCause.DEADLINE : null;
    }

    private DecideResponse evaluate(
            final Lane lane, final Face face, final DecideRequest request, final boolean refund) {
        try {
            lane.evaluator.begin();
            return answer(lane, face, request, refund);
        } catch (final Throwable fault) {
            faults.note(fault);
            return internal(lane, face, request);
        } finally {
            end(lane);
        }
    }

    private DecideResponse answer(final Lane lane, final Face face, final DecideRequest request, final boolean refund) {
        final DecideResponse.Builder response = DecideResponse.newBuilder();
        lane.reader.read(request, lane.request);
        if (lane.checkOnly) {
            lane.request.mode(DecideMode.CHECK);
        }
        final boolean explain = request.getExplain() == ExplainLevel.EXPLAIN_LEVEL_FULL && limits.allowExplain();
        final String decisionId = lane.ids.next(lane.request);
        beforeAnswer(lane, request, 1);
        if (refund && !lane.checkOnly) {
            lane.evaluator.refund(lane.request, response);
        } else {
            lane.evaluator.answer(lane.request, explain, response);
        }
        response.setCorrelationId(request.getCorrelationId()).setDecisionId(decisionId);
        final DecideResponse answer = response.build();
        count(lane, answer.getOutcomeValue(), answer.getReasonValue());
        log(lane, face, request, answer);
        return answer;
    }

    /** Tells the evaluator what the decision log needs, and whether it has room for so many entries. */
    static void beforeAnswer(final Lane lane, final MessageLite questions, final int count) {
        lane.evaluator.logging(lane.log.isActive(), lane.log.canAudit(questions, count));
    }

    /** What stands behind an answer that is logged. */
    private enum Behind {
        /** The evaluator's answer. */
        ANSWER,
        /** The evaluator failed, perhaps after it had taken something. */
        FAILURE,
        /** The evaluator was not asked. */
        NOTHING
    }

    /** Logs what the evaluator answered, if it is wanted. Throws nothing: what was decided stays as it is. */
    static void log(final Lane lane, final Face face, final MessageLite question, final DecideResponse answer) {
        log(lane, face, question, answer, Behind.ANSWER);
    }

    /** Logs an answer in place of one that failed. */
    static void logFailure(final Lane lane, final Face face, final MessageLite question, final DecideResponse answer) {
        log(lane, face, question, answer, Behind.FAILURE);
    }

    private static void log(
            final Lane lane,
            final Face face,
            final MessageLite question,
            final DecideResponse answer,
            final Behind behind) {
        if (!lane.log.isActive()) {
            return;
        }
        try {
            final boolean audited = behind != Behind.NOTHING && lane.evaluator.audited();
            if (lane.log.wants(answer, audited)) {
                lane.log.log(
                        face, question, answer, audited, behind == Behind.ANSWER ? lane.evaluator.readings() : null);
            }
        } catch (final Throwable fault) {
            lane.log.lose();
        }
    }

    static void count(final Lane lane, final int outcomeCode, final int reasonCode) {
        final Outcome outcome = Outcome.ofCode(outcomeCode);
        final Reason reason = Reason.ofCode(reasonCode);
        if (outcome == null || reason == null) {
            throw new IllegalStateException("an answer without outcome or reason: " + outcomeCode + ", " + reasonCode);
        }
        lane.counters.decided(outcome, reason);
    }

    /** {@return a refusal that was made before anything could be asked, with its ids, counted as a decision} */
    DecideResponse refused(final Lane lane, final Face face, final DecideResponse refusal) {
        count(lane, refusal.getOutcomeValue(), refusal.getReasonValue());
        final DecideResponse answer =
                refusal.toBuilder().setDecisionId(lane.ids.next()).build();
        log(lane, face, DecideRequest.getDefaultInstance(), answer, Behind.NOTHING);
        return answer;
    }

    private DecideResponse shed(final Lane lane, final Face face, final DecideRequest request, final ShedCause cause) {
        lane.counters.shed(cause);
        lane.counters.decided(Outcome.DENY, Reason.OVERLOADED);
        final DecideResponse answer = denials.overloaded(cause, request.getCorrelationId(), lane.ids.next());
        lane.log.logShed(face, request, answer);
        return answer;
    }

    /** {@return what is told in place of an answer whose usage could not be made durable} */
    DecideResponse notDurable(final DecideResponse answer) {
        return notDurable(Face.DECIDE, answer);
    }

    /** {@return the same through another door} */
    DecideResponse notDurable(final Face face, final DecideResponse answer) {
        if (answer.getOutcome() == io.tollgate.v1.Outcome.OUTCOME_DENY) {
            return answer;
        }
        final DecideResponse told = denials.notDurable(answer.getCorrelationId(), answer.getDecisionId());
        // a second entry of the same decision: what was logged of it is not what the caller got
        log(Lane.current(), face, DecideRequest.getDefaultInstance(), told, Behind.NOTHING);
        return told;
    }

    /** {@return the same of many} */
    DecideBatchResponse notDurable(final DecideBatchResponse answers) {
        final DecideBatchResponse.Builder told = DecideBatchResponse.newBuilder();
        answers.getResponsesList().forEach(answer -> told.addResponses(notDurable(Face.BATCH, answer)));
        return told.build();
    }

    DecideResponse internal(final Lane lane, final Face face, final DecideRequest request) {
        lane.counters.decided(Outcome.DENY, Reason.INTERNAL);
        final DecideResponse answer = denials.internal(request.getCorrelationId(), lane.ids.next());
        logFailure(lane, face, request, answer);
        return answer;
    }

    void end(final Lane lane) {
        try {
            lane.gate.owe(lane.evaluator.takeOwed());
            lane.evaluator.end();
        } catch (final Throwable fault) {
            faults.note(fault);
        }
    }
}
