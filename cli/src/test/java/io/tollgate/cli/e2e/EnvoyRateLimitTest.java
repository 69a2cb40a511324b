/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Envoy with the rate limit filter in front of a real service, asking a real sidecar: what a client of that service sees. One of
 * each for all tests, of which the last ends the control plane. With failure_mode_deny: false, so that whatever is refused was refused by
 * Tollgate.
 */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EnvoyRateLimitTest {
    private static final long MAX_AGE_S = 3;
    /** Descriptors of who asks (x-tenant, x-user) for what, before those of the example. */
    private static final String ROUTES =
            """
                                - match: { prefix: /both }
                                  route: { cluster: service }
                                  typed_per_filter_config:
                                    envoy.filters.http.ratelimit:
                                      "@type": type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute
                                      rate_limits:
                                        - actions: [ ACTOR, { generic_key: { descriptor_key: do, descriptor_value: tokens } } ]
                                          hits_addend: { format: "%REQ(x-first)%" }
                                        - actions: [ { remote_address: {} } ]
                                        - actions: [ ACTOR, { generic_key: { descriptor_key: do, descriptor_value: tokens } } ]
                                          hits_addend: { format: "%REQ(x-second)%" }
                                - match: { prefix: /written }
                                  route: { cluster: service }
                                  response_headers_to_add: [ { header: { key: x-written, value: "%REQ(x-will-write)%" } } ]
                                  typed_per_filter_config:
                                    envoy.filters.http.ratelimit:
                                      "@type": type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute
                                      rate_limits:
                                        - actions: [ ACTOR, { generic_key: { descriptor_key: do, descriptor_value: write } } ]
                                          hits_addend: { number: 0 }
                                        - actions: [ ACTOR, { generic_key: { descriptor_key: do, descriptor_value: write } } ]
                                          hits_addend: { format: "%RESP(x-written)%" }
                                          apply_on_stream_done: true
                                - match: { prefix: /borrowed }
                                  route: { cluster: service }
                                  typed_per_filter_config:
                                    envoy.filters.http.ratelimit:
                                      "@type": type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute
                                      rate_limits:
                                        - actions: [ ACTOR, { generic_key: { descriptor_key: do, descriptor_value: ask } } ]
                                        - actions: [ ACTOR, { generic_key: { descriptor_key: do, descriptor_value: ask } } ]
                                          hits_addend: { number: 1, is_negative_hits: true }
                                          apply_on_stream_done: true
                                - match: { prefix: /nobody-knows }
                                  route: { cluster: service }
                                  typed_per_filter_config:
                                    envoy.filters.http.ratelimit:
                                      "@type": type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute
                                      rate_limits: [ { actions: [ { generic_key: { descriptor_value: what } } ] } ]
            """
                    .indent(4)
                    .replace(
                            "ACTOR",
                            "{ request_headers: { header_name: x-tenant, descriptor_key: tenant } }, { request_headers:"
                                    + " { header_name: x-user, descriptor_key: user } }");

    private static final String RULES =
            """
                  - name: tokens
                    match: [ { key: tenant }, { key: user }, { key: do, value: tokens } ]
                    request: { WHO, product: llm, resource_type: model, action: invoke, resource_attributes: { model: small } }
                    hits: { unit: input_token }
                  - name: ask
                    match: [ { key: tenant }, { key: user }, { key: do, value: ask } ]
                    request: { WHO, product: llm, resource_type: model, action: ping }
                  - name: write
                    match: [ { key: tenant }, { key: user }, { key: do, value: write } ]
                    request: { WHO, product: storage, resource_type: bucket, action: write, resource_attributes: { region: eu-1 } }
                    hits: { unit: mib, partial: true }
                  - { name: address, match: [ { key: remote_address, value: "127.*" } ], unlimited: true }
            """
                    .replace("WHO", "organization: { entry: tenant }, actor_type: user, actor_id: { entry: user }");

    @TempDir
    static Path directory;

    private static final int ENVOY_PORT = Site.freePort();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static Site site;
    private static Upstream upstream;
    private static RealProcess controlPlane;
    private static RealProcess sidecar;
    private static RealEnvoy envoy;

    @BeforeAll
    static void start() throws Exception {
        Site.copyAcme(directory, MAX_AGE_S);
        addPings(directory.resolve("acme"));
        final Path example = Path.of(System.getProperty("tollgate.root"), "examples", "envoy");
        final Path mapping = Files.writeString(
                directory.resolve("mapping.yaml"),
                Files.readString(example.resolve("ratelimit.mapping.yaml"))
                        .replace("    rules:\n", "    rules:\n" + RULES));
        site = new Site(
                directory, "acme", "acme", "envoy: { mapping: '" + mapping + "' }\nshed: { max_loop_lag_ms: 60000 }");
        upstream = new Upstream();
        controlPlane = site.startControlPlane();
        sidecar = site.startSidecar();
        envoy = RealEnvoy.start(
                RealEnvoy.VERSIONS.get(0),
                directory,
                Files.readString(example.resolve("ratelimit.yaml"))
                        .replace("port_value: 9901", "port_value: " + Site.freePort())
                        .replace("port_value: 10000", "port_value: " + ENVOY_PORT)
                        .replace("port_value: 8080", "port_value: " + upstream.port())
                        .replace("port_value: 7070", "port_value: " + site.decidePort())
                        .replace("failure_mode_deny: true", "failure_mode_deny: false")
                        // a busy machine is no fault of the sidecar's; what is late passes here
                        .replace(
                                "timeout: 0.25s\n                      # x-rate",
                                "timeout: 10s\n                      # x-rate")
                        .replace("                      routes:\n", "                      routes:\n" + ROUTES));
        sidecar.await("answers through Envoy", () -> {
            assertTrue(envoy.alive(), envoy.output());
            final HttpResponse<String> response = ask("/both", "lumen", "ana", "x-first", "1");
            return response.statusCode() == 200
                    && !header(response, "x-tollgate-decision-id").isEmpty();
        });
    }

    /** An action of which Tidepool has 5 a day, and for which nobody pays: what a metered feature pays for does not come back. */
    private static void addPings(final Path bundle) throws IOException {
        edit(
                bundle.resolve("registry/products.yaml"),
                "          list: {}",
                "          ping: { charges: { llm.pings: 1 } }");
        edit(
                bundle.resolve("registry/dimensions.yaml"),
                "dimensions:",
                "  llm.pings: { name: Pings, family: llm, unit: request, kind: period }");
        edit(
                bundle.resolve("limits/customers.yaml"),
                "  org:tidepool:",
                "    pings: { dimension: llm.pings, limit: 5, per: daily }");
    }

    private static void edit(final Path file, final String line, final String next) throws IOException {
        final String text = Files.readString(file);
        assertTrue(text.contains(line + "\n"), file + " has no " + line);
        Files.writeString(file, text.replace(line + "\n", line + "\n" + next + "\n"));
    }

    @AfterAll
    static void stop() {
        if (envoy != null) {
            envoy.close();
        }
        upstream.close();
        sidecar.close();
        controlPlane.close();
    }

    private static HttpResponse<String> ask(
            final String path, final String tenant, final String user, final String... headers) {
        final String[] all = new String[headers.length + 4];
        all[0] = "x-tenant";
        all[1] = tenant;
        all[2] = "x-user";
        all[3] = user;
        System.arraycopy(headers, 0, all, 4, headers.length);
        return send(path, all);
    }

    private static HttpResponse<String> send(final String path, final String... headers) {
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ENVOY_PORT + path))
                            .headers(headers.length == 0 ? new String[] {"accept", "*/*"} : headers)
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (final IOException ex) {
            return new NoAnswer(ex);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new AssertionError(ex);
        }
    }

    private static String header(final HttpResponse<String> response, final String name) {
        return String.join(" AND ", response.headers().allValues(name));
    }

    private static JsonNode problem(final HttpResponse<String> response) throws IOException {
        assertEquals(429, response.statusCode(), response.body());
        assertEquals("application/problem+json", header(response, "content-type"));
        assertEquals("true", header(response, "x-envoy-ratelimited"));
        final JsonNode problem = new JsonMapper().readTree(response.body());
        assertEquals(
                header(response, "x-tollgate-reason"), problem.get("reason").asText());
        assertEquals(
                header(response, "x-tollgate-decision-id"),
                problem.get("decision_id").asText());
        return problem;
    }

    @Test
    @Order(1)
    void shouldLetPassAndTellWhatIsLeftUntilTheLimit() throws Exception {
        final HttpResponse<String> first = send("/v1/models/small", "x-api-key", "demo-key-tidepool-notebook");
        assertEquals(200, first.statusCode(), first.body());
        assertFalse(header(first, "x-tollgate-decision-id").isEmpty());
        assertEquals("\"requests\";q=20;qu=\"request\";w=60", header(first, "ratelimit-policy"));
        assertTrue(header(first, "ratelimit").startsWith("\"requests\";r=4;t="), header(first, "ratelimit"));
        assertEquals(
                "20, 20;w=60;name=\"requests\"",
                header(first, "x-ratelimit-limit"),
                "Envoy's own, of our current_limit");
        assertEquals("4", header(first, "x-ratelimit-remaining"));
        assertFalse(first.body().contains("x-api-key"), first.body());
        HttpResponse<String> last = first;
        int passed = 0;
        while (last.statusCode() == 200 && passed < 20) {
            passed++;
            last = send("/v1/models/small", "x-api-key", "demo-key-tidepool-notebook");
        }
        assertTrue(passed >= 5, "a burst of 5, but " + passed + " passed");
        final int before = upstream.requests.get();
        final JsonNode problem = problem(last);
        assertEquals("RATE_LIMITED", problem.get("reason").asText());
        assertEquals("Limit reached", problem.get("title").asText());
        assertTrue(Integer.parseInt(header(last, "retry-after")) >= 1);
        assertEquals("no-store", header(last, "cache-control"));
        assertEquals("0", header(last, "x-ratelimit-remaining"));
        assertEquals(
                401,
                send("/v1/models/small").statusCode(),
                "without a key there is no descriptor: Envoy's route says no");
        assertEquals(before, upstream.requests.get(), "nothing of this came through");
    }

    @Test
    @Order(2)
    void shouldTakeAllDescriptorsOrNone() throws Exception {
        final HttpResponse<String> denied = ask("/both", "fernway", "bea", "x-first", "60000", "x-second", "60000");
        assertEquals("RATE_LIMITED", problem(denied).get("reason").asText());
        final HttpResponse<String> one = ask("/both", "fernway", "bea", "x-first", "90000");
        assertEquals(200, one.statusCode(), "the request that was denied has taken nothing: " + one.body());
        assertEquals(429, ask("/both", "fernway", "bea", "x-first", "90000").statusCode());
    }

    @Test
    @Order(3)
    void shouldRefuseForEveryReasonWithItsName() throws Exception {
        final int before = upstream.requests.get();
        assertEquals(
                "UNKNOWN_ACTOR",
                problem(ask("/both", "lumen", "nobody", "x-first", "1"))
                        .get("reason")
                        .asText());
        assertEquals(
                "UNKNOWN_ACTOR",
                problem(send("/v1/models/small", "x-api-key", "guessed"))
                        .get("reason")
                        .asText());
        assertEquals(
                "UNKNOWN_ACTION", problem(send("/nobody-knows")).get("reason").asText());
        assertEquals(before, upstream.requests.get(), "nothing of this came through");
    }

    /** Envoy takes for a gRPC client who says so, also over HTTP/1.1. */
    @Test
    @Order(3)
    void shouldSpeakToGrpcClientsInTheirWay() {
        final HttpResponse<String> denied = send("/nobody-knows", "content-type", "application/grpc");
        assertEquals(200, denied.statusCode(), denied.body());
        assertEquals("application/grpc", header(denied, "content-type"));
        assertEquals("8", header(denied, "grpc-status"), "RESOURCE_EXHAUSTED");
        assertEquals("UNKNOWN_ACTION", header(denied, "x-tollgate-reason"));
        assertTrue(header(denied, "grpc-message").contains("UNKNOWN_ACTION"), "the problem is the message");
    }

    @Test
    @Order(4)
    void shouldChargeWhatTheResponseSaysAfterIt() throws Exception {
        final HttpResponse<String> first = ask("/written", "tidepool", "dora", "x-will-write", "2000");
        assertEquals(200, first.statusCode(), first.body());
        assertTrue(header(first, "ratelimit").contains("r=1073741824"), header(first, "ratelimit"));
        sidecar.await(
                "the hits of the end of the stream",
                () -> ask("/written", "tidepool", "dora", "x-will-write", "0").statusCode() == 429);
        final HttpResponse<String> next = ask("/written", "tidepool", "dora");
        assertEquals("QUOTA_EXHAUSTED", problem(next).get("reason").asText());
        assertEquals("0", header(next, "x-ratelimit-remaining"));
    }

    @Test
    @Order(5)
    void shouldGiveBackNegativeHits() {
        final HttpResponse<String> first = ask("/borrowed", "tidepool", "dora");
        assertEquals("5, 5;w=86400;name=\"pings\"", header(first, "x-ratelimit-limit"), first.body());
        for (int i = 0; i < 12; i++) {
            sidecar.await(
                    "a hit that comes back",
                    () -> ask("/borrowed", "tidepool", "dora").statusCode() == 200);
        }
    }

    /** What docs/envoy.md warns of. */
    @Test
    @Order(6)
    void shouldNotBeAskedWhereEnvoyHasNoDescriptor() {
        final HttpResponse<String> response = send("/borrowed");
        assertEquals(200, response.statusCode());
        assertEquals("", header(response, "x-tollgate-decision-id"));
    }

    @Test
    @Order(7)
    void shouldStayOverTheLimitWhileTheDataIsStale() throws Exception {
        controlPlane.kill();
        sidecar.await(
                "stale data", () -> ask("/both", "lumen", "ana", "x-first", "1").statusCode() != 200);
        final int before = upstream.requests.get();
        for (int i = 0; i < 5; i++) {
            final HttpResponse<String> stale = ask("/both", "lumen", "ana", "x-first", "1", "x-second", "1");
            assertEquals("SNAPSHOT_STALE", problem(stale).get("reason").asText());
        }
        assertEquals(before, upstream.requests.get(), "although Envoy was told to let errors pass");
    }
}
