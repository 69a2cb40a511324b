/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tollgate.server.metrics.LaneCounters;
import io.tollgate.server.support.LogWatch;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.ReleaseRequest;
import io.tollgate.v1.SettleRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EdgeFailureTest {
    private final LogWatch log = new LogWatch();
    private final EdgeHarness edge = new EdgeHarness();

    @AfterEach
    void close() {
        edge.close();
        log.close();
    }

    @Test
    void shouldDenyWhateverFailsAndLogEachCauseOnce() {
        edge.evaluator.before = request -> {
            throw new IllegalStateException("broken on purpose");
        };
        for (int i = 0; i < 20; i++) {
            assertInternal(edge.stub().decide(EdgeHarness.question("u").build()));
        }
        edge.evaluator.before = request -> {
            throw new StackOverflowError("another cause");
        };
        assertInternal(edge.stub().decide(EdgeHarness.question("u").build()));

        assertEquals(2, log.warnings().size(), log.warnings().toString());
        assertEquals(21, edge.evaluator.ended.get(), "the snapshot is let go after each failure");
        assertEquals(21, decided(io.tollgate.core.Outcome.DENY, io.tollgate.core.Reason.INTERNAL));
    }

    @Test
    void shouldNotTellTheCallerWhatFailed() {
        edge.evaluator.before = request -> {
            throw new IllegalStateException("table at 0x1234 of tenant acme");
        };
        final DecideResponse response =
                edge.stub().decide(EdgeHarness.question("u").build());

        assertFalse(response.toString().contains("0x1234"), response.toString());
        assertEquals("c-1", response.getCorrelationId());
    }

    @Test
    void shouldFailTheCallOfASettleThatFailedInside() {
        edge.evaluator.before = request -> {
            throw new IllegalStateException("table at 0x1234 of tenant acme");
        };
        final var stub = edge.stub();
        assertInternal(() -> stub.settle(SettleRequest.getDefaultInstance()));
        assertInternal(() -> stub.release(ReleaseRequest.getDefaultInstance()));
        assertInternal(stub.extend(ExtendRequest.getDefaultInstance()).getDecision());
    }

    private long decided(final io.tollgate.core.Outcome outcome, final io.tollgate.core.Reason reason) {
        return edge.listeners.counters().stream()
                .mapToLong((LaneCounters lane) -> lane.decided(outcome.ordinal(), reason.ordinal()))
                .sum();
    }

    private static void assertInternal(final DecideResponse response) {
        assertEquals(Outcome.OUTCOME_DENY, response.getOutcome());
        assertEquals(Reason.REASON_INTERNAL, response.getReason());
        assertEquals(ReasonClass.REASON_CLASS_SYSTEM, response.getReasonClass());
    }

    private static void assertInternal(final Runnable call) {
        final Status status =
                assertThrows(StatusRuntimeException.class, call::run).getStatus();
        assertEquals(Status.Code.INTERNAL, status.getCode());
        assertFalse(status.toString().contains("0x1234"), status.toString());
    }
}
