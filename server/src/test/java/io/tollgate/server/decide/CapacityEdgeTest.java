/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.server.support.TestSnapshots;
import io.tollgate.v1.CapacityState;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.ExplainLevel;
import io.tollgate.v1.ExplainedPool;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.ReleaseRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Capacity over real gRPC, against the real engine: acme has a host of its own and shares three. */
class CapacityEdgeTest {
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

    private DecideResponse host(final DecideMode mode) {
        return stub.decide(question(mode).build());
    }

    private static DecideRequest.Builder question(final DecideMode mode) {
        final DecideRequest.Builder question = EdgeHarness.question("ann").setMode(mode);
        question.getTargetBuilder().setAction("host");
        return question;
    }

    @Test
    void shouldNameThePoolThatServesOwnOnesFirst() {
        final DecideResponse first = host(DecideMode.DECIDE_MODE_CONSUME);
        assertEquals(Outcome.OUTCOME_ALLOW, first.getOutcome(), first.toString());
        assertEquals(
                CapacityState.newBuilder()
                        .setPoolId("acmes")
                        .setDimension("llm.hosts")
                        .setUnit("request")
                        .setOwn(true)
                        .setAvailable(1)
                        .setUsed(1)
                        .setRequested(1)
                        .build(),
                first.getCapacity(0));
        for (int used = 1; used <= 3; used++) {
            final CapacityState shared = host(DecideMode.DECIDE_MODE_CONSUME).getCapacity(0);
            assertEquals("everybodys", shared.getPoolId());
            assertFalse(shared.getOwn());
            assertEquals(used, shared.getUsed());
        }
        final DecideResponse denied = host(DecideMode.DECIDE_MODE_CONSUME);
        assertEquals(Reason.REASON_CAPACITY_UNAVAILABLE, denied.getReason());
        assertEquals(ReasonClass.REASON_CLASS_CAPACITY, denied.getReasonClass());
        assertEquals("acmes", denied.getCapacity(0).getPoolId());
        assertEquals("No capacity: pool 'acmes' has 0 of 1 llm.hosts left, 1 asked.", denied.getMessage());
        assertFalse(denied.getRetryNever());
        assertEquals(0, denied.getRetryAfterNs());
        assertFalse(denied.hasBindingCeiling());
    }

    @Test
    void shouldGiveWhatIsReleasedToTheNext() {
        final String id = host(DecideMode.DECIDE_MODE_RESERVE).getReservation().getId();
        assertEquals(
                "everybodys", host(DecideMode.DECIDE_MODE_CHECK).getCapacity(0).getPoolId());
        stub.release(ReleaseRequest.newBuilder().setReservationId(id).build());
        assertEquals("acmes", host(DecideMode.DECIDE_MODE_CHECK).getCapacity(0).getPoolId());
    }

    @Test
    void shouldExplainTheCandidatesInTheirOrder() {
        host(DecideMode.DECIDE_MODE_CONSUME);
        final List<ExplainedPool> pools = stub.decide(question(DecideMode.DECIDE_MODE_CHECK)
                        .setExplain(ExplainLevel.EXPLAIN_LEVEL_FULL)
                        .build())
                .getExplanation()
                .getPoolsList();
        assertEquals(2, pools.size());
        assertEquals("acmes", pools.get(0).getState().getPoolId());
        assertEquals("org:acme", pools.get(0).getReservedForPath());
        assertFalse(pools.get(0).getFits());
        assertEquals("everybodys", pools.get(1).getState().getPoolId());
        assertTrue(pools.get(1).getServes());
        assertTrue(pools.get(1).getObservedAtMs() > 0);
    }
}
