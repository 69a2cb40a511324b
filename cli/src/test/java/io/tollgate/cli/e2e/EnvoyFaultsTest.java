/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static io.tollgate.cli.e2e.Seen.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What clients of a service behind a real Envoy see while parts of the gate are missing, late, exchanged or gone. One gate for all, in
 * this order: each leaves it open for the next.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EnvoyFaultsTest {
    private static final long MAX_AGE_S = 3;
    private static final int STARVED_MS = 400;
    private static final int SWAPS = 3;
    /** Each has up to 1,000 requests open on one connection. */
    private static final int CLIENTS = 10;

    private static Gate gate;
    private static Front front;

    @BeforeAll
    static void start() throws Exception {
        gate = new Gate(EnvoyGateTest.MAPPING, MAX_AGE_S, "shed: { retry_after_ms: 1500 }");
        gate.startSidecar();
        front = gate.front(RealEnvoy.VERSIONS.get(0));
        gate.sidecar.await("an answer", () -> !header(invoke(Door.OPEN), "x-tollgate-decision-id")
                .isEmpty());
    }

    @AfterAll
    static void stop() throws Exception {
        gate.close();
    }

    private static HttpResponse<String> invoke(final Door door) {
        return front.invoke(door, "ana", "lumen");
    }

    private static long stat(final Door door, final String name) {
        return front.stats(door).getOrDefault(name, -1L);
    }

    @Test
    @Order(1)
    void shouldDenyUntilThereIsASnapshot() {
        final HttpResponse<String> missing = invoke(Door.OPEN);
        assertEquals(
                "The decision data is too old",
                Seen.denied(missing, 503, "SNAPSHOT_MISSING").get("title").asText());
        gate.controlPlane = gate.site.startControlPlane();
        gate.sidecar.await("an open gate", () -> front.isOpen(Door.OPEN));
    }

    /** What one client sees in the background. */
    private static final class Watcher implements AutoCloseable {
        final List<HttpResponse<String>> seen = new ArrayList<>();
        private final Thread thread;
        private volatile boolean ended;

        Watcher(final String user, final String organization, final String path) {
            thread = new Thread(() -> {
                while (!ended) {
                    final HttpResponse<String> response = front.send(front.as(user, organization, Door.OPEN, path));
                    synchronized (seen) {
                        seen.add(response);
                    }
                }
            });
            thread.start();
        }

        List<HttpResponse<String>> seen() {
            synchronized (seen) {
                return List.copyOf(seen);
            }
        }

        @Override
        public void close() {
            ended = true;
            try {
                thread.join();
            } catch (final InterruptedException ex) {
                Thread.currentThread().interrupt();
                throw new AssertionError(ex);
            }
        }
    }

    @Test
    @Order(2)
    void shouldDenyWithAWaitWhenTheSidecarIsStarvedOfItsProcessor() throws Exception {
        final long errors = stat(Door.OPEN, "error");
        final List<HttpResponse<String>> shed = new ArrayList<>();
        try (Watcher watcher = new Watcher("ana", "lumen", "/v1/models")) {
            gate.sidecar.await("overload", () -> {
                gate.sidecar.signal("STOP");
                sleep(STARVED_MS);
                gate.sidecar.signal("CONT");
                return watcher.seen().stream()
                        .anyMatch(each -> header(each, "x-tollgate-reason").equals("OVERLOADED"));
            });
            for (final HttpResponse<String> each : watcher.seen()) {
                if (each.statusCode() != 200) {
                    shed.add(each);
                }
            }
        }
        for (final HttpResponse<String> each : shed) {
            Seen.denied(each, 503, "OVERLOADED");
            assertEquals("2", header(each, "retry-after"), "1.5 s, rounded up");
        }
        final JsonNode entry = front.logged("/authz/decision_id", header(shed.get(0), "x-tollgate-decision-id"));
        assertEquals("OVERLOADED", entry.at("/authz/reason").asText());
        assertEquals(errors, stat(Door.OPEN, "error"), "none of this is an error to Envoy");
        gate.sidecar.await("an open gate", () -> front.isOpen(Door.OPEN));
    }

    private static void sleep(final int ms) {
        try {
            Thread.sleep(ms);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new AssertionError(ex);
        }
    }

    @Test
    @Order(3)
    void shouldAnswerByTheOldSnapshotOrTheNewOneAndNeverByNeither() throws Exception {
        final Path policy = gate.directory.resolve("acme/policies/00-global.yaml");
        final Path registry = gate.directory.resolve("acme/registry/products.yaml");
        final String original = Files.readString(policy);
        final List<Watcher> watchers = List.of(
                new Watcher("bea", "fernway", "/v1/models/large/invoke"),
                new Watcher("bea", "fernway", "/v1/models/large/invoke"),
                new Watcher("ana", "lumen", "/v1/models"));
        try {
            for (int swap = 1; swap <= SWAPS; swap++) {
                final String word = "swap-" + swap;
                if (swap == 2) {
                    // not for a change: the registry comes with a new version of everything
                    Files.writeString(
                            registry, Files.readString(registry).replace("name: Call a model", "name: Ask a model"));
                }
                Files.writeString(policy, original.replace("Your plan does not", "Your plan, " + word + ", does not"));
                gate.controlPlane.await(word, () -> watchers.subList(0, 2).stream()
                        .allMatch(each -> last(each).contains(word)));
            }
        } finally {
            for (final Watcher watcher : watchers) {
                watcher.close();
            }
        }
        for (final HttpResponse<String> each : watchers.get(2).seen()) {
            assertEquals(200, each.statusCode(), each.body());
        }
        final Map<String, JsonNode> log = new HashMap<>();
        final List<HttpResponse<String>> last = watchers.get(1).seen();
        front.logged("/authz/decision_id", header(last.get(last.size() - 1), "x-tollgate-decision-id"));
        front.accessLog()
                .forEach(entry -> log.put(entry.at("/authz/decision_id").asText(), entry.get("authz")));
        final Map<String, Set<String>> detailsByVersion = new HashMap<>();
        final Set<Long> versions = new TreeSet<>();
        for (final Watcher watcher : watchers.subList(0, 2)) {
            long before = 0;
            for (final HttpResponse<String> each : watcher.seen()) {
                final JsonNode problem = Seen.denied(each, 403, "POLICY_DENY");
                final JsonNode evidence = log.get(problem.get("decision_id").asText());
                if (evidence == null) {
                    continue; // not flushed yet
                }
                final long version = evidence.get("snapshot_version").asLong();
                assertTrue(version >= before, "never back again");
                before = version;
                versions.add(version);
                detailsByVersion
                        .computeIfAbsent(
                                version + "/" + evidence.path("delta_sequence").asText() + "/"
                                        + evidence.get("snapshot_digest").asText(),
                                key -> new TreeSet<>())
                        .add(problem.get("detail").asText());
            }
        }
        assertTrue(detailsByVersion.size() > SWAPS, detailsByVersion.toString());
        assertTrue(versions.size() > 1, "a version came too: " + versions);
        detailsByVersion.values().forEach(details -> assertEquals(1, details.size(), detailsByVersion.toString()));
    }

    private static String last(final Watcher watcher) {
        final List<HttpResponse<String>> seen = watcher.seen();
        return seen.isEmpty() ? "" : seen.get(seen.size() - 1).body();
    }

    @Test
    @Order(4)
    void shouldAnswerTenThousandConcurrentRequests() throws Exception {
        final List<HttpClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(gate.http2());
        }
        final int before = gate.upstream.requests.get();
        final List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            calls.add(clients.get(i % CLIENTS)
                    .sendAsync(
                            front.as("ana", "lumen", Door.TLS, i % 10 == 0 ? "/v1/models" : "/v1/nothing")
                                    .build(),
                            BodyHandlers.ofString()));
        }
        final Map<String, Integer> answers = new HashMap<>();
        for (final CompletableFuture<HttpResponse<String>> call : calls) {
            final HttpResponse<String> response = call.join();
            assertEquals(HttpClient.Version.HTTP_2, response.version());
            answers.merge(response.statusCode() + " " + header(response, "x-tollgate-reason"), 1, Integer::sum);
        }
        final Set<String> known = Set.of("200 ", "400 UNKNOWN_ACTION", "503 OVERLOADED");
        assertTrue(known.containsAll(answers.keySet()), answers.toString());
        assertTrue(answers.containsKey("400 UNKNOWN_ACTION"), answers.toString());
        assertEquals(answers.getOrDefault("200 ", 0), gate.upstream.requests.get() - before, answers.toString());
    }

    @Test
    @Order(5)
    void shouldDependOnEnvoyWhenTheSidecarIsLateForIt() throws Exception {
        assertEquals(0, stat(Door.HASTY_SHUT, "error"));
        gate.sidecar.signal("STOP");
        try {
            final HttpResponse<String> shut = invoke(Door.HASTY_SHUT);
            assertEquals(503, shut.statusCode(), "status_on_error; without it 403");
            assertEquals("", header(shut, "x-tollgate-reason"), "nobody has decided");
            assertEquals(200, invoke(Door.HASTY_OPEN).statusCode(), "the hole that failure_mode_allow is");
        } finally {
            gate.sidecar.signal("CONT");
        }
        assertEquals(1, stat(Door.HASTY_SHUT, "error"));
        assertEquals(1, stat(Door.HASTY_OPEN, "failure_mode_allowed"));
        gate.sidecar.await("an open gate", () -> front.isOpen(Door.HASTY_SHUT));
    }

    @Test
    @Order(6)
    void shouldServeWithoutTheControlPlaneUntilEvidenceIsTooOldAndThenDenyAll() {
        gate.controlPlane.kill();
        final long killedAt = System.nanoTime();
        int served = 0;
        HttpResponse<String> response = invoke(Door.OPEN);
        for (; response.statusCode() == 200; response = invoke(Door.OPEN)) {
            served++;
            assertFalse(header(response, "x-tollgate-decision-id").isEmpty());
            assertTrue(System.nanoTime() - killedAt < 60_000_000_000L, "never stale");
            sleep(20);
        }
        assertTrue(served > 0, "what is known is good for " + MAX_AGE_S + " s");
        for (int i = 0; i < 20; i++) {
            Seen.denied(invoke(Door.OPEN), 503, "SNAPSHOT_STALE");
        }
        gate.controlPlane = gate.site.startControlPlane();
        gate.sidecar.await("an open gate", () -> front.isOpen(Door.OPEN));
        assertEquals(0, stat(Door.OPEN, "error"), "until here every answer was a decision");
        assertEquals(0, stat(Door.SHUT, "error"));
    }

    @Test
    @Order(7)
    void shouldStayShutWhenTheSidecarIsKilledIfEnvoyIsToldSo() {
        gate.sidecar.kill();
        final int before = gate.upstream.requests.get();
        for (int i = 0; i < 5; i++) {
            assertEquals(403, invoke(Door.SHUT).statusCode(), "Envoy's own status where nobody answers");
        }
        assertEquals(before, gate.upstream.requests.get());
        assertEquals(200, invoke(Door.OPEN).statusCode(), "nobody is there who could deny");
        gate.startSidecar();
        gate.sidecar.await("an open gate", () -> front.isOpen(Door.SHUT));
    }
}
