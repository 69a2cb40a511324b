/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Deadline;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decisionlog.Face;
import io.tollgate.server.decisionlog.LaneLog;
import io.tollgate.server.metrics.ShedCause;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideBatchResponse;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OverloadTest {
    private static final long MAX_LAG_NS = 50;

    private final FakeEvaluator evaluator = new FakeEvaluator();
    private final LoopLag lag = new LoopLag(MAX_LAG_NS);
    private final Lane lane = new Lane(evaluator, new DecisionIds("boot", 0), lag, LaneLog.none(), false);
    private final DecisionEdge edge = new DecisionEdge(
            SidecarConfig.builder().build().limits(),
            new Denials("edge-1", 250_000_000),
            new FaultLog(System.getLogger("test"), System::nanoTime));

    @Test
    void shouldShedWhenTwoProbesInARowAreLate() throws Exception {
        probe(0, 10 + MAX_LAG_NS + 1);
        assertAllowed(decide(null));
        probe(100, 110 + MAX_LAG_NS + 1);
        assertShed(decide(null), ShedCause.LAG, 1);
        assertEquals(1, evaluator.answered.get(), "what is shed is not evaluated");

        probe(200, 210 + MAX_LAG_NS);
        assertAllowed(decide(null));
    }

    @Test
    void shouldForgiveASinglePause() throws Exception {
        probe(0, 1_000_000);
        probe(1_000_000, 1_000_010);
        probe(1_000_010, 9_000_000);
        assertAllowed(decide(null));
    }

    @Test
    void shouldShedWhenTheDeadlineHasPassed() throws Exception {
        final FakeTicker ticker = new FakeTicker();
        final Deadline deadline = Deadline.after(10, TimeUnit.NANOSECONDS, ticker);
        assertAllowed(decide(deadline));
        ticker.nowNs += 11;
        assertShed(decide(deadline), ShedCause.DEADLINE, 1);
    }

    @Test
    void shouldShedWhileDraining() throws Exception {
        edge.drain();
        assertShed(decide(null), ShedCause.DRAINING, 1);

        final DecideBatchResponse batch = onLane(() -> edge.decideBatch(
                Lane.current(),
                DecideBatchRequest.newBuilder()
                        .addRequests(EdgeHarness.question("a"))
                        .addRequests(EdgeHarness.question("b"))
                        .build(),
                null));

        assertEquals(2, batch.getResponsesCount());
        assertShed(batch.getResponses(1), ShedCause.DRAINING, 3);
        assertEquals(0, evaluator.begun.get());
    }

    @Test
    void shouldProbeItsEventLoops() throws Exception {
        try (EdgeHarness slow = new EdgeHarness(
                builder -> builder.set("shed.max_loop_lag_ms", "1").set("shed.probe_interval_ms", "1"))) {
            slow.evaluator.before = request -> sleep(20);
            final var stub = DecisionServiceGrpc.newFutureStub(slow.tcp());
            while (shedForLag(slow) == 0) {
                final List<Future<DecideResponse>> calls = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    calls.add(stub.decide(EdgeHarness.question("u").build()));
                }
                for (final Future<DecideResponse> call : calls) {
                    call.get(60, TimeUnit.SECONDS);
                }
            }
        }
    }

    private static long shedForLag(final EdgeHarness harness) {
        return harness.listeners.counters().get(0).shedCount(ShedCause.LAG);
    }

    private static void sleep(final long ms) {
        try {
            Thread.sleep(ms);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldRefuseToDecideOutsideOfAnEventLoop() {
        assertFalse(Thread.currentThread() instanceof IoThread);
        org.junit.jupiter.api.Assertions.assertThrows(IllegalStateException.class, Lane::current);
    }

    private void probe(final long scheduledAtNs, final long ranAtNs) {
        lag.scheduled(scheduledAtNs + 10);
        lag.probed(ranAtNs);
    }

    private DecideResponse decide(final @org.jspecify.annotations.Nullable Deadline deadline) throws Exception {
        return onLane(() -> edge.decide(
                Lane.current(), Face.DECIDE, EdgeHarness.question("u").build(), deadline));
    }

    private <T> T onLane(final Callable<T> task) throws Exception {
        final FutureTask<T> future = new FutureTask<>(task);
        final IoThread thread = new IoThread(future, "test-io", lane);
        thread.start();
        return future.get(30, TimeUnit.SECONDS);
    }

    private static void assertAllowed(final DecideResponse response) {
        assertEquals(Outcome.OUTCOME_ALLOW, response.getOutcome(), response.toString());
    }

    private void assertShed(final DecideResponse response, final ShedCause cause, final long count) {
        assertEquals(Outcome.OUTCOME_DENY, response.getOutcome());
        assertEquals(Reason.REASON_OVERLOADED, response.getReason());
        assertEquals(ReasonClass.REASON_CLASS_SYSTEM, response.getReasonClass());
        assertEquals("c-1", response.getCorrelationId());
        assertEquals(250_000_000, response.getRetryAfterNs());
        assertTrue(response.getMessage().contains(cause.sentence()), response.getMessage());
        assertEquals(count, lane.counters.shedCount(cause));
    }

    private static final class FakeTicker extends Deadline.Ticker {
        private long nowNs = 1_000;

        @Override
        public long nanoTime() {
            return nowNs;
        }
    }
}
