/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.grpc.stub.StreamObserver;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decisionlog.Face;
import io.tollgate.server.decisionlog.LaneLog;
import io.tollgate.server.decisionlog.TestLog;
import io.tollgate.v1.BatchMode;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every door leads to the log; and what is not logged costs nothing. */
class LoggedFacesTest {
    /** Ids grow by a digit now and then, and arrays by 8 bytes at once. */
    private static final long ID_DIGIT_BYTES = 8;

    @TempDir
    Path folder;

    @Test
    void shouldLogWhatComesThroughEveryDoor() throws Exception {
        final FakeEvaluator evaluator = new FakeEvaluator();
        try (TestLog log = new TestLog(folder, c -> c);
                EdgeHarness edge = new EdgeHarness(() -> evaluator, log.lanes())) {
            final var stub = edge.stub();
            final DecideResponse unary = stub.decide(EdgeHarness.question("u").build());
            stub.decideBatch(DecideBatchRequest.newBuilder()
                    .addRequests(EdgeHarness.question("b0"))
                    .addRequests(EdgeHarness.question("b1"))
                    .build());
            stub.decideBatch(DecideBatchRequest.newBuilder()
                    .setMode(BatchMode.BATCH_MODE_CUMULATIVE)
                    .addRequests(EdgeHarness.question("c0"))
                    .build());
            stream(edge, EdgeHarness.question("s").build());
            stub.extend(ExtendRequest.newBuilder().setReservationId("r").build());
            evaluator.before = request -> {
                throw new IllegalStateException("for the test");
            };
            stub.decide(EdgeHarness.question("fails").build());
            edge.listeners.drainEdge();
            stub.decide(EdgeHarness.question("shed").build());
            log.turn();

            final List<DecisionLogEntry> entries = log.entries();
            assertEquals(
                    List.of("decide", "batch", "batch", "batch", "stream", "extend", "decide", "decide"),
                    entries.stream().map(DecisionLogEntry::getFace).toList());
            assertEquals(unary, entries.get(0).getResponse());
            assertEquals(EdgeHarness.question("u").build(), entries.get(0).getRequest());
            assertEquals(BatchMode.BATCH_MODE_INDEPENDENT, entries.get(2).getBatchMode());
            assertEquals(1, entries.get(2).getBatchIndex());
            assertEquals(2, entries.get(2).getBatchSize());
            assertEquals(BatchMode.BATCH_MODE_CUMULATIVE, entries.get(3).getBatchMode());
            assertEquals(0, entries.get(4).getBatchSize());
            assertEquals(Reason.REASON_INTERNAL, entries.get(6).getResponse().getReason());
            assertEquals(Reason.REASON_OVERLOADED, entries.get(7).getResponse().getReason());
            assertEquals("shed", entries.get(7).getRequest().getActor().getId());
        }
    }

    private static void stream(final EdgeHarness edge, final DecideRequest request) throws InterruptedException {
        final CountDownLatch done = new CountDownLatch(1);
        final StreamObserver<DecideRequest> questions = DecisionServiceGrpc.newStub(edge.tcp())
                .decideStream(new StreamObserver<>() {
                    @Override
                    public void onNext(final DecideResponse answer) {
                        // one is enough
                    }

                    @Override
                    public void onError(final Throwable cause) {
                        done.countDown();
                    }

                    @Override
                    public void onCompleted() {
                        done.countDown();
                    }
                });
        questions.onNext(request);
        questions.onCompleted();
        assertTrue(done.await(20, TimeUnit.SECONDS));
    }

    @Test
    void shouldAllocateNoMoreForAnAllowThatIsNotLogged() {
        final long without = bytesPerDecision(LaneLog.none(), null);
        try (TestLog log = new TestLog(folder, c -> c.set("decision_log.allow_percent", "0"))) {
            final LaneLog lane = log.lanes().get();
            assertTrue(lane.isActive());
            final long with = bytesPerDecision(lane, log);
            assertTrue(Math.abs(with - without) <= ID_DIGIT_BYTES, with + " bytes with a log, " + without + " without");
            assertEquals(0, log.facts().sequence());
        }
    }

    /** The least of several rounds: what is always allocated. */
    private static long bytesPerDecision(final LaneLog log, final @Nullable TestLog owner) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long thread = Thread.currentThread().getId();
        final SidecarConfig config = SidecarConfig.builder().build();
        final DecisionEdge edge = new DecisionEdge(
                config.limits(),
                new Denials("edge-1", 0),
                new FaultLog(System.getLogger("test.faults"), System::nanoTime));
        final Evaluator allowing = new Allowing();
        final Lane lane = new Lane(allowing, new DecisionIds("boot", 0), new LoopLag(Long.MAX_VALUE), log, false);
        final DecideRequest request = EdgeHarness.question("u").build();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 30; round++) {
            final long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 1_000; i++) {
                assertNotNull(edge.decide(lane, Face.DECIDE, request, null));
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
            if (owner != null) {
                owner.turn();
            }
        }
        return least / 1_000;
    }

    /** Allocates the same every time. */
    private static final class Allowing implements Evaluator {
        @Override
        public void begin() {
            // nothing to pin
        }

        @Override
        public void answer(
                final io.tollgate.core.request.DecisionRequest request,
                final boolean explain,
                final DecideResponse.Builder response) {
            response.setOutcome(Outcome.OUTCOME_ALLOW).setReason(Reason.REASON_OK);
        }

        @Override
        public void extend(
                final long high,
                final long low,
                final io.tollgate.core.request.DecisionRequest request,
                final DecideResponse.Builder response) {
            answer(request, false, response);
        }

        @Override
        public BatchEvaluator batch() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void settle(
                final long high,
                final long low,
                final io.tollgate.core.request.DecisionRequest actual,
                final io.tollgate.core.reservation.EndResult result) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void release(final long high, final long low, final io.tollgate.core.reservation.EndResult result) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void end() {
            // nothing was pinned
        }
    }
}
