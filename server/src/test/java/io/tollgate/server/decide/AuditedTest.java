/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.server.decisionlog.TestLog;
import io.tollgate.server.support.TestSnapshots;
import io.tollgate.v1.BatchMode;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.ReservationOutcome;
import io.tollgate.v1.SettleRequest;
import io.tollgate.v1.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operations that the registry marks as audited, over real gRPC and the real engine. llm/model/erase is one, invoke is not. */
@SuppressWarnings("NullAway.Init") // open comes first in every test
class AuditedTest {
    @TempDir
    Path directory;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private TestSnapshots snapshots;
    private TestLog log;
    private DecisionServiceGrpc.DecisionServiceBlockingStub stub;

    private void open(final String audited) throws IOException {
        log = add(new TestLog(directory, c -> c.set("decision_log.audited", audited)
                .set("decision_log.allow_percent", "0")
                .set("limits.max_request_bytes", "4096")
                .set("decision_log.buffer_bytes", "131072")));
        snapshots = add(new TestSnapshots(directory, 1));
        snapshots.activate(1);
        final EdgeHarness edge =
                add(new EdgeHarness(() -> new EngineEvaluator(snapshots.engine.newWorker(), "edge-1"), log.lanes()));
        stub = edge.stub();
    }

    private <T extends AutoCloseable> T add(final T one) {
        opened.add(0, one);
        return one;
    }

    @AfterEach
    void close() throws Exception {
        for (final AutoCloseable one : opened) {
            one.close();
        }
    }

    private static DecideRequest.Builder question(final String action, final DecideMode mode) {
        final DecideRequest.Builder request = EdgeHarness.question("ann").setMode(mode);
        request.getTargetBuilder().setAction(action);
        request.addUsageBuilder().setAmount(1).setUnit("token");
        return request;
    }

    private DecideResponse ask(final String action, final DecideMode mode) {
        return stub.decide(question(action, mode).build());
    }

    private static void assertUnavailable(final DecideResponse answer) {
        assertEquals(Outcome.OUTCOME_DENY, answer.getOutcome());
        assertEquals(Reason.REASON_AUDIT_UNAVAILABLE, answer.getReason(), answer.toString());
        assertEquals(ReasonClass.REASON_CLASS_SYSTEM, answer.getReasonClass());
        assertTrue(answer.getMessage().contains("audit log"), answer.getMessage());
    }

    @Test
    void shouldLogEveryOutcomeOfAnAuditedOperationAndNoPlainAllowAtZeroPercent() throws IOException {
        open("off");
        ask("invoke", DecideMode.DECIDE_MODE_CONSUME);
        ask("erase", DecideMode.DECIDE_MODE_CHECK);
        ask("erase", DecideMode.DECIDE_MODE_CONSUME);
        ask("erase", DecideMode.DECIDE_MODE_RESERVE);
        log.turn();
        final List<DecisionLogEntry> entries = log.entries();
        assertEquals(3, entries.size());
        for (final DecisionLogEntry entry : entries) {
            assertTrue(entry.getAudited());
            assertEquals("erase", entry.getRequest().getTarget().getAction());
            assertEquals(Outcome.OUTCOME_ALLOW, entry.getResponse().getOutcome());
        }
    }

    @Test
    void shouldDenyAuditedOperationsAndTakeNothingWhileTheLogCannotBeWritten() throws IOException {
        open("required");
        final long before =
                ask("erase", DecideMode.DECIDE_MODE_CONSUME).getBindingCeiling().getRemaining();
        log.turn();
        log.breakDisk();

        assertUnavailable(ask("erase", DecideMode.DECIDE_MODE_CONSUME));
        assertUnavailable(ask("erase", DecideMode.DECIDE_MODE_RESERVE));
        assertUnavailable(ask("erase", DecideMode.DECIDE_MODE_CHECK));
        assertUnavailable(stub.decide(question("erase", DecideMode.DECIDE_MODE_CONSUME)
                .setIdempotencyKey("once")
                .build()));
        final DecideResponse plain = ask("invoke", DecideMode.DECIDE_MODE_CONSUME);
        assertEquals(Outcome.OUTCOME_ALLOW, plain.getOutcome(), "who is not audited goes on");
        assertEquals(before - 1, plain.getBindingCeiling().getRemaining(), "nothing was taken by the others");

        log.mendDisk();
        log.turn();
        ask("nothing", DecideMode.DECIDE_MODE_CHECK); // a deny to try the disk with
        log.turn();
        final DecideResponse again = stub.decide(question("erase", DecideMode.DECIDE_MODE_CONSUME)
                .setIdempotencyKey("once")
                .build());
        assertEquals(Outcome.OUTCOME_ALLOW, again.getOutcome(), "the key was not used up: " + again);
        assertEquals(before - 2, again.getBindingCeiling().getRemaining());
    }

