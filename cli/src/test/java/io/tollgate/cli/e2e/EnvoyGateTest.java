/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real Envoys in front of a real service, asking a real sidecar: what a client of that service sees. */
class EnvoyGateTest {
    private static final long MAX_AGE_S = 3;
    private static final String MAPPING =
            """
            trusted_headers: [x-user, x-tenant]
            upstream:
              identity: { organization: x-org-id, actor_id: x-actor-id, decision_id: x-decision-id }
              remove: [x-api-key]
            request:
              organization: { header: x-tenant }
              actor_type: user
              actor_id: { header: x-user }
            rules:
              - { name: open, match: { path: /open }, pass: true }
              - name: invoke
                match: { methods: [POST], path: "/v1/models/{model}/invoke" }
                request:
                  product: llm
                  resource_type: model
                  action: invoke
                  resource_attributes: { model: { path: model } }
                  usage: [ { unit: input_token, amount: { query: tokens }, default: 1 } ]
              - name: federate
                match: { path: /v1/federation }
                request: { product: account, resource_type: member, action: federate }
              - name: launch
                match: { methods: [POST], path: "/v1/projects/{project}/launch" }
                request:
                  product: compute
                  resource_type: gpu_instance
                  action: launch
                  project: { path: project }
                  usage: [ { unit: gpu_hour, amount: 1 } ]
            """;

    @TempDir
    Path directory;

    private final int envoyPort = Site.freePort();
    private final HttpClient http = HttpClient.newHttpClient();
    private Site site;
    private Upstream upstream;
    private RealProcess controlPlane;
    private RealProcess sidecar;
    private RealEnvoy envoy;

    @BeforeEach
    void start() throws IOException {
        Site.copyAcme(directory, MAX_AGE_S);
        final Path mapping = Files.writeString(directory.resolve("mapping.yaml"), MAPPING);
        site = new Site(directory, "acme", "acme", "envoy: { mapping: '" + mapping + "' }");
        upstream = new Upstream();
        controlPlane = site.startControlPlane();
        sidecar = site.startSidecar();
    }

    @AfterEach
    void stop() {
        if (envoy != null) {
            envoy.close();
        }
        upstream.close();
        sidecar.close();
        controlPlane.close();
    }

    static List<String> versions() {
        return RealEnvoy.VERSIONS;
    }

    static List<String> newest() {
        return RealEnvoy.VERSIONS.subList(0, 1);
    }

    private void startEnvoy(final String version, final boolean failureModeAllow) throws Exception {
        envoy = RealEnvoy.start(version, directory, configuration(failureModeAllow));
        sidecar.await("an open gate", () -> {
            assertTrue(envoy.alive(), envoy.output());
            return isOpen();
        });
    }

    /** The example, with other ports, and without what Envoy itself does about paths: here Tollgate has to see them. */
    private String configuration(final boolean failureModeAllow) throws IOException {
        final Path example = Path.of(System.getProperty("tollgate.root"), "examples", "envoy", "envoy.yaml");
        return Files.readString(example)
                .replace("port_value: 10000", "port_value: " + envoyPort)
                .replace("port_value: 8080", "port_value: " + upstream.port())
                .replace("port_value: 7070", "port_value: " + site.decidePort())
                .replace("failure_mode_allow: false", "failure_mode_allow: " + failureModeAllow)
                .replace("normalize_path: true", "normalize_path: false")
                .replace("merge_slashes: true", "merge_slashes: false")
                .replace("escaped_slashes_action: REJECT_REQUEST", "escaped_slashes_action: KEEP_UNCHANGED");
    }

