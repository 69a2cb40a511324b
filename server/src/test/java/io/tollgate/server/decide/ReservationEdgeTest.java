/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tollgate.core.reservation.EndOutcome;
import io.tollgate.server.support.TestSnapshots;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReleaseRequest;
import io.tollgate.v1.ReservationOutcome;
import io.tollgate.v1.SettleRequest;
import io.tollgate.v1.SettleResponse;
import io.tollgate.v1.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reserve, extend, settle and release over real gRPC, against the real engine. */
class ReservationEdgeTest {
    @TempDir
    Path directory;

    private TestSnapshots snapshots;
    private EdgeHarness edge;
    private DecisionServiceGrpc.DecisionServiceBlockingStub stub;

    @BeforeEach
    void open() throws IOException {
        snapshots = new TestSnapshots(directory, 1);
        snapshots.activate(1);
        edge = new EdgeHarness(builder -> builder, () -> new EngineEvaluator(snapshots.engine.newWorker(), "edge-1"));
        stub = edge.stub();
    }

    @AfterEach
    void close() {
        edge.close();
        snapshots.close();
    }

    @Test
    void shouldReserveExtendAndSettle() {
        final DecideResponse reserved = reserve(100);
        assertEquals(Outcome.OUTCOME_ALLOW, reserved.getOutcome(), reserved.toString());
        assertEquals(
                snapshots.clock.wallMs() + 60_000, reserved.getReservation().getExpiresAtMs());
        final String id = reserved.getReservation().getId();
        final DecideResponse extended = stub.extend(ExtendRequest.newBuilder()
                        .setReservationId(id)
                        .addUsage(tokens(50))
                        .setTtlMs(90_000)
                        .build())
                .getDecision();
        assertEquals(Outcome.OUTCOME_ALLOW, extended.getOutcome(), extended.toString());
        assertEquals(id, extended.getReservation().getId());
        assertEquals(
                snapshots.clock.wallMs() + 90_000, extended.getReservation().getExpiresAtMs());
        assertFalse(extended.getDecisionId().isEmpty());

        final SettleResponse settled = settle(id, tokens(120));
        assertEquals(ReservationOutcome.RESERVATION_OUTCOME_SETTLED, settled.getOutcome());
        assertEquals("Settled.", settled.getMessage());
        assertEquals(880, reserve(1).getBindingCeiling().getRemaining() + 1);
        assertEquals(
                ReservationOutcome.RESERVATION_OUTCOME_SETTLED,
                release(id),
                "another call on an ended one answers the outcome it has");
        assertEquals(2, counted(EndOutcome.SETTLED));
    }

    @Test
    void shouldSayOverrunReleasedAndUnknown() {
        final String over = reserve(100).getReservation().getId();
        assertEquals(
                ReservationOutcome.RESERVATION_OUTCOME_OVERRUN,
                settle(over, tokens(101)).getOutcome());
        final String released = reserve(100).getReservation().getId();
        assertEquals(ReservationOutcome.RESERVATION_OUTCOME_RELEASED, release(released));
        for (final String id : List.of("", "x", "0".repeat(32), released.substring(1) + "0", "Ä".repeat(32))) {
            assertEquals(
                    ReservationOutcome.RESERVATION_OUTCOME_UNKNOWN,
                    settle(id, tokens(1)).getOutcome());
            assertEquals(ReservationOutcome.RESERVATION_OUTCOME_UNKNOWN, release(id));
        }
        assertEquals(10, counted(EndOutcome.UNKNOWN));
    }

    @Test
    void shouldRefuseAUnitThatTheOperationDoesNotAcceptAndChangeNothing() {
        final String id = reserve(100).getReservation().getId();
        final StatusRuntimeException refused = assertThrows(
                StatusRuntimeException.class,
                () -> settle(
                        id,
                        Usage.newBuilder().setAmount(1).setUnit("gpu_second").build()));
        assertEquals(Status.Code.INVALID_ARGUMENT, refused.getStatus().getCode());
        assertTrue(String.valueOf(refused.getStatus().getDescription()).contains("'gpu_second'"), refused.toString());
        final StatusRuntimeException negative =
                assertThrows(StatusRuntimeException.class, () -> settle(id, tokens(-1)));
        assertEquals(Status.Code.INVALID_ARGUMENT, negative.getStatus().getCode());
        assertEquals(
                ReservationOutcome.RESERVATION_OUTCOME_SETTLED,
                settle(id, tokens(0)).getOutcome());
    }

    @Test
    void shouldDenyToExtendWhatHasEnded() {
        final String id = reserve(100).getReservation().getId();
        release(id);
        final DecideResponse extended = stub.extend(ExtendRequest.newBuilder()
                        .setReservationId(id)
                        .addUsage(tokens(50))
                        .build())
                .getDecision();
        assertEquals(Outcome.OUTCOME_DENY, extended.getOutcome());
        assertEquals(Reason.REASON_INVALID_REQUEST, extended.getReason());
        assertTrue(extended.getMessage().contains("not open"), extended.getMessage());
    }

    @Test
    void shouldSettleWhileDraining() {
        final String id = reserve(100).getReservation().getId();
        edge.listeners.drainEdge();
        assertEquals(Reason.REASON_OVERLOADED, reserve(1).getReason());
        assertEquals(
                ReservationOutcome.RESERVATION_OUTCOME_SETTLED,
                settle(id, tokens(3)).getOutcome());
    }

    @Test
    void shouldGiveTheFirstAnswerAgainAndChargeOnce() {
        final DecideRequest question = EdgeHarness.question("ann")
                .setMode(DecideMode.DECIDE_MODE_RESERVE)
                .setIdempotencyKey("k-1")
                .addUsage(tokens(100))
                .build();
        final DecideResponse first = stub.decide(question);
        final DecideResponse again =
                stub.decide(question.toBuilder().setCorrelationId("c-2").build());
        assertEquals(Outcome.OUTCOME_ALLOW, first.getOutcome(), first.toString());
        assertEquals("c-2", again.getCorrelationId());
        assertFalse(again.getDecisionId().equals(first.getDecisionId()));
        assertEquals(
                first,
                again.toBuilder()
                        .setCorrelationId(first.getCorrelationId())
                        .setDecisionId(first.getDecisionId())
                        .build());
        final DecideResponse other =
                stub.decide(question.toBuilder().setUsage(0, tokens(101)).build());
        assertEquals(Reason.REASON_IDEMPOTENCY_MISMATCH, other.getReason());
        assertEquals(899, reserve(1).getBindingCeiling().getRemaining(), "100 and 1 were charged");
    }

    private DecideResponse reserve(final long tokens) {
        final DecideRequest.Builder request = EdgeHarness.question("ann")
                .setMode(DecideMode.DECIDE_MODE_RESERVE)
                .addUsage(tokens(tokens));
        return stub.decide(request.build());
    }

    private SettleResponse settle(final String id, final Usage usage) {
        return stub.settle(
                SettleRequest.newBuilder().setReservationId(id).addActual(usage).build());
    }

    private ReservationOutcome release(final String id) {
        return stub.release(ReleaseRequest.newBuilder().setReservationId(id).build())
                .getOutcome();
    }

    private static Usage tokens(final long amount) {
        return Usage.newBuilder().setAmount(amount).setUnit("token").build();
    }

    private long counted(final EndOutcome outcome) {
        return edge.listeners.counters().stream()
                .mapToLong(lane -> lane.endedCount(outcome))
                .sum();
    }
}
