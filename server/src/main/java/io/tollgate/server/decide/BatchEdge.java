/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.BatchMode;
import io.tollgate.core.DecideMode;
import io.tollgate.server.decisionlog.Face;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideBatchResponse;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;

/** Answers questions that stand together (CUMULATIVE, ATOMIC). Shared by all event loops; nothing in it changes. */
final class BatchEdge {
    private final DecisionEdge edge;
    private final FaultLog faults;

    BatchEdge(final DecisionEdge edge, final FaultLog faults) {
        this.edge = edge;
        this.faults = faults;
    }

    /** {@return the answers, all of one snapshot version and one instant} */
    DecideBatchResponse decide(final Lane lane, final Face face, final DecideBatchRequest batch, final BatchMode mode) {
        final DecideBatchResponse.Builder answers = DecideBatchResponse.newBuilder();
        try {
            lane.evaluator.begin();
            final BatchEvaluator together = lane.evaluator.batch();
            try {
                DecisionEdge.beforeAnswer(lane, batch, batch.getRequestsCount());
                judge(lane, batch, together, lane.checkOnly ? BatchMode.CUMULATIVE : mode);
                for (int i = 0; i < batch.getRequestsCount(); i++) {
                    lane.log.inBatch(batch.getMode(), i, batch.getRequestsCount());
                    answers.addResponses(answer(lane, face, batch.getRequests(i), together));
                }
            } finally {
                together.end();
            }
        } catch (final Throwable fault) {
            faults.note(fault);
            while (answers.getResponsesCount() < batch.getRequestsCount()) {
                lane.log.inBatch(batch.getMode(), answers.getResponsesCount(), batch.getRequestsCount());
                answers.addResponses(edge.internal(lane, face, batch.getRequests(answers.getResponsesCount())));
            }
        } finally {
            lane.log.endBatch();
            edge.end(lane);
        }
        return answers.build();
    }

    private static void judge(
            final Lane lane, final DecideBatchRequest batch, final BatchEvaluator together, final BatchMode mode) {
        together.begin(mode);
        for (int i = 0; i < batch.getRequestsCount(); i++) {
            read(lane, batch.getRequests(i));
            together.add(lane.request);
        }
        together.commit();
    }

    private static void read(final Lane lane, final DecideRequest request) {
        lane.reader.read(request, lane.request);
        if (lane.checkOnly) {
            lane.request.mode(DecideMode.CHECK);
        }
    }

    /** Whatever goes wrong with one, the others are answered: what an atomic batch took has to be told. */
    private DecideResponse answer(
            final Lane lane, final Face face, final DecideRequest request, final BatchEvaluator together) {
        final DecideResponse.Builder response = DecideResponse.newBuilder();
        try {
            read(lane, request);
            final String decisionId = lane.ids.next(lane.request);
            together.answer(lane.request, response);
            final DecideResponse answer = response.setCorrelationId(request.getCorrelationId())
                    .setDecisionId(decisionId)
                    .build();
            DecisionEdge.count(lane, answer.getOutcomeValue(), answer.getReasonValue());
            DecisionEdge.log(lane, face, request, answer);
            return answer;
        } catch (final Throwable fault) {
            faults.note(fault);
            return edge.internal(lane, face, request);
        }
    }
}
