/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.tollgate.control.ControlPlane;
import io.tollgate.control.ControlPlaneConfig;
import io.tollgate.control.ControlPlaneListener;
import io.tollgate.loader.report.ReportSettings;
import io.tollgate.loader.report.UsageReporter;
import io.tollgate.loader.transfer.ControlPlaneTarget;
import io.tollgate.loader.transfer.GrpcControlPlaneClient;
import io.tollgate.v1.AdministrationServiceGrpc;
import io.tollgate.v1.LedgerEntry;
import io.tollgate.v1.LedgerTotal;
import io.tollgate.v1.LedgerView;
import io.tollgate.v1.QueryLedgerRequest;
import io.tollgate.v1.QueryLedgerResponse;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two sidecars report through a transport that loses, doubles, swaps and cuts, while they and the control plane restart. At rest every
 * event that was ever journaled is in the ledger exactly once, and the sums are right.
 */
class LossyReportingTest {
    private static final ReportSettings HASTY = new ReportSettings(7, 4_000, 4, 150, 1, 20, 2, 40, 0);
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);

    @TempDir
    Path state;

    private int port;
    private ControlPlane plane;

    private final class Sidecar {
        final SurvivingJournal journal;
        LossyTransport transport;
        private GrpcControlPlaneClient client;
        private UsageReporter reporter;

        Sidecar(String id, Random random) throws Exception {
            journal = new SurvivingJournal(id);
            client = connect();
            transport = new LossyTransport(client.usage(), random);
            reporter = begin(random);
        }

        private GrpcControlPlaneClient connect() throws Exception {
            return GrpcControlPlaneClient.connect(ControlPlaneTarget.local("127.0.0.1:" + port), 1 << 20);
        }

        private UsageReporter begin(Random random) {
            return UsageReporter.start(
                    journal, transport, state.resolve("rejected"), HASTY, new Random(random.nextLong()));
        }

        int restart(Random random) throws Exception {
            stop();
            journal.restart();
            final int mischief = transport.mischief.get();
            client = connect();
            transport = new LossyTransport(client.usage(), random);
            reporter = begin(random);
            return mischief;
        }

        void stop() {
            reporter.close();
            client.close();
        }
    }

    private void startPlane() throws Exception {
        ControlPlaneConfig config = ControlPlaneConfig.of(
                        Path.of(System.getProperty("tollgate.root"), "examples", "acme"), state.resolve("plane"))
                .listeningOn(new InetSocketAddress("127.0.0.1", port), null);
        plane = ControlPlane.start(config, ControlPlaneListener.NONE);
        port = plane.grpcAddress().getPort();
    }

    @Test
    void shouldCountEveryEventExactlyOnceWhateverTheNetworkDoes() throws Exception {
        run(System.nanoTime(), 300);
    }

    @Test
    @Tag("long")
    void shouldCountEveryEventExactlyOnceForLong() throws Exception {
        for (int i = 0; i < 10; i++) {
            run(System.nanoTime(), 3_000);
        }
    }

    private void run(long seed, int steps) throws Exception {
        Random random = new Random(seed);
        int mischief = 0;
        startPlane();
        List<Sidecar> sidecars = List.of(new Sidecar("a" + seed, random), new Sidecar("b" + seed, random));
        try {
            for (int step = 0; step < steps; step++) {
                Sidecar sidecar = sidecars.get(random.nextInt(2));
                for (int i = random.nextInt(20); i > 0; i--) {
                    sidecar.journal.append(random);
                }
                if (random.nextInt(60) == 0) {
                    mischief += sidecar.restart(random);
                }
                if (random.nextInt(150) == 0) {
                    plane.close();
                    startPlane();
                }
                Thread.sleep(random.nextInt(3));
            }
            for (Sidecar sidecar : sidecars) {
                sidecar.transport.calm();
                mischief += sidecar.transport.mischief.get();
            }
            long endNs = System.nanoTime() + PATIENCE_NS;
            for (Sidecar sidecar : sidecars) {
                while (sidecar.journal.oldest() != null && System.nanoTime() - endNs < 0) {
                    Thread.sleep(5);
                }
                assertNull(
                        sidecar.journal.oldest(),
                        () -> "seed " + seed + ": still pending, " + sidecar.reporter.facts() + " " + plane.ledger());
            }
            check(seed, sidecars);
            assertTrue(mischief > steps / 20, "seed " + seed + ": only " + mischief + " things went wrong");
        } finally {
            sidecars.forEach(Sidecar::stop);
            plane.close();
        }
    }

    private void check(long seed, List<Sidecar> sidecars) throws Exception {
        ManagedChannel channel = Grpc.newChannelBuilderForAddress(
                        "127.0.0.1", port, InsecureChannelCredentials.create())
                .maxInboundMessageSize(64 << 20)
                .build();
        try {
            for (Sidecar sidecar : sidecars) {
                String what = "seed " + seed;
                Map<String, Long> expected = sidecar.journal.everything();
                String id = expected.keySet().iterator().next().split(":")[0];
                List<QueryLedgerResponse> pages = all(channel, LedgerView.LEDGER_VIEW_EVENTS, id);
                Map<String, Long> found = new HashMap<>();
                for (QueryLedgerResponse page : pages) {
                    for (LedgerEntry entry : page.getEntriesList()) {
                        assertNull(found.put(entry.getEventId(), entry.getAmount()), what + ": twice " + entry);
                    }
                }
                assertEquals(expected, found, what);
                long sum = expected.values().stream().mapToLong(Long::longValue).sum();
                assertEquals(sum, sum(all(channel, LedgerView.LEDGER_VIEW_TOTALS, id)), what + ": from the events");
            }
            long everything = 0;
            for (Sidecar sidecar : sidecars) {
                everything += sidecar.journal.everything().values().stream()
                        .mapToLong(Long::longValue)
                        .sum();
            }
            previous += everything;
            assertEquals(
                    previous, sum(all(channel, LedgerView.LEDGER_VIEW_TOTALS, "")), "seed " + seed + ": kept sums");
            assertEquals(
                    0, all(channel, LedgerView.LEDGER_VIEW_REJECTED, "").get(0).getRejectionsCount());
        } finally {
            channel.shutdownNow();
        }
    }

    /** What earlier rounds put into the same ledger. */
    private long previous;

    private static long sum(List<QueryLedgerResponse> pages) {
        return pages.stream()
                .flatMap(page -> page.getTotalsList().stream())
                .map(LedgerTotal::getAmount)
                .mapToLong(Long::parseLong)
                .sum();
    }

    private static List<QueryLedgerResponse> all(ManagedChannel channel, LedgerView view, String sidecarId) {
        List<QueryLedgerResponse> pages = new ArrayList<>();
        QueryLedgerRequest.Builder request = QueryLedgerRequest.newBuilder()
                .setView(view)
                .setSidecarId(sidecarId)
                .setPageSize(1_000);
        do {
            QueryLedgerResponse page = AdministrationServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(30, TimeUnit.SECONDS)
                    .queryLedger(request.build());
            pages.add(page);
            request.setPageToken(page.getNextPageToken());
        } while (!request.getPageToken().isEmpty());
        return pages;
    }
}
