/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.server.support.TestSnapshots;
import io.tollgate.v1.Actor;
import io.tollgate.v1.BatchMode;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.ReleaseRequest;
import io.tollgate.v1.ReservationOutcome;
import io.tollgate.v1.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches that stand together over real gRPC, against the real engine: project rag has 1,000 tokens. */
class BatchEdgeTest {
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

    private static DecideRequest.Builder question(final DecideMode mode, final long tokens) {
        return EngineAnswersTest.question(
                        "ann",
                        Usage.newBuilder().setAmount(tokens).setUnit("token").build())
                .setMode(mode);
    }

    private List<DecideResponse> ask(final BatchMode mode, final DecideRequest.Builder... requests) {
        final DecideBatchRequest.Builder batch = DecideBatchRequest.newBuilder().setMode(mode);
        for (final DecideRequest.Builder request : requests) {
            batch.addRequests(request);
        }
        return stub.decideBatch(batch.build()).getResponsesList();
    }

    private static List<Reason> reasons(final List<DecideResponse> answers) {
        return answers.stream().map(DecideResponse::getReason).toList();
    }

    private long remaining() {
        return stub.decide(question(DecideMode.DECIDE_MODE_CHECK, 1).build())
                .getBindingCeiling()
                .getRemaining();
    }

    @Test
    void shouldSayWhetherManyFitTogetherAndTakeNothing() {
        final List<DecideResponse> answers = ask(
                BatchMode.BATCH_MODE_CUMULATIVE,
                question(DecideMode.DECIDE_MODE_CHECK, 600).setCorrelationId("c-0"),
                question(DecideMode.DECIDE_MODE_CONSUME, 600),
                question(DecideMode.DECIDE_MODE_CHECK, 400));

        assertEquals(List.of(Reason.REASON_OK, Reason.REASON_QUOTA_EXHAUSTED, Reason.REASON_OK), reasons(answers));
        assertEquals("c-0", answers.get(0).getCorrelationId());
        assertEquals(600, answers.get(1).getBindingCeiling().getUsed(), "as if the first had been taken");
        assertEquals(1_000, remaining());
    }

    @Test
    void shouldTakeAllOfAnAtomicBatchOrNothing() {
        final List<DecideResponse> denied = ask(
                BatchMode.BATCH_MODE_ATOMIC,
                question(DecideMode.DECIDE_MODE_CONSUME, 600),
                question(DecideMode.DECIDE_MODE_CONSUME, 600));

        assertEquals(List.of(Reason.REASON_BATCH_DENIED, Reason.REASON_QUOTA_EXHAUSTED), reasons(denied));
        assertEquals(Outcome.OUTCOME_DENY, denied.get(0).getOutcome());
        assertEquals(ReasonClass.REASON_CLASS_SYSTEM, denied.get(0).getReasonClass());
        assertEquals(
                "Another request of the atomic batch was denied, so nothing was taken.",
                denied.get(0).getMessage());
        assertFalse(denied.get(0).hasBindingCeiling());
        assertFalse(denied.get(0).getDecisionId().isEmpty());
        assertEquals(1_000, remaining());

        final List<DecideResponse> taken = ask(
                BatchMode.BATCH_MODE_ATOMIC,
                question(DecideMode.DECIDE_MODE_CONSUME, 600),
                question(DecideMode.DECIDE_MODE_RESERVE, 300));
        assertEquals(List.of(Reason.REASON_OK, Reason.REASON_OK), reasons(taken));
        assertEquals(100, remaining());
        final String id = taken.get(1).getReservation().getId();
        assertEquals(
                ReservationOutcome.RESERVATION_OUTCOME_RELEASED,
                stub.release(ReleaseRequest.newBuilder().setReservationId(id).build())
                        .getOutcome());
        assertEquals(400, remaining());
    }

    @Test
    void shouldSayWhatABatchCannotHave() {
        final List<DecideResponse> answers = ask(
                BatchMode.BATCH_MODE_ATOMIC,
                question(DecideMode.DECIDE_MODE_CHECK, 1),
                question(DecideMode.DECIDE_MODE_CONSUME, 1).setIdempotencyKey("k"),
                question(DecideMode.DECIDE_MODE_CONSUME, 1)
                        .setActor(Actor.newBuilder().setType("user").setId("bad\0")),
                question(DecideMode.DECIDE_MODE_CONSUME, 1));

        assertEquals(
                List.of(
                        Reason.REASON_INVALID_REQUEST,
                        Reason.REASON_INVALID_REQUEST,
                        Reason.REASON_INVALID_REQUEST,
                        Reason.REASON_BATCH_DENIED),
                reasons(answers));
        assertEquals(1_000, remaining());
    }

    @Test
    void shouldBeExactBesideSingleCalls() throws Exception {
        final AtomicLong taken = new AtomicLong();
        final AtomicLong wrong = new AtomicLong();
        final CyclicBarrier start = new CyclicBarrier(2);
        final List<Thread> threads = new ArrayList<>();
        threads.add(new Thread(() -> {
            await(start);
            Reason reason = Reason.REASON_OK;
            while (reason == Reason.REASON_OK) {
                final List<DecideResponse> answers = ask(
                        BatchMode.BATCH_MODE_ATOMIC,
                        question(DecideMode.DECIDE_MODE_CONSUME, 2),
                        question(DecideMode.DECIDE_MODE_CONSUME, 3));
                reason = answers.get(1).getReason();
                final boolean both = reasons(answers).equals(List.of(Reason.REASON_OK, Reason.REASON_OK));
                taken.addAndGet(both ? 5 : 0);
                wrong.addAndGet(!both && answers.get(0).getReason() == Reason.REASON_OK ? 1 : 0);
            }
        }));
        threads.add(new Thread(() -> {
            await(start);
            while (stub.decide(question(DecideMode.DECIDE_MODE_CONSUME, 1).build())
                            .getReason()
                    == Reason.REASON_OK) {
                taken.incrementAndGet();
            }
        }));
        threads.forEach(Thread::start);
        for (final Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, wrong.get());
        assertTrue(taken.get() > 0);
        assertEquals(1_000, taken.get());
    }

    private static void await(final CyclicBarrier start) {
        try {
            start.await();
        } catch (final Exception e) {
            throw new AssertionError(e);
        }
    }
}