    @Test
    void shouldGoOnWhereItIsNotRequired() throws IOException {
        open("off");
        log.breakDisk();
        assertEquals(
                Outcome.OUTCOME_ALLOW,
                ask("erase", DecideMode.DECIDE_MODE_CONSUME).getOutcome());
        log.turn();
        assertTrue(log.facts().dropped() > 0);
    }

    @Test
    void shouldDenyBatchesThatHoldAnAuditedOperation() throws IOException {
        open("required");
        log.breakDisk();
        final List<DecideResponse> atomic = stub.decideBatch(DecideBatchRequest.newBuilder()
                        .setMode(BatchMode.BATCH_MODE_ATOMIC)
                        .addRequests(question("invoke", DecideMode.DECIDE_MODE_CONSUME))
                        .addRequests(question("erase", DecideMode.DECIDE_MODE_CONSUME))
                        .build())
                .getResponsesList();
        assertEquals(Reason.REASON_BATCH_DENIED, atomic.get(0).getReason());
        assertUnavailable(atomic.get(1));
        final List<DecideResponse> each = stub.decideBatch(DecideBatchRequest.newBuilder()
                        .addRequests(question("invoke", DecideMode.DECIDE_MODE_CONSUME))
                        .addRequests(question("erase", DecideMode.DECIDE_MODE_CONSUME))
                        .build())
                .getResponsesList();
        assertEquals(Outcome.OUTCOME_ALLOW, each.get(0).getOutcome());
        assertUnavailable(each.get(1));
    }

    @Test
    void shouldDenyToExtendAndStillSettle() throws IOException {
        open("required");
        final String id =
                ask("erase", DecideMode.DECIDE_MODE_RESERVE).getReservation().getId();
        log.turn();
        log.breakDisk();
        final ExtendRequest extend = ExtendRequest.newBuilder()
                .setReservationId(id)
                .addUsage(Usage.newBuilder().setAmount(5).setUnit("token"))
                .build();
        assertUnavailable(stub.extend(extend).getDecision());
        assertEquals(
                ReservationOutcome.RESERVATION_OUTCOME_SETTLED,
                stub.settle(SettleRequest.newBuilder()
                                .setReservationId(id)
                                .addActual(Usage.newBuilder().setAmount(1).setUnit("token"))
                                .build())
                        .getOutcome(),
                "what was allowed can be concluded");
    }

    @Test
    void shouldLoseNoneThatItAllowedWhenTheBufferIsFull() throws IOException {
        open("required");
        int allowed = 0;
        int refused = 0;
        // nobody empties the buffer meanwhile
        for (int i = 0; i < 500; i++) {
            // unknown actions fill what is not kept for audited operations
            ask("nothing", DecideMode.DECIDE_MODE_CHECK);
            final DecideResponse answer = ask("erase", DecideMode.DECIDE_MODE_CONSUME);
            if (answer.getOutcome() == Outcome.OUTCOME_ALLOW) {
                allowed++;
            } else {
                assertUnavailable(answer);
                refused++;
            }
        }
        assertTrue(allowed > 20 && refused > 20, allowed + " allowed, " + refused + " refused");
        log.turn();
        final List<DecisionLogEntry> entries = log.entries();
        assertEquals(
                allowed,
                entries.stream()
                        .filter(entry ->
                                entry.getAudited() && entry.getResponse().getOutcome() == Outcome.OUTCOME_ALLOW)
                        .count());
        assertEquals(1_000, entries.size() + log.facts().dropped());
        assertEquals(
                Outcome.OUTCOME_ALLOW,
                ask("erase", DecideMode.DECIDE_MODE_CONSUME).getOutcome());
    }
}
