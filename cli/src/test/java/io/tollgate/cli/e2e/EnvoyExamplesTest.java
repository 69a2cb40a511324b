/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.tollgate.server.envoy.mapping.Mapping;
import io.tollgate.server.envoy.mapping.MappingReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The configurations of examples/envoy, driven by real clients through real Envoys: what passes, what does not, what is forged. */
@Timeout(180)
class EnvoyExamplesTest extends ExampleCalls {
    private static final List<String> NAMES = List.of("http", "grpc", "jwt", "mtls", "uds");

    @TempDir
    static Path directory;

    private static Tokens tokens;
    private static Certificates certificates;
    private static ExampleGates.Gate http;
    private static ExampleGates.Gate grpc;
    private static ExampleGates.Gate jwt;
    private static ExampleGates.Gate mtls;
    private static ExampleGates.Gate uds;

    @BeforeAll
    static void start() throws Exception {
        gates = new ExampleGates(directory);
        NAMES.forEach(gates::startSidecar);
        tokens = new Tokens();
        Files.writeString(directory.resolve("jwks.json"), tokens.keySet());
        certificates = certify(Files.createDirectory(directory.resolve("tls")));
        http = gates.startEnvoy("http");
        grpc = gates.startEnvoy("grpc");
        jwt = gates.startEnvoy("jwt");
        mtls = gates.startEnvoy("mtls");
        uds = gates.startEnvoy("uds");
    }

    private static Certificates certify(final Path folder) throws Exception {
        final Certificates made = new Certificates(folder);
        made.authority("clients-ca");
        made.authority("other-ca");
        made.server("server", "clients-ca", "ip:127.0.0.1", "-validity", "1");
        made.server("trainer", "clients-ca", "uri:spiffe://acme.example/org/lumen/service/trainer", "-validity", "1");
        made.server("person", "clients-ca", "uri:spiffe://acme.example/user/ana", "-validity", "1");
        made.server("forged", "other-ca", "uri:spiffe://acme.example/org/lumen/service/trainer", "-validity", "1");
        return made;
    }

    @AfterAll
    static void stop() {
        gates.close();
    }

    // --- http.yaml

    @Test
    void httpShouldTellTheServiceWhoseKeyItIs() throws Exception {
        final HttpResponse<String> invoke = send(post(http, "/v1/models/small/invoke", "{\"max_tokens\":20}")
                .header("x-api-key", RAG_KEY)
                .header("x-org-id", "spoofed")
                .header("x-actor-id", "spoofed")
                .header("x-decision-id", "spoofed"));
        assertSeen(invoke, "x-org-id: lumen", "x-project-id: rag", "x-actor-type: service", "x-actor-id: rag-api");
        assertFalse(invoke.body().contains(RAG_KEY), invoke.body());
        final String id = invoke.headers().firstValue("x-tollgate-decision-id").orElse("");
        assertTrue(!id.isEmpty() && invoke.body().contains("x-decision-id: " + id + "\n"), invoke.body());
        assertTrue(invoke.headers().firstValue("ratelimit").orElse("").contains(";r="));

        final HttpResponse<String> write = send(get(http, "/v1/buckets/reports/2026/november.txt")
                .PUT(BodyPublishers.ofString("twelve bytes"))
                .header("x-api-key", "demo-key-fernway-indexer"));
        assertSeen(write, "x-org-id: fernway", "x-project-id: archive", "x-actor-id: indexer");

        final HttpResponse<String> health = send(get(http, "/healthz").header("x-org-id", "spoofed"));
        assertSeen(health);
        assertTrue(http.stat("http.gate.ext_authz.tollgate.ok") >= 3);
        assertTrue(http.stat("cluster.tollgate.health_check.success") >= 1);
    }

