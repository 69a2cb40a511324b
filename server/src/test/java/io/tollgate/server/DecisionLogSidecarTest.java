/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.tollgate.server.support.TestWorld;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.DecisionLogStatus;
import io.tollgate.v1.DiagnosticsServiceGrpc;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.StatusRequest;
import io.tollgate.v1.TailDecisionsRequest;
import io.tollgate.v1.TailDecisionsResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole sidecar with its decision log: the file, the status, the metrics, and who follows over real gRPC. */
class DecisionLogSidecarTest {
    @TempDir
    Path directory;

    private static void await(final BooleanSupplier condition) throws InterruptedException {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadlineNs, "in time");
            Thread.sleep(5);
        }
    }

    private static DecisionLogStatus status(final SidecarHarness harness) {
        return harness.diagnostics().status(StatusRequest.getDefaultInstance()).getDecisionLog();
    }

    @Test
    void shouldWriteTheFileAndSaySoInStatusAndMetrics() throws Exception {
        final Path file = directory.resolve("log/decisions.jsonl");
        final DecideResponse answer;
        try (SidecarHarness harness = new SidecarHarness(directory, c -> c.set("decision_log.file", file.toString())
                        .set("decision_log.mask", "actor.id")
                        .set("decision_log.allow_percent", "12.5"))
                .ready()) {
            answer = harness.ask(SidecarHarness.question("eve"));
            assertEquals(Outcome.OUTCOME_DENY, answer.getOutcome());
            await(() -> status(harness).getWrittenCount() == 1);
            final DecisionLogStatus status = status(harness);
            assertTrue(status.getEnabled());
            assertTrue(status.getHealthy());
            assertEquals(file.toString(), status.getFile());
            assertEquals(1, status.getSequence());
            assertEquals("12.5", status.getAllowPercent());
            assertEquals("off", status.getAudited());
            assertEquals(List.of("actor.id"), status.getMaskedList());
            assertEquals(Files.size(file), status.getLengthBytes());
            final String metrics = harness.get("/metrics").body();
            assertTrue(metrics.contains("tollgate_decision_log_written_total 1"), metrics);
            assertTrue(metrics.contains("tollgate_decision_log_dropped_total 0"), metrics);
            assertTrue(metrics.contains("tollgate_decision_log_healthy 1"), metrics);
            assertTrue(metrics.contains("tollgate_decision_log_bytes "), metrics);
        }
        final String line = Files.readString(file);
        assertTrue(line.contains('"' + answer.getDecisionId() + '"'), line);
        assertTrue(line.contains("\"bootId\":\"boot\"") && line.contains("\"sidecarId\":\"edge-1\""), line);
        assertFalse(line.contains("eve\""), line);
    }

    @Test
    void shouldNotWarmUpIntoTheLog() throws Exception {
        final Path file = directory.resolve("decisions.jsonl");
        try (SidecarHarness harness =
                new SidecarHarness(directory, c -> c.set("decision_log.file", file.toString())).ready()) {
            assertEquals(0, status(harness).getSequence());
        }
        assertEquals(0, Files.size(file));
    }

    @Test
    void shouldLetFollowersSeeWhatTheyAskForAndNothingWhenNobodyFollows() throws Exception {
        try (SidecarHarness harness = new SidecarHarness(directory).ready()) {
            harness.ask(SidecarHarness.question("eve"));
            assertEquals(0, status(harness).getSequence());
            final Iterator<TailDecisionsResponse> denies = harness.diagnostics()
                    .tailDecisions(TailDecisionsRequest.newBuilder()
                            .addOutcomes(Outcome.OUTCOME_DENY)
                            .setActor("eve")
                            .build());
            await(() -> status(harness).getFollowers() == 1);
            final DecideRequest byKey = key();
            harness.ask(SidecarHarness.question("ann"));
            harness.ask(byKey);
            final DecideResponse answer = harness.ask(SidecarHarness.question("eve"));
            final TailDecisionsResponse seen = denies.next();
            assertEquals(answer.getDecisionId(), seen.getDecisionId());
            assertEquals(answer, seen.getEntry().getResponse());
            assertEquals("decide", seen.getEntry().getFace());
            assertEquals(3, seen.getEntry().getSequence());
            assertEquals(0, seen.getLostCount());
            assertFalse(seen.toString().contains(TestWorld.API_KEY));
        }
    }

    private static DecideRequest key() {
        final DecideRequest.Builder request = SidecarHarness.question("").toBuilder();
        request.getActorBuilder().clear().setApiKey(TestWorld.API_KEY);
        return request.build();
    }

    @Test
    void shouldNeitherWaitForNorGrowWithAFollowerThatDoesNotRead() throws Exception {
        try (SidecarHarness harness = new SidecarHarness(directory).ready()) {
            final BlockingQueue<TailDecisionsResponse> got = new LinkedBlockingQueue<>();
            final ClientCall<TailDecisionsRequest, TailDecisionsResponse> call =
                    harness.admin().newCall(DiagnosticsServiceGrpc.getTailDecisionsMethod(), CallOptions.DEFAULT);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onMessage(final TailDecisionsResponse message) {
                            got.add(message);
                        }

                        @Override
                        public void onClose(final Status status, final Metadata trailers) {
                            // the test cancels it
                        }
                    },
                    new Metadata());
            call.sendMessage(TailDecisionsRequest.getDefaultInstance());
            call.halfClose();
            await(() -> status(harness).getFollowers() == 1);
            final DecideRequest large = SidecarHarness.question("ann").toBuilder()
                    .setCorrelationId("x".repeat(20_000))
                    .build();
            final int offered = 200; // some 8 MB, far more than windows and the follower's memory hold
            for (int i = 0; i < offered; i++) {
                harness.ask(large);
                final int upTo = i + 1;
                await(() -> status(harness).getSequence() == upTo);
            }
            call.request(10 * offered);
            long lost = 0;
            int entries = 0;
            while (entries + lost < offered) {
                final @Nullable TailDecisionsResponse message = got.poll(30, TimeUnit.SECONDS);
                assertTrue(message != null, entries + " entries and " + lost + " lost");
                if (message != null) {
                    entries += message.hasEntry() ? 1 : 0;
                    lost = message.getLostCount();
                }
            }
            assertEquals(offered, entries + lost);
            assertTrue(lost > 0, "the reader was told what it lost");
            call.cancel("enough", null);
            await(() -> status(harness).getFollowers() == 0);
            assertEquals(0, status(harness).getDroppedCount(), "a slow reader is no loss of the log");
        }
    }

    @Test
    void shouldShowRememberedEntriesSince() throws Exception {
        final Path file = directory.resolve("decisions.jsonl");
        try (SidecarHarness harness =
                new SidecarHarness(directory, c -> c.set("decision_log.file", file.toString())).ready()) {
            final DecideResponse before = harness.ask(SidecarHarness.question("eve"));
            await(() -> status(harness).getSequence() == 1);
            final DecisionLogEntry entry = harness.diagnostics()
                    .tailDecisions(
                            TailDecisionsRequest.newBuilder().setSinceMs(1).build())
                    .next()
                    .getEntry();
            assertEquals(before.getDecisionId(), entry.getResponse().getDecisionId());
        }
    }
}
