/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.grpc.Deadline;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decisionlog.Face;
import io.tollgate.server.decisionlog.LaneLog;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Giving back passes the same edge as a decision. */
class RefundEdgeTest {
    private static final DecideRequest QUESTION =
            EdgeHarness.question("u").setCorrelationId("c-1").build();

    private final DecisionEdge edge = new DecisionEdge(
            SidecarConfig.builder().build().limits(),
            new Denials("edge-1", 0),
            new FaultLog(System.getLogger("test.faults"), System::nanoTime));

    private static Lane lane(final Evaluator evaluator, final boolean checkOnly) {
        return new Lane(evaluator, new DecisionIds("boot", 0), new LoopLag(Long.MAX_VALUE), LaneLog.none(), checkOnly);
    }

    private DecideResponse refund(final Lane lane) {
        return edge.refund(lane, Face.DECIDE, QUESTION, null);
    }

    @Test
    void shouldDenyWhereNobodyGivesBack() {
        final DecideResponse answer = refund(lane(new FixedEvaluator(DecideResponse.getDefaultInstance()), false));

        assertEquals(Outcome.OUTCOME_DENY, answer.getOutcome());
        assertEquals(Reason.REASON_INVALID_REQUEST, answer.getReason());
        assertEquals(ReasonClass.REASON_CLASS_REQUEST, answer.getReasonClass());
        assertEquals("This cannot be given back here.", answer.getMessage());
        assertEquals("c-1", answer.getCorrelationId());
        assertFalse(answer.getDecisionId().isEmpty());
    }

    @Test
    void shouldAskForARefundOnceWithinATurn() {
        final Refunding evaluator = new Refunding();
        final DecideResponse answer = refund(lane(evaluator, false));

        assertEquals(Outcome.OUTCOME_ALLOW, answer.getOutcome());
        assertEquals(List.of("begin", "refund", "end"), evaluator.calls);
    }

    @Test
    void shouldGiveNothingBackThroughTheWarmUpsLane() {
        final Refunding evaluator = new Refunding();
        refund(lane(evaluator, true));

        assertEquals(List.of("begin", "answer CHECK", "end"), evaluator.calls);
    }

    @Test
    void shouldShedLikeADecision() {
        final Refunding evaluator = new Refunding();
        final DecideResponse late =
                edge.refund(lane(evaluator, false), Face.DECIDE, QUESTION, Deadline.after(-1, TimeUnit.SECONDS));
        edge.drain();
        final DecideResponse draining = refund(lane(evaluator, false));

        assertEquals(Reason.REASON_OVERLOADED, late.getReason());
        assertEquals(Reason.REASON_OVERLOADED, draining.getReason());
        assertEquals(List.of(), evaluator.calls);
    }

    @Test
    void shouldDenyWhenGivingBackFails() {
        final Refunding evaluator = new Refunding();
        evaluator.failing = true;
        final DecideResponse answer = refund(lane(evaluator, false));

        assertEquals(Reason.REASON_INTERNAL, answer.getReason());
        assertEquals(List.of("begin", "end"), evaluator.calls);
    }

    /** Says yes, and what it was asked. */
    private static final class Refunding implements Evaluator {
        final List<String> calls = new ArrayList<>();
        boolean failing;

        @Override
        public void begin() {
            calls.add("begin");
        }

        @Override
        public void answer(final DecisionRequest request, final boolean explain, final DecideResponse.Builder to) {
            calls.add("answer " + request.mode());
            to.setOutcome(Outcome.OUTCOME_ALLOW).setReason(Reason.REASON_OK);
        }

        @Override
        public void refund(final DecisionRequest request, final DecideResponse.Builder to) {
            if (failing) {
                throw new IllegalStateException("for the test");
            }
            calls.add("refund");
            to.setOutcome(Outcome.OUTCOME_ALLOW).setReason(Reason.REASON_OK);
        }

        @Override
        public void extend(
                final long high, final long low, final DecisionRequest request, final DecideResponse.Builder to) {
            throw new UnsupportedOperationException();
        }

        @Override
        public BatchEvaluator batch() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void settle(final long high, final long low, final DecisionRequest actual, final EndResult result) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void release(final long high, final long low, final EndResult result) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void end() {
            calls.add("end");
        }
    }
}
