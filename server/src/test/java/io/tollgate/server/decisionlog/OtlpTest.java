/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpServer;
import io.tollgate.server.config.DecisionLogConfig;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.Outcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real exporter against a real HTTP server on loopback. */
class OtlpTest {
    // fields of opentelemetry.proto.collector.logs.v1 and opentelemetry.proto.logs.v1
    private static final int RESOURCE_LOGS = 1;
    private static final int SCOPE_LOGS = 2;
    private static final int LOG_RECORDS = 2;
    private static final int BODY = 5;
    private static final int STRING_VALUE = 1;

    @TempDir
    Path folder;

    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final List<String> headers = new CopyOnWriteArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private volatile int status = 200;
    private volatile boolean hangs;
    private volatile int requests;
    private HttpServer server;

    @BeforeEach
    void startCollector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/logs", exchange -> {
            requests++;
            final byte[] body = exchange.getRequestBody().readAllBytes();
            headers.add(exchange.getRequestMethod() + " "
                    + exchange.getRequestHeaders().getFirst("Content-type") + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            if (hangs) {
                try {
                    release.await();
                } catch (final InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            if (status == 200) {
                bodies.addAll(logged(new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes()));
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.setExecutor(java.util.concurrent.Executors.newCachedThreadPool());
        server.start();
    }

    @AfterEach
    void stopCollector() {
        release.countDown();
        server.stop(0);
    }

    private static List<String> logged(final byte[] message) throws IOException {
        final List<String> bodies = new ArrayList<>();
        for (final UnknownFieldSet resource : inner(UnknownFieldSet.parseFrom(message), RESOURCE_LOGS)) {
            for (final UnknownFieldSet scope : inner(resource, SCOPE_LOGS)) {
                for (final UnknownFieldSet log : inner(scope, LOG_RECORDS)) {
                    bodies.add(inner(log, BODY)
                            .get(0)
                            .getField(STRING_VALUE)
                            .getLengthDelimitedList()
                            .get(0)
                            .toStringUtf8());
                }
            }
        }
        return bodies;
    }

    private static List<UnknownFieldSet> inner(final UnknownFieldSet message, final int field) throws IOException {
        final List<UnknownFieldSet> found = new ArrayList<>();
        for (final var bytes : message.getField(field).getLengthDelimitedList()) {
            found.add(UnknownFieldSet.parseFrom(bytes));
        }
        return found;
    }

    private DecisionLogConfig config() throws IOException {
        final Path token = folder.resolve("token");
        Files.writeString(token, "s3cret\n");
        return LogHarness.config(c -> c.set(
                        "decision_log.otlp.endpoint",
                        "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/logs")
                .set("decision_log.otlp.token_file", token.toString())
                .set("decision_log.mask", "actor.id"));
    }

    private static void log(final LaneLog lane, final int number) {
        lane.log(
                Face.DECIDE,
                LogHarness.question().build(),
                LogHarness.answer(Outcome.OUTCOME_DENY, "d-" + number).build(),
                false,
                null);
    }

    private static void await(final BooleanSupplier condition, final DecisionLog log) throws InterruptedException {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadlineNs, () -> log.facts().toString());
            Thread.sleep(5);
        }
    }

    @Test
    void shouldSendEntriesMaskedInOrderWithTheToken() throws Exception {
        try (DecisionLog log = DecisionLog.open(config(), "edge-1", "boot-1").start()) {
            final LaneLog lane = log.newLane();
            for (int i = 1; i <= 1_000; i++) {
                log(lane, i);
            }
            await(() -> log.facts().exported() == 1_000, log);
            final List<DecisionLogEntry> entries = LogHarness.entries(String.join("\n", bodies));
            assertEquals(1_000, entries.size());
            for (int i = 0; i < 1_000; i++) {
                assertEquals(i + 1, entries.get(i).getSequence());
                assertEquals("", entries.get(i).getRequest().getActor().getId());
            }
            assertEquals("POST application/x-protobuf Bearer s3cret", headers.get(0));
            assertTrue(requests < 20, requests + " requests: in batches");
            assertEquals(0, log.facts().dropped());
        }
    }

    @Test
    void shouldSendAgainWhatTheCollectorRefusedForAWhile() throws Exception {
        status = 503;
        try (DecisionLog log = DecisionLog.open(config(), "edge-1", "boot-1").start()) {
            log(log.newLane(), 1);
            await(() -> requests >= 2, log);
            assertTrue(log.facts().lastErrorMs() > 0);
            status = 200;
            await(() -> log.facts().exported() == 1, log);
            assertEquals(1, bodies.size());
            assertEquals(0, log.facts().dropped());
        }
    }

    @Test
    void shouldLoseAndCountWhatACollectorThatDoesNotAnswerLeavesNoRoomFor() throws Exception {
        hangs = true;
        final int more = 3_000;
        try (DecisionLog log = DecisionLog.open(config(), "edge-1", "boot-1").start()) {
            final LaneLog lane = log.newLane();
            final int offered = OtlpSink.MAX_BATCH + OtlpSink.MAX_WAITING + more;
            for (int i = 1; i <= offered; i++) {
                log(lane, i);
                final int upTo = i;
                if (i == 1) {
                    await(() -> requests == 1, log);
                } else if (i % 500 == 0) {
                    await(() -> log.facts().sequence() >= upTo, log);
                }
            }
            await(() -> log.facts().sequence() >= offered, log);
            // the first went alone, then the queue filled up
            assertEquals(offered - 1 - OtlpSink.MAX_WAITING, log.facts().dropped());
            assertEquals(0, lane.lostCount(), "the event loop had room all the time");
            hangs = false;
            release.countDown();
            await(() -> log.facts().exported() == OtlpSink.MAX_WAITING + 1, log);
        }
    }

    @Test
    void shouldGiveUpABatchInTheEndAndCountIt() throws Exception {
        status = 400;
        final long[] nowNs = {0};
        final DecisionLog log = DecisionLog.open(
                config(), "edge-1", "boot-1", new DecisionLog.Surroundings(() -> 0, () -> nowNs[0], DiskLogFile::open));
        log(log.newLane(), 1);
        await(
                () -> {
                    nowNs[0] += TimeUnit.SECONDS.toNanos(60);
                    log.turn();
                    return log.facts().dropped() == 1;
                },
                log);
        assertEquals(OtlpSink.MAX_ATTEMPTS, requests);
        log.close();
    }

    @Test
    void shouldSendWhatIsLeftWhenItIsClosed() throws Exception {
        final DecisionLog log = DecisionLog.open(config(), "edge-1", "boot-1").start();
        final LaneLog lane = log.newLane();
        for (int i = 1; i <= 700; i++) {
            log(lane, i);
        }
        log.close();
        assertEquals(700, bodies.size());
        assertEquals(700, log.facts().exported());
    }
}