    @Test
    void httpShouldRefuseWhatIsNotAllowed() throws Exception {
        final String body = "{\"max_tokens\":20}";
        final String invoke = "/v1/models/small/invoke";
        final HttpResponse<String> denied = assertRefused(
                403,
                "POLICY_DENY",
                post(http, "/v1/models/large/invoke", body).header("x-api-key", "demo-key-tidepool-notebook"));
        assertRefused(
                403, "SUBSCRIPTION_INACTIVE", post(http, invoke, body).header("x-api-key", "demo-key-quarry-survey"));
        assertRefused(400, "UNKNOWN_ACTOR", post(http, invoke, body).header("x-api-key", "guessed"));
        assertRefused(400, "ACTOR_DISABLED", post(http, invoke, body).header("x-api-key", "demo-key-lumen-rag-old"));
        assertRefused(400, "INVALID_REQUEST", post(http, invoke, body));
        assertRefused(400, "INVALID_REQUEST", post(http, invoke, body).header("x-api-key", RAG_KEY + "," + RAG_KEY));
        assertRefused(400, "INVALID_REQUEST", post(http, invoke, "no JSON").header("x-api-key", RAG_KEY));
        assertRefused(
                400,
                "INVALID_REQUEST",
                post(http, invoke, "{\"max_tokens\":-1}").header("x-api-key", RAG_KEY));
        assertRefused(400, "UNKNOWN_ACTION", post(http, "/v1/other", body).header("x-api-key", RAG_KEY));
        assertTrue(http.stat("http.gate.ext_authz.tollgate.denied") >= 9);
        assertEquals(0, http.stat("http.gate.ext_authz.tollgate.invalid"));
        assertLogged(
                http,
                "\"decision_id\":\""
                        + denied.headers().firstValue("x-tollgate-decision-id").orElse("") + "\"",
                "\"flags\":\"UAEX\"",
                "\"reason\":\"POLICY_DENY\"",
                "\"rule\":\"invoke\"",
                "\"status\":403");
    }

    /** A line of the access log has all of these. */
    private static void assertLogged(final ExampleGates.Gate gate, final String... parts) {
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (gate.envoy().output().lines().noneMatch(line -> Stream.of(parts).allMatch(line::contains))) {
            assertTrue(
                    System.nanoTime() < end,
                    () -> String.join(" ", parts) + " in\n" + gate.envoy().output());
            RealProcess.pause();
        }
    }

    @Test
    void httpShouldStopInEnvoyWhatIsAmbiguousOrTooLarge() throws Exception {
        final String invoke = "/v1/models/small/invoke";
        assertStopped(413, post(http, invoke, " ".repeat(70_000)).header("x-api-key", RAG_KEY));
        assertStopped(400, get(http, "/healthz%2f..%2fv1").header("x-api-key", RAG_KEY));
        assertStopped(400, get(http, "/healthz%5cx").header("x-api-key", RAG_KEY));
        assertStopped(400, post(http, invoke, "{}").header("x-api-key", RAG_KEY).header("x_org_id", "spoofed"));
        final int before = gates.service.requests.get();
        assertEquals(400, send(get(http, "/healthz/%252e%252e/x")).statusCode());
        assertEquals(before, gates.service.requests.get());
    }

    // --- uds.yaml

    @Test
    void udsShouldAskOverTheSocketWhatTheRouteSays() throws Exception {
        final HttpResponse<String> invoke =
                send(spoofed(post(uds, "/v1/models/small/invoke", "{}").header("x-api-key", RAG_KEY)));
        assertSeen(invoke, "x-org-id: lumen", "x-actor-id: rag-api");
        assertSeen(send(get(uds, "/v1/buckets/reports").header("x-api-key", RAG_KEY)), "x-actor-id: rag-api");
        assertRefused(
                403,
                "SUBSCRIPTION_INACTIVE",
                post(uds, "/v1/models/small/invoke", "").header("x-api-key", "demo-key-quarry-survey"));
        assertRefused(
                403,
                "POLICY_NO_GRANT",
                get(uds, "/v1/buckets/reports").header("x-api-key", "demo-key-brightside-summarizer"));
        assertSeen(send(spoofed(get(uds, "/healthz"))));
        assertStopped(404, get(uds, "/v1/other").header("x-api-key", RAG_KEY));
        assertTrue(uds.admin("/clusters").contains("tollgate::" + gates.socket()), uds.admin("/clusters"));
    }

    // --- jwt.yaml

    private static HttpRequest.Builder invoke(final String token) {
        return post(jwt, "/v1/models/small/invoke?max_tokens=20", "").header("authorization", "Bearer " + token);
    }

    @Test
    void jwtShouldDecideByVerifiedClaims() throws Exception {
        final HttpResponse<String> ana = send(spoofed(invoke(tokens.signed(Tokens.claims("ana", "")))));
        assertSeen(ana, "x-org-id: lumen", "x-actor-type: user", "x-actor-id: ana");
        assertFalse(ana.body().contains("authorization"), "the service does not get the token: " + ana.body());

        assertRefused(403, "POLICY_NO_GRANT", invoke(tokens.signed(Tokens.claims("finn", ""))));
        assertSeen(send(invoke(tokens.signed(Tokens.claims("finn", ",\"roles\":[\"engineer\"]")))), "x-actor-id: finn");
        assertRefused(
                400,
                "UNKNOWN_ACTOR",
                invoke(tokens.signed(Tokens.claims("ana", "").replace("lumen", "fernway"))));
        assertRefused(
                400,
                "INVALID_REQUEST",
                invoke(tokens.signed(Tokens.claims("ana", "").replace("\"sub\"", "\"subject\""))));
        assertRefused(
                403,
                "POLICY_DENY",
                post(jwt, "/v1/projects/vision/launch", "")
                        .header("authorization", "Bearer " + tokens.signed(Tokens.claims("tom", ""))));
        assertSeen(send(spoofed(get(jwt, "/healthz"))));
    }

