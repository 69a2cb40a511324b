/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.tollgate.client.Decision;
import io.tollgate.client.DecisionRequest;
import io.tollgate.client.DecisionRequestBuilder;
import io.tollgate.client.Settlement;
import io.tollgate.client.TollgateClient;
import io.tollgate.v1.AdministrationServiceGrpc;
import io.tollgate.v1.DiagnosticsServiceGrpc;
import io.tollgate.v1.JournalStatusRequest;
import io.tollgate.v1.JournalStatusResponse;
import io.tollgate.v1.LedgerTotal;
import io.tollgate.v1.LedgerView;
import io.tollgate.v1.QueryLedgerRequest;
import io.tollgate.v1.SettleRequest;
import io.tollgate.v1.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From an answered CONSUME or Settle to the ledger, over real processes: each once, whatever was killed in between. */
class UsageEndToEndTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final int decide = Site.freePort();
    private final int admin = Site.freePort();
    private final int control = Site.freePort();

    private RealProcess dev() {
        final RealProcess process = RealProcess.start(
                "dev",
                directory,
                "dev",
                directory.resolve("acme").toString(),
                "--state-dir",
                directory.resolve("state").toString(),
                "--port",
                Integer.toString(decide),
                "--admin-port",
                Integer.toString(admin),
                "--http-port",
                Integer.toString(Site.freePort()),
                "--control-port",
                Integer.toString(control),
                "--control-http-port",
                Integer.toString(Site.freePort()));
        process.awaitOutput("Tollgate is ready");
        return process;
    }

    @Test
    void shouldHaveEveryAnsweredUseInTheLedgerOnceOverKillAndRestart() throws Exception {
        Site.copyAcme(directory, 30);
        RealProcess process = dev();
        final ManagedChannel toControl = channel(control);
        final ManagedChannel toAdmin = channel(admin);
        try (TollgateClient client = TollgateClient.connect("127.0.0.1:" + decide)) {
            for (int i = 0; i < 3; i++) {
                assertTrue(ask(client, 1_000, false).allowed());
            }
            final Decision reserved = ask(client, 500, true);
            settle(client, reserved, 321);
            settle(client, reserved, 321);
            process.await("3,321 tokens in the ledger", () -> tokens(toControl) == 3_321);

            // Answered, and the process dies with it: at most the journal knows.
            final Decision open = ask(client, 400, true);
            assertTrue(ask(client, 1_000, false).allowed());
            process.kill();
            process = dev();
            settle(client, open, 7);
            settle(client, open, 7);
            process.await("what was answered before the kill", () -> tokens(toControl) == 4_328);

            final RealProcess running = process;
            process.await("an empty journal", () -> journal(toAdmin).getPendingCount() == 0);
            assertEquals(4_328, tokens(toControl));
            assertEquals(0, journal(toAdmin).getReporting().getRejectedCount());
            assertEquals(0, running.terminate());
            process = dev();
            process.await("an empty journal", () -> journal(toAdmin).getPendingCount() == 0);
            assertEquals(4_328, tokens(toControl), "still once");
        } finally {
            toControl.shutdownNow();
            toAdmin.shutdownNow();
            process.close();
        }
    }

    private static ManagedChannel channel(final int port) {
        return Grpc.newChannelBuilderForAddress("127.0.0.1", port, InsecureChannelCredentials.create())
                .build();
    }

    private static Decision ask(final TollgateClient client, final long tokens, final boolean reserve) {
        final DecisionRequestBuilder question = DecisionRequest.builder()
                .organization("lumen")
                .project("rag")
                .actor("user", "ana")
                .action("llm", "model", "invoke")
                .usage(tokens, "input_token");
        final DecisionRequest request = (reserve ? question.reserve() : question.consume()).build();
        Decision decision = client.decide(request, DEADLINE);
        for (int i = 0; i < 100 && !decision.allowed(); i++) {
            RealProcess.pause();
            decision = client.decide(request, DEADLINE);
        }
        return decision;
    }

    /** Until it is acknowledged, as callers do. */
    private static void settle(final TollgateClient client, final Decision reserved, final long tokens) {
        final SettleRequest used = SettleRequest.newBuilder()
                .setReservationId(reserved.reservationId().orElseThrow())
                .addActual(Usage.newBuilder().setAmount(tokens).setUnit("input_token"))
                .build();
        Settlement settled = client.settle(used);
        for (int i = 0; i < 100 && !settled.acknowledged(); i++) {
            RealProcess.pause();
            settled = client.settle(used);
        }
        assertTrue(settled.acknowledged(), settled::toString);
    }

    /** -1 = the ledger does not answer now. */
    private static long tokens(final ManagedChannel control) {
        try {
            return AdministrationServiceGrpc.newBlockingStub(control)
                    .withDeadlineAfter(DEADLINE.toSeconds(), TimeUnit.SECONDS)
                    .queryLedger(QueryLedgerRequest.newBuilder()
                            .setView(LedgerView.LEDGER_VIEW_TOTALS)
                            .setDimension("llm.tokens")
                            .setScopePath("org:lumen")
                            .build())
                    .getTotalsList()
                    .stream()
                    .map(LedgerTotal::getAmount)
                    .mapToLong(Long::parseLong)
                    .sum();
        } catch (final io.grpc.StatusRuntimeException e) {
            return -1;
        }
    }

    private static JournalStatusResponse journal(final ManagedChannel admin) {
        return DiagnosticsServiceGrpc.newBlockingStub(admin)
                .withWaitForReady()
                .withDeadlineAfter(DEADLINE.toSeconds(), TimeUnit.SECONDS)
                .journalStatus(JournalStatusRequest.getDefaultInstance());
    }
}
