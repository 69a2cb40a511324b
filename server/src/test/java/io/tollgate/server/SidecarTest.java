/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.stub.StreamObserver;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.lifecycle.Readiness;
import io.tollgate.server.lifecycle.SidecarStartException;
import io.tollgate.server.lifecycle.SidecarState;
import io.tollgate.server.support.LogWatch;
import io.tollgate.server.support.TestSnapshots;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SidecarTest {
    @TempDir
    Path directory;

    private final LogWatch log = new LogWatch();

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void shouldAnswerAtOnceAndBecomeReadyWithASnapshot() throws Exception {
        try (SidecarHarness harness = new SidecarHarness(directory)) {
            assertTrue(harness.snapshots.started());
            assertEquals(SidecarState.STARTING, harness.sidecar.state());
            assertEquals(
                    Reason.REASON_SNAPSHOT_MISSING,
                    harness.ask(SidecarHarness.question("ann")).getReason());
            assertAlwaysServing(harness);
            assertEquals(ServingStatus.NOT_SERVING, harness.health(harness.decisions(), Readiness.READINESS_NAME));

            harness.ready();

            assertEquals(
                    Outcome.OUTCOME_ALLOW,
                    harness.ask(SidecarHarness.question("ann")).getOutcome());
            assertAlwaysServing(harness);
            assertEquals(ServingStatus.SERVING, harness.health(harness.decisions(), Readiness.READINESS_NAME));
            assertEquals(ServingStatus.SERVING, harness.health(harness.admin(), Readiness.READINESS_NAME));
        }
        assertEquals(List.of(), log.warnings());
    }

    @Test
    void shouldFollowFreshness() throws Exception {
        try (SidecarHarness harness = new SidecarHarness(directory).ready()) {
            harness.snapshots.clock.advanceMs(60_001);
            harness.awaitState(SidecarState.STALE);
            assertTrue(
                    harness.sidecar.stateCause().contains("directory 60001 ms of at most 60000 ms"),
                    harness.sidecar.stateCause());
            assertFalse(harness.sidecar.stateCause().contains("capacity"), "no operation needs that plane");
            assertEquals(ServingStatus.NOT_SERVING, harness.health(harness.decisions(), Readiness.READINESS_NAME));
            assertAlwaysServing(harness);
            assertEquals(
                    Reason.REASON_SNAPSHOT_STALE,
                    harness.ask(SidecarHarness.question("ann")).getReason());

            harness.snapshots.confirm();
            harness.awaitState(SidecarState.READY);
            assertEquals(ServingStatus.SERVING, harness.health(harness.decisions(), Readiness.READINESS_NAME));
        }
    }

    @Test
    void shouldWarmUpWithoutTakingOrCountingAnything() throws Exception {
        try (SidecarHarness harness =
                new SidecarHarness(directory, builder -> builder.set("warm_up.decisions", "2000")).ready()) {
            assertTrue(
                    log.all().stream().anyMatch(line -> line.contains("warmed up with ")),
                    log.all().toString());
            assertFalse(harness.get("/metrics")
                    .body()
                    .contains("tollgate_decisions_total{class=\"NONE\",outcome=\"ALLOW\",reason=\"OK\"} 1"));
            assertTrue(
                    harness.get("/metrics")
                            .body()
                            .contains("tollgate_decisions_total{class=\"NONE\",outcome=\"ALLOW\",reason=\"OK\"} 0"),
                    harness.get("/metrics").body());
            assertTrue(harness.get("/metrics").body().contains("tollgate_decision_duration_seconds_count 0"));
            final DecideResponse first = harness.ask(SidecarHarness.question("ann"));
            assertEquals(0, first.getBindingCeiling().getUsed(), "nothing was taken");
            assertEquals("boot-0-1", first.getDecisionId(), "and the first decision is the first");
        }
    }

    @Test
    void shouldBecomeReadyWithoutWarmUpWhenToldSo() throws Exception {
        try (SidecarHarness harness =
                new SidecarHarness(directory, builder -> builder.set("warm_up.decisions", "0")).ready()) {
            assertEquals(SidecarState.READY, harness.sidecar.state());
        }
    }

    @Test
    void shouldDrainInOrder() throws Exception {
        final SidecarHarness harness =
                new SidecarHarness(directory, builder -> builder.set("shutdown.lame_duck_ms", "1500")).ready();
        try {
            final CompletableFuture<Status> streamEnd = new CompletableFuture<>();
            final StreamObserver<DecideRequest> stream = openStream(harness, streamEnd);
            final Thread closer = new Thread(harness.sidecar::close);
            closer.start();
            harness.awaitState(SidecarState.DRAINING);

            assertEquals(ServingStatus.NOT_SERVING, harness.health(harness.decisions(), Readiness.READINESS_NAME));
            assertEquals(
                    Outcome.OUTCOME_ALLOW,
                    harness.ask(SidecarHarness.question("ann")).getOutcome(),
                    "the lame duck still answers");
            assertAlwaysServing(harness);
            assertEquals(503, harness.get("/readyz").statusCode());

            assertEquals(
                    Status.Code.UNAVAILABLE,
                    streamEnd.get(30, TimeUnit.SECONDS).getCode(),
                    "streams are told to go elsewhere");
            closer.join(TimeUnit.SECONDS.toMillis(60));
            assertFalse(closer.isAlive());
            assertTrue(harness.snapshots.closed(), "the feed is closed last");
            assertThrows(StatusRuntimeException.class, () -> harness.ask(SidecarHarness.question("ann")));
            assertEquals(List.of(), log.warnings());
            stream.onError(Status.CANCELLED.asException());
        } finally {
            harness.close();
        }
    }

    @Test
    void shouldCloseOnceHoweverOftenItIsAsked() throws Exception {
        final SidecarHarness harness = new SidecarHarness(directory);
        final Thread other = new Thread(harness.sidecar::close);
        other.start();
        harness.sidecar.close();
        assertTrue(harness.snapshots.closed(), "whoever closes comes back when all is closed");
        other.join(TimeUnit.SECONDS.toMillis(30));
        harness.sidecar.awaitClosed();
        harness.close();
    }

    @Test
    void shouldCloseWhatItOpenedWhenAPortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            for (final String key : List.of("listen.address", "listen.admin_address", "listen.http_address")) {
                final String address = "127.0.0.1:" + taken.getLocalPort();
                final CompletableFuture<TestSnapshots> feed = new CompletableFuture<>();
                final SidecarConfig config = SidecarConfig.builder()
                        .set("listen.address", "127.0.0.1:0")
                        .set("listen.admin_address", "127.0.0.1:0")
                        .set("listen.http_address", "127.0.0.1:0")
                        .set(key, address)
                        .build();
                final SidecarStartException e = assertThrows(
                        SidecarStartException.class,
                        () -> Sidecar.start(config, "boot", workers -> {
                            feed.complete(new TestSnapshots(directory, workers));
                            return feed.join();
                        }));
                assertTrue(e.getMessage().startsWith(key + ": cannot listen on " + address), e.getMessage());
                assertTrue(feed.join().closed());
            }
        }
    }

    private static StreamObserver<DecideRequest> openStream(
            final SidecarHarness harness, final CompletableFuture<Status> end) throws Exception {
        final CompletableFuture<DecideResponse> first = new CompletableFuture<>();
        final StreamObserver<DecideRequest> stream = DecisionServiceGrpc.newStub(harness.decisions())
                .decideStream(new StreamObserver<>() {
                    @Override
                    public void onNext(final DecideResponse value) {
                        first.complete(value);
                    }

                    @Override
                    public void onError(final Throwable t) {
                        end.complete(Status.fromThrowable(t));
                    }

                    @Override
                    public void onCompleted() {
                        end.complete(Status.OK);
                    }
                });
        stream.onNext(SidecarHarness.question("ann"));
        first.get(30, TimeUnit.SECONDS);
        return stream;
    }

    private static void assertAlwaysServing(final SidecarHarness harness) {
        for (final String name : List.of(
                "", "tollgate.v1.DecisionService", "envoy.service.auth.v3.Authorization", "tollgate.liveness")) {
            assertEquals(ServingStatus.SERVING, harness.health(harness.decisions(), name), name);
            assertEquals(ServingStatus.SERVING, harness.health(harness.admin(), name), name);
        }
    }
}