    private HttpResponse<String> send(final HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(Duration.ofSeconds(10)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (final IOException ex) {
            return new NoAnswer(ex);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new AssertionError(ex);
        }
    }

    private HttpRequest.Builder post(final String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + envoyPort + path))
                .POST(HttpRequest.BodyPublishers.ofString("{}"));
    }

    private HttpResponse<String> invoke(final String user, final String organization) {
        return send(post("/v1/models/small/invoke").header("x-user", user).header("x-tenant", organization));
    }

    /** By a decision, and not because Envoy reaches nobody and lets everything pass. */
    private boolean isOpen() {
        final HttpResponse<String> response = invoke("ana", "lumen");
        return response.statusCode() == 200
                && !header(response, "x-tollgate-decision-id").isEmpty();
    }

    private static String header(final HttpResponse<String> response, final String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static JsonNode problem(final HttpResponse<String> response) {
        assertEquals("application/problem+json", header(response, "content-type"), response.body());
        try {
            return new JsonMapper().readTree(response.body());
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldAllowDenyAndTellWhy(final String version) throws Exception {
        startEnvoy(version, false);
        final HttpResponse<String> allowed = send(post("/v1/models/small/invoke")
                .header("x-user", "ana")
                .header("x-tenant", "lumen")
                .header("x-org-id", "spoofed")
                .header("x-decision-id", "spoofed")
                .header("x-api-key", "secret"));
        assertEquals(200, allowed.statusCode(), allowed.body());
        assertTrue(allowed.body().contains("x-org-id: lumen\n"), allowed.body());
        assertTrue(allowed.body().contains("x-actor-id: ana\n"), allowed.body());
        assertFalse(allowed.body().contains("spoofed"), allowed.body());
        assertFalse(allowed.body().contains("x-api-key"), allowed.body());
        assertFalse(header(allowed, "x-tollgate-decision-id").isEmpty());
        assertTrue(header(allowed, "ratelimit").contains("r="), header(allowed, "ratelimit"));

        final HttpResponse<String> open = send(post("/open").header("x-org-id", "spoofed"));
        assertEquals(200, open.statusCode());
        assertFalse(open.body().contains("spoofed"), "nobody sends our headers through: " + open.body());

        final int before = upstream.requests.get();
        final HttpResponse<String> policy =
                send(post("/v1/projects/vision/launch").header("x-user", "tom").header("x-tenant", "lumen"));
        assertEquals(403, policy.statusCode(), policy.body());
        assertEquals("POLICY_DENY", header(policy, "x-tollgate-reason"));
        assertEquals("POLICY_DENY", problem(policy).get("reason").asText());

        final HttpResponse<String> entitlement =
                send(post("/v1/federation").header("x-user", "bea").header("x-tenant", "fernway"));
        assertEquals(403, entitlement.statusCode(), entitlement.body());
        assertEquals("ENTITLEMENT_MISSING", header(entitlement, "x-tollgate-reason"));

        assertEquals(400, send(post("/v1/unknown")).statusCode());
        assertEquals(400, invoke("nobody", "lumen").statusCode());
        assertEquals(
                400,
                send(post("/v1/models/small/invoke?tokens=x")
                                .header("x-user", "ana")
                                .header("x-tenant", "lumen"))
                        .statusCode());
        assertEquals(before, upstream.requests.get(), "nothing of this came through");
    }

    @ParameterizedTest
    @MethodSource("newest")
    void shouldLimitAndSayWhenToComeBack(final String version) throws Exception {
        startEnvoy(version, true);
        HttpResponse<String> last = invoke("dora", "tidepool");
        for (int i = 0; i < 20 && last.statusCode() == 200; i++) {
            last = invoke("dora", "tidepool");
        }
        assertEquals(429, last.statusCode(), last.body());
        assertEquals("RATE_LIMITED", problem(last).get("reason").asText());
        assertTrue(Integer.parseInt(header(last, "retry-after")) >= 1);
        assertTrue(header(last, "ratelimit-policy").contains(";q=20;"), header(last, "ratelimit-policy"));
    }

    @ParameterizedTest
    @MethodSource("newest")
    void shouldRefusePathsThatTwoProgramsReadDifferently(final String version) throws Exception {
        startEnvoy(version, true);
        final int before = upstream.requests.get();
        for (final String path : List.of(
                "/open/%2e%2e/v1/models/small/invoke",
                "/open%2f..%2fv1", "/open;x=1", "//open", "/%6fpen/%00", "/open/%252e%252e/x", "/open/%ff")) {
            final HttpResponse<String> response =
                    send(post(path).header("x-user", "ana").header("x-tenant", "lumen"));
            assertEquals(400, response.statusCode(), path + ": " + response.body());
        }
        assertEquals(before, upstream.requests.get(), "nothing of this came through");
    }

    @ParameterizedTest
    @MethodSource("newest")
    void shouldHoldAgainstFailureModeAllowWhileTheSidecarCanAnswer(final String version) throws Exception {
        startEnvoy(version, true);
        controlPlane.kill();
        sidecar.await("stale denies", () -> invoke("ana", "lumen").statusCode() != 200);
        final HttpResponse<String> stale = invoke("ana", "lumen");
        assertEquals(503, stale.statusCode(), stale.body());
        assertEquals("SNAPSHOT_STALE", problem(stale).get("reason").asText());
        for (int i = 0; i < 20; i++) {
            assertEquals(
                    503, invoke("ana", "lumen").statusCode(), "once stale, nothing opens it but the control plane");
        }
        controlPlane = site.startControlPlane();
        sidecar.await("an open gate", this::isOpen);
    }

    @ParameterizedTest
    @MethodSource("newest")
    void shouldStayShutWhenTheSidecarIsKilled(final String version) throws Exception {
        startEnvoy(version, false);
        sidecar.kill();
        final int before = upstream.requests.get();
        for (int i = 0; i < 5; i++) {
            assertEquals(403, invoke("ana", "lumen").statusCode(), "Envoy's own status where nobody answers");
        }
        assertEquals(before, upstream.requests.get());
        sidecar = site.startSidecar();
        sidecar.await("an open gate", this::isOpen);
    }

    @ParameterizedTest
    @MethodSource("newest")
    void shouldAnswerTenThousandConcurrentRequests(final String version) throws Exception {
        startEnvoy(version, false);
        final List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            calls.add(http.sendAsync(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + envoyPort + "/v1/nothing"))
                            .GET()
                            .build(),
                    HttpResponse.BodyHandlers.ofString()));
        }
        int denied = 0;
        for (final CompletableFuture<HttpResponse<String>> call : calls) {
            final int status = call.join().statusCode();
            assertTrue(status == 400 || status == 503, "status " + status);
            denied += status == 400 ? 1 : 0;
        }
        assertTrue(denied > 0);
    }
}