    @Test
    void jwtShouldStopTokensThatAreMissingForgedOrForOthers() throws Exception {
        final String good = Tokens.claims("ana", "");
        assertStopped(401, post(jwt, "/v1/models/small/invoke", ""));
        assertStopped(401, post(jwt, "/v1/models/small/invoke?access_token=" + tokens.signed(good), ""));
        assertStopped(
                401, post(jwt, "/v1/models/small/invoke", "").header("authorization", "Basic " + tokens.signed(good)));
        assertStopped(401, invoke(new Tokens().signed(good)));
        assertStopped(401, invoke(Tokens.withoutSignature(good)));
        assertStopped(401, invoke(tokens.signedWithThePublicKey(good)));
        final String real = tokens.signed(good);
        final String others = Tokens.withoutSignature(Tokens.claims("olga", ""));
        assertStopped(401, invoke(others + real.substring(real.lastIndexOf('.') + 1)));
        final String expired = good.replaceFirst("\"exp\":\\d+", "\"exp\":" + (Tokens.now() - 120));
        assertStopped(401, invoke(tokens.signed(expired)));
        assertStopped(401, invoke(tokens.signed(good.replaceFirst("\"exp\":\\d+,", ""))));
        final String forYears = good.replaceFirst("\"exp\":\\d+", "\"exp\":" + (Tokens.now() + 1_000_000));
        assertStopped(401, invoke(tokens.signed(forYears)));
        assertStopped(401, invoke(tokens.signed(good.replace("login.acme", "login.other"))));
        assertStopped(403, invoke(tokens.signed(good.replace("api.acme", "api.other"))));
    }

    // --- mtls.yaml

