/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.tollgate.control.compiler.TinyBundle;
import io.tollgate.control.ledger.Usage;
import io.tollgate.control.service.ServiceLimits;
import io.tollgate.v1.ControlPlaneServiceGrpc;
import io.tollgate.v1.LedgerEntry;
import io.tollgate.v1.LedgerTotal;
import io.tollgate.v1.LedgerView;
import io.tollgate.v1.QueryLedgerRequest;
import io.tollgate.v1.QueryLedgerResponse;
import io.tollgate.v1.UsageAck;
import io.tollgate.v1.UsageBatch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ReportUsage and QueryLedger over real gRPC. */
class UsageReportTest {
    private static final long PATIENCE_SECONDS = 30;

    @TempDir
    Path state;

    @TempDir
    Path bundle;

    /** The sidecar's end of a report. */
    private static final class Report implements StreamObserver<UsageAck> {
        final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        final StreamObserver<UsageBatch> out;

        Report(ControlPlaneFixture fixture) {
            out = ControlPlaneServiceGrpc.newStub(fixture.channel).reportUsage(this);
        }

        @Override
        public void onNext(UsageAck ack) {
            heard.add(ack);
        }

        @Override
        public void onError(Throwable cause) {
            heard.add(Status.fromThrowable(cause));
        }

        @Override
        public void onCompleted() {
            heard.add("completed");
        }

        Object next() throws InterruptedException {
            Object next = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing came within " + PATIENCE_SECONDS + " s");
            }
            return next;
        }

        UsageAck ack() throws InterruptedException {
            return Assertions.assertInstanceOf(UsageAck.class, next());
        }

        Status end() throws InterruptedException {
            return Assertions.assertInstanceOf(Status.class, next());
        }
    }

    private ControlPlaneFixture start() throws IOException, InterruptedException {
        return start(ServiceLimits.DEFAULT);
    }

    private ControlPlaneFixture start(ServiceLimits limits) throws IOException, InterruptedException {
        new TinyBundle().write(bundle);
        ControlPlaneFixture fixture = new ControlPlaneFixture(ControlPlaneFixture.config(bundle, state, limits));
        fixture.nextEvent();
        while (fixture.plane.ledger().getRefusal().contains("being opened")) {
            Thread.onSpinWait();
        }
        return fixture;
    }

    @Test
    void shouldAcknowledgeEveryBatchInOrderAndEndInGoodOrder() throws Exception {
        try (ControlPlaneFixture fixture = start()) {
            Report report = new Report(fixture);
            for (int i = 0; i < 50; i++) {
                report.out.onNext(Usage.run("a", "1", 1 + i * 20L, 20));
            }
            report.out.onCompleted();
            for (int i = 0; i < 50; i++) {
                UsageAck ack = report.ack();
                assertEquals(20 + i * 20L, ack.getAcceptedSequence());
                assertEquals("a", ack.getProducer().getSidecarId());
                assertEquals("1", ack.getProducer().getBootId());
            }
            assertEquals("completed", report.next());

            LedgerTotal total = query(fixture, LedgerView.LEDGER_VIEW_TOTALS).getTotals(0);
            assertEquals("500500", total.getAmount());
            assertEquals(1_000, total.getEventCount());
        }
    }

    @Test
    void shouldEndAReportWithAGapAfterSayingWhatItHas() throws Exception {
        try (ControlPlaneFixture fixture = start()) {
            Report report = new Report(fixture);
            report.out.onNext(Usage.run("a", "1", 1, 3));
            assertEquals(3, report.ack().getAcceptedSequence());
            report.out.onNext(Usage.run("a", "1", 5, 3));
            assertEquals(3, report.ack().getAcceptedSequence());
            assertEquals(Status.Code.OUT_OF_RANGE, report.end().getCode());
        }
    }

    @Test
    void shouldRefuseWhoDoesNotSayWhoTheyAreOrCountsWrongly() throws Exception {
        try (ControlPlaneFixture fixture = start()) {
            for (UsageBatch wrong : List.of(
                    Usage.run("", "1", 1, 1),
                    Usage.run("a", "", 1, 1),
                    Usage.run("x".repeat(300), "1", 1, 1),
                    Usage.run("a", "1", 0, 1),
                    Usage.run("a", "1", -5, 1),
                    Usage.run("a", "1", Long.MAX_VALUE - 5, 1),
                    Usage.run("a", "1", 1, 1).toBuilder()
                            .setAcknowledgedSequence(-1)
                            .build())) {
                Report report = new Report(fixture);
                report.out.onNext(wrong);
                assertEquals(Status.Code.INVALID_ARGUMENT, report.end().getCode(), wrong::toString);
            }
            assertEquals(0, fixture.plane.ledger().getAcceptedCount());
        }
    }

    @Test
    void shouldRefuseMoreReportsThanItsLimitUntilOneEnds() throws Exception {
        try (ControlPlaneFixture fixture = start(new ServiceLimits(1, 1, 60_000, 10, 10, 1))) {
            Report first = new Report(fixture);
            first.out.onNext(Usage.run("a", "1", 1, 1));
            first.ack();
            assertEquals(
                    Status.Code.RESOURCE_EXHAUSTED, new Report(fixture).end().getCode());
            first.out.onCompleted();
            assertEquals("completed", first.next());
            Report second = new Report(fixture);
            second.out.onNext(Usage.run("a", "1", 2, 1));
            assertEquals(2, second.ack().getAcceptedSequence());
        }
    }

    @Test
    void shouldCountUsageOfWhatTheBundleDoesNotKnowAndRemarkOnIt() throws Exception {
        try (ControlPlaneFixture fixture = start()) {
            Report report = new Report(fixture);
            report.out.onNext(Usage.batch(
                    "a",
                    "1",
                    1,
                    Usage.record("gone", 5)
                            .setDimension("no.such.dimension")
                            .setCustomerExternalId("nobody")
                            .build()
                            .toByteString()));
            assertEquals(1, report.ack().getAcceptedSequence());
            LedgerEntry entry = query(fixture, LedgerView.LEDGER_VIEW_EVENTS).getEntries(0);
            assertEquals(List.of("unknown dimension", "unknown customer"), entry.getRemarksList());
            assertEquals(5, entry.getAmount());
        }
    }

    @Test
    void shouldGoOnServingWithADamagedLedgerAndSayIt() throws Exception {
        Files.createDirectories(state.resolve("ledger"));
        Files.writeString(state.resolve("ledger").resolve("ledger.db"), "this is no database, whoever put it here");
        try (ControlPlaneFixture fixture = start()) {
            Report report = new Report(fixture);
            report.out.onNext(Usage.run("a", "1", 1, 1));
            Status end = report.end();
            assertEquals(Status.Code.UNAVAILABLE, end.getCode());
            assertTrue(String.valueOf(end.getDescription()).contains("damaged"), end::toString);
            StatusRuntimeException refused = Assertions.assertThrows(
                    StatusRuntimeException.class, () -> query(fixture, LedgerView.LEDGER_VIEW_TOTALS));
            assertEquals(Status.Code.UNAVAILABLE, refused.getStatus().getCode());

            assertTrue(fixture.plane.isReady());
            String ready = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                                            + fixture.plane
                                                    .httpAddress()
                                                    .orElseThrow()
                                                    .getPort() + "/readyz"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            assertTrue(ready.startsWith("ready\n"), ready);
            assertTrue(ready.contains("ledger: NOT ACCEPTING"), ready);
        }
    }

    @Test
    void shouldStopAtOnceWithReportsOpen() throws Exception {
        Report report;
        long startNs;
        try (ControlPlaneFixture fixture = start()) {
            report = new Report(fixture);
            report.out.onNext(Usage.run("a", "1", 1, 1));
            report.ack();
            startNs = System.nanoTime();
            fixture.plane.close();
            assertEquals(Status.Code.UNAVAILABLE, report.end().getCode());
        }
        assertTrue(
                System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(5), "it waited for the report to end by itself");
    }

    @Test
    void shouldAnswerByCustomerScopePeriodAndPage() throws Exception {
        try (ControlPlaneFixture fixture = start()) {
            Report report = new Report(fixture);
            UsageBatch.Builder batch = UsageBatch.newBuilder()
                    .setProducer(Usage.producer("a", "1"))
                    .setFirstSequence(1);
            for (int i = 0; i < 30; i++) {
                batch.addRecords(Usage.record("e" + i, 1L << i)
                        .setCustomerExternalId(i % 2 == 0 ? "acme" : "lumen")
                        .setScopePath(i % 3 == 0 ? "org:acme" : i % 3 == 1 ? "org:acme/project:rag" : "org:acme2")
                        .setTimestampMs(Usage.DAY_MS + i * 3_600_000L)
                        .build()
                        .toByteString());
            }
            report.out.onNext(batch.build());
            assertEquals(30, report.ack().getAcceptedSequence());

            assertEquals(
                    sum(i -> i % 2 == 0),
                    totals(fixture, QueryLedgerRequest.newBuilder().setCustomerExternalId("acme")));
            assertEquals(
                    sum(i -> i % 3 < 2),
                    totals(fixture, QueryLedgerRequest.newBuilder().setScopePath("org:acme")));
            assertEquals(
                    sum(i -> i < 24),
                    totals(
                            fixture,
                            QueryLedgerRequest.newBuilder()
                                    .setFromMs(Usage.DAY_MS)
                                    .setToMs(Usage.DAY_MS + 86_400_000)));
            assertEquals(
                    sum(i -> i >= 5 && i < 7),
                    totals(
                            fixture,
                            QueryLedgerRequest.newBuilder()
                                    .setFromMs(Usage.DAY_MS + 5 * 3_600_000)
                                    .setToMs(Usage.DAY_MS + 7 * 3_600_000)));
            assertEquals(0, totals(fixture, QueryLedgerRequest.newBuilder().setSidecarId("b")));
            assertEquals(
                    sum(i -> true),
                    totals(fixture, QueryLedgerRequest.newBuilder().setSidecarId("a")));

            List<String> events = new ArrayList<>();
            QueryLedgerRequest.Builder request = QueryLedgerRequest.newBuilder()
                    .setView(LedgerView.LEDGER_VIEW_EVENTS)
                    .setCustomerExternalId("lumen")
                    .setPageSize(4);
            do {
                QueryLedgerResponse page = fixture.administrator().queryLedger(request.build());
                page.getEntriesList().stream().map(LedgerEntry::getEventId).forEach(events::add);
                request.setPageToken(page.getNextPageToken());
            } while (!request.getPageToken().isEmpty());
            assertEquals(15, events.size());
            assertEquals("e29", events.get(0), "the last one first");
            assertEquals("e1", events.get(14));
        }
    }

    private static long sum(java.util.function.IntPredicate which) {
        return java.util.stream.IntStream.range(0, 30)
                .filter(which)
                .mapToLong(i -> 1L << i)
                .sum();
    }

    private static long totals(ControlPlaneFixture fixture, QueryLedgerRequest.Builder request) {
        long sum = 0;
        request.setView(LedgerView.LEDGER_VIEW_TOTALS).setPageSize(1);
        do {
            QueryLedgerResponse page = fixture.administrator().queryLedger(request.build());
            sum += page.getTotalsList().stream()
                    .map(LedgerTotal::getAmount)
                    .mapToLong(Long::parseLong)
                    .sum();
            request.setPageToken(page.getNextPageToken());
        } while (!request.getPageToken().isEmpty());
        return sum;
    }

    private static QueryLedgerResponse query(ControlPlaneFixture fixture, LedgerView view) {
        return fixture.administrator()
                .queryLedger(QueryLedgerRequest.newBuilder().setView(view).build());
    }
}