    private static HttpResponse<String> asClient(final String certificate, final String path) throws Exception {
        final HttpClient client = HttpClient.newBuilder()
                .sslContext(certificates.client(certificate, "clients-ca"))
                .build();
        return send(
                client,
                spoofed(HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + mtls.port() + path))
                        .POST(BodyPublishers.noBody())));
    }

    @Test
    void mtlsShouldDecideByTheCertificatesName() throws Exception {
        final HttpResponse<String> launch = asClient("trainer", "/v1/projects/vision/launch?hours=2");
        assertSeen(launch, "x-org-id: lumen", "x-actor-type: service", "x-actor-id: trainer");
        assertFalse(launch.body().contains("x-forwarded-client-cert"), launch.body());
        assertSeen(asClient("trainer", "/v1/models/small/invoke"), "x-actor-id: trainer");

        final int before = gates.service.requests.get();
        final HttpResponse<String> elsewhere = asClient("trainer", "/v1/projects/rag/launch");
        assertEquals(403, elsewhere.statusCode(), elsewhere.body());
        assertEquals(
                "POLICY_NO_GRANT",
                elsewhere.headers().firstValue("x-tollgate-reason").orElse(""));
        assertEquals(before, gates.service.requests.get(), "nothing of this came through");

        assertTrue(answerTo("trainer").startsWith("HTTP/1.1 200"), "as a client of his own makes it");
        final int known = gates.service.requests.get();
        assertNoConnection(null, "fail_verify_no_cert");
        assertNoConnection("forged", "fail_verify_error"); // of another authority
        assertNoConnection("person", "fail_verify_san"); // of this authority, and no workload
        assertEquals(known, gates.service.requests.get(), "nothing of this came through");
    }

    private static void assertNoConnection(final String certificate, final String counter) throws Exception {
        final String name = "listener.127.0.0.1_" + mtls.port() + ".ssl." + counter;
        final long before = mtls.stat(name);
        assertEquals("", answerTo(certificate), counter);
        assertTrue(mtls.stat(name) > before, counter);
    }

    /** {@return what comes back over a TLS connection; empty = it was refused} */
    private static String answerTo(final String certificate) throws Exception {
        final SSLContext context = certificates.client(certificate, "clients-ca");
        try (Socket socket = context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), mtls.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write("GET /healthz HTTP/1.1\r\nhost: gate\r\nconnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (final SSLException | SocketException ex) {
            return "";
        }
    }

    // --- grpc.yaml

    @Test
    void grpcShouldGiveCallersAProperStatus() {
        final ManagedChannel channel = channel(grpc);
        try {
            assertEnded(
                    refused(channel, "Check", "demo-key-quarry-survey"),
                    Status.Code.PERMISSION_DENIED,
                    "SUBSCRIPTION_INACTIVE",
                    "The subscription is not active.");
            assertEnded(
                    refused(channel, "Watch", "demo-key-tidepool-notebook"),
                    Status.Code.PERMISSION_DENIED,
                    "POLICY_DENY",
                    "Your plan does not include this model.");
            assertEnded(
                    refused(channel, "Check", "guessed"),
                    Status.Code.INVALID_ARGUMENT,
                    "UNKNOWN_ACTOR",
                    "The API key is not known in this organization.");
            assertEnded(
                    refused(channel, "Check", null),
                    Status.Code.INVALID_ARGUMENT,
                    "INVALID_REQUEST",
                    "The request does not say who sends it.");
            assertEnded(
                    refused(channel, "Other", RAG_KEY),
                    Status.Code.INVALID_ARGUMENT,
                    "UNKNOWN_ACTION",
                    "Nothing is known about this address.");
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void grpcShouldSayWhenToComeBack() {
        final ManagedChannel channel = channel(grpc);
        final Metadata key = new Metadata();
        key.put(API_KEY, "demo-key-tidepool-notebook");
        try {
            final StatusRuntimeException end = assertThrows(StatusRuntimeException.class, () -> {
                for (int i = 0; i < 20; i++) {
                    ClientCalls.blockingUnaryCall(
                            io.grpc.ClientInterceptors.intercept(
                                    channel, MetadataUtils.newAttachHeadersInterceptor(key)),
                            GrpcUpstream.CALL,
                            patient(),
                            new byte[0]);
                }
            });
            assertEquals(Status.Code.RESOURCE_EXHAUSTED, end.getStatus().getCode(), end.toString());
            assertTrue(Integer.parseInt(end.getTrailers().get(text("retry-after"))) >= 1);
            assertEquals("RATE_LIMITED", end.getTrailers().get(text("x-tollgate-reason")));
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void grpcShouldStreamBothWaysFromTheFirstMessageOn() throws Exception {
        final ManagedChannel channel = channel(grpc);
        final Metadata headers = new Metadata();
        headers.put(API_KEY, RAG_KEY);
        headers.put(text("x-org-id"), "spoofed");
        headers.put(text("x-actor-id"), "spoofed");
        final AtomicReference<Metadata> first = new AtomicReference<>();
        final BlockingQueue<byte[]> echoes = new LinkedBlockingQueue<>();
        final CompletableFuture<Status> end = new CompletableFuture<>();
        gates.grpcService.seen.clear();
        try {
            final StreamObserver<byte[]> out = ClientCalls.asyncBidiStreamingCall(
                    io.grpc.ClientInterceptors.intercept(
                                    channel,
                                    MetadataUtils.newAttachHeadersInterceptor(headers),
                                    MetadataUtils.newCaptureMetadataInterceptor(first, new AtomicReference<>()))
                            .newCall(GrpcUpstream.STREAM, patient()),
                    new Echoes(echoes, end));
            for (int i = 0; i < 5; i++) {
                final byte[] message = ("message " + i).getBytes(StandardCharsets.UTF_8);
                out.onNext(message);
                // the next one is sent after this one came back: nothing on the way waits for more, or for the end
                assertArrayEquals(message, echoes.poll(30, TimeUnit.SECONDS));
            }
            out.onCompleted();
            assertTrue(end.get(30, TimeUnit.SECONDS).isOk());
        } finally {
            channel.shutdownNow();
        }
        assertNotNull(first.get().get(text("x-tollgate-decision-id")));
        final Metadata seen = gates.grpcService.seen.poll(30, TimeUnit.SECONDS);
        assertNotNull(seen);
        assertEquals("lumen", seen.get(text("x-org-id")));
        assertEquals("rag-api", seen.get(text("x-actor-id")));
        assertEquals(
                first.get().get(text("x-tollgate-decision-id")),
                seen.get(text("x-decision-id")),
                "one decision for all of it");
        assertFalse(seen.containsKey(API_KEY));
    }

    // --- all of them

    @Test
    void shouldAllBeValid() throws Exception {
        for (final String name : List.of("envoy", "settle", "ratelimit", "upstream")) {
            gates.validate(name, Files.readString(ExampleGates.example(name + ".yaml")));
        }
        try (Stream<Path> files = Files.list(ExampleGates.example(""))) {
            for (final Path file : files.filter(each -> each.toString().endsWith(".mapping.yaml"))
                    .toList()) {
                final Mapping mapping = MappingReader.read(file);
                assertEquals(!file.toString().endsWith("ratelimit.mapping.yaml"), mapping.size() > 0, file.toString());
            }
        }
    }

    // --- the settings that README.md explains

    @Test
    void shouldStayShutWhereNobodyAnswersInTime() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            final ExampleGates.Gate gate = gates.startEnvoy(
                    "grpc", silent.getLocalPort(), text -> text.replace("timeout: 10s }", ExampleGates.TIMEOUT));
            final ManagedChannel channel = channel(gate);
            try {
                final StatusRuntimeException end = refused(channel, "Check", RAG_KEY);
                assertEquals(Status.Code.UNAVAILABLE, end.getStatus().getCode(), end.toString());
            } finally {
                channel.shutdownNow();
            }
            assertEquals(1, gate.stat("http.gate.ext_authz.tollgate.error"));
            assertEquals(0, gate.stat("http.gate.ext_authz.tollgate.failure_mode_allowed"));
        }
    }

    @Test
    void shouldOpenWhereNobodyAnswersOnlyBecauseTheOperatorSaysSo() throws Exception {
        final int nobody = Site.freePort();
        final ExampleGates.Gate open = gates.startEnvoy(
                "http", nobody, text -> text.replace("failure_mode_allow: false", "failure_mode_allow: true"));
        assertEquals(200, send(post(open, "/v1/models/small/invoke", "{}")).statusCode());
        assertEquals(1, open.stat("http.gate.ext_authz.tollgate.failure_mode_allowed"));
        final ExampleGates.Gate shut = gates.startEnvoy("http", nobody, text -> text + "\n");
        assertStopped(503, post(shut, "/v1/models/small/invoke", "{}"));
    }

    @Test
    void shouldRefuseWhatEnvoysOwnRulesForHeadersForbid() throws Exception {
        final ExampleGates.Gate narrow = gates.startEnvoy("http", text -> text.replace("org-id|project-id", "org-id"));
        assertStopped(500, post(narrow, "/v1/models/small/invoke", "{}").header("x-api-key", RAG_KEY));
        assertEquals(1, narrow.stat("http.gate.ext_authz.tollgate.invalid"));
    }

    @Test
    void shouldLetAClientsHeaderThroughWhereRulesForHeadersAreNoError() throws Exception {
        final ExampleGates.Gate silent = gates.startEnvoy("http", text -> text.replace("org-id|project-id", "org-id")
                .replace("disallow_is_error: { value: true }", ""));
        final HttpResponse<String> response = send(post(silent, "/v1/models/small/invoke", "{}")
                .header("x-api-key", RAG_KEY)
                .header("x-org-id", "spoofed")
                .header("x-project-id", "forged"));
        assertSeen(response, "x-org-id: lumen", "x-project-id: forged");
    }

    @Test
    void shouldTakeTokensFromTheQueryWhereTheirHeaderIsNotNamed() throws Exception {
        final ExampleGates.Gate open = gates.startEnvoy(
                "jwt",
                text -> text.replace("from_headers: [ { name: authorization, value_prefix: \"Bearer \" } ]", ""));
        final String token = tokens.signed(Tokens.claims("ana", ""));
        assertSeen(send(post(open, "/v1/models/small/invoke?access_token=" + token, "")), "x-actor-id: ana");
    }

    @Test
    void shouldAskAnOnlySidecarAlsoWhereItIsTakenForUnhealthy() throws Exception {
        final ExampleGates.Gate ill = gates.startEnvoy(
                "http",
                text -> text.replace("service_name: envoy.service.auth.v3.Authorization", "service_name: nobody"));
        assertSeen(
                send(post(ill, "/v1/models/small/invoke", "{}").header("x-api-key", RAG_KEY)), "x-actor-id: rag-api");
        assertEquals(0, ill.stat("cluster.tollgate.health_check.success"));
        assertEquals(0, ill.stat("cluster.tollgate.membership_healthy"));
        assertTrue(ill.stat("cluster.tollgate.lb_healthy_panic") >= 1);
    }

    @Test
    void shouldOnlyCountInShadowMode() throws Exception {
        final ExampleGates.Gate shadow = gates.startEnvoy(
                "http",
                text -> text.replace(
                        "failure_mode_allow: false",
                        "failure_mode_allow: false\n                      shadow_mode: true"));
        assertEquals(200, send(post(shadow, "/v1/models/small/invoke", "{}")).statusCode());
        assertEquals(1, shadow.stat("http.gate.ext_authz.tollgate.shadow_denied"));
    }
}
