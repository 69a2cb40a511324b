/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.StatusText;
import io.tollgate.v1.AdministrationServiceGrpc;
import io.tollgate.v1.DiagnosticsServiceGrpc;
import io.tollgate.v1.EnvoySettlementStatus;
import io.tollgate.v1.LedgerTotal;
import io.tollgate.v1.LedgerView;
import io.tollgate.v1.ListReservationsRequest;
import io.tollgate.v1.QueryLedgerRequest;
import io.tollgate.v1.ReservationStatus;
import io.tollgate.v1.StatusRequest;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Reserve and settle without touching the application: a real Envoy asks before a request, and its access log says what became of it. One
 * sidecar and one Envoy for all tests but those that end one of them.
 */
class EnvoySettleTest {
    private static final String MAPPING =
            """
            trusted_headers: [x-user, x-tenant]
            upstream: { identity: { reservation_id: x-reservation-id } }
            request:
              organization: { header: x-tenant }
              actor_type: user
              actor_id: { header: x-user }
              product: llm
              resource_type: model
              action: invoke
              mode: reserve
              ttl: 10m
              usage: [ { unit: input_token, amount: { query: tokens }, default: 100 } ]
            rules:
              - { name: header, match: { path: /header }, settle: { usage: [ { unit: input_token, header: x-used-tokens } ] } }
              - { name: trailer, match: { path: /trailer },
                  settle: { usage: [ { unit: input_token, trailer: x-used-tokens, multiply: 2 } ] } }
              - { name: metadata, match: { path: /metadata },
                  settle: { usage: [ { unit: input_token, metadata: usage, key: tokens } ], on_failure: reserved } }
              - { name: strict, match: { path: /strict },
                  settle: { usage: [ { unit: input_token, header: x-used-tokens } ], on_missing: release, on_failure: expire } }
              - { name: short, match: { path: /short }, request: { ttl: 1s },
                  settle: { usage: [ { unit: input_token, header: x-used-tokens } ] } }
              - { name: direct, match: { path: /direct }, settle: { on_failure: release } }
              - { name: socket, match: { path: /socket }, settle: { usage: [ { unit: input_token, header: x-used-tokens } ] } }
              - { name: grpc, match: { path: "/grpc.health.v1.Health/*" },
                  settle: { usage: [ { unit: input_token, trailer: x-used-tokens } ] } }
              - { name: application, match: { path: /application } }
            """;

    /** Beside those of the example: an answer of Envoy itself, and a service that speaks gRPC. */
    private static final String ROUTES = "routes: [ { match: { path: /direct }, direct_response: { status: 418 } },"
            + " { match: { prefix: /grpc.health }, route: { cluster: grpc, timeout: 0s } },";

    private static final String GRPC_CLUSTER =
            """
            - name: grpc
              typed_extension_protocol_options:
                envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                  "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                  explicit_http_config: { http2_protocol_options: {} }
              load_assignment:
                cluster_name: grpc
                endpoints:
                  - lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ]
            """
                    .indent(4);

    @TempDir
    static Path directory;

    private static final int ENVOY_PORT = Site.freePort();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static Site site;
    private static ScriptedUpstream upstream;
    private static MeteredGrpc grpc;
    private static RealProcess controlPlane;
    private static RealProcess sidecar;
    private static RealEnvoy envoy;
    private static ManagedChannel admin;
    private static ManagedChannel control;

    @BeforeAll
    static void start() throws Exception {
        Site.copyAcme(directory, 30);
        final Path mapping = Files.writeString(directory.resolve("mapping.yaml"), MAPPING);
        site = new Site(directory, "acme", "acme", "envoy: { mapping: '" + mapping + "' }");
        upstream = new ScriptedUpstream();
        grpc = new MeteredGrpc();
        controlPlane = site.startControlPlane();
        sidecar = site.startSidecar();
        admin = channel(site.adminAddress());
        control = channel(site.controlAddress());
        startEnvoy(RealEnvoy.VERSIONS.get(0));
    }

    @AfterAll
    static void stop() {
        admin.shutdownNow();
        control.shutdownNow();
        envoy.close();
        upstream.close();
        grpc.close();
        sidecar.close();
        controlPlane.close();
    }

    private static ManagedChannel channel(final String address) {
        return Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
                .build();
    }

    private static void startEnvoy(final String version) throws Exception {
        final Path example = Path.of(System.getProperty("tollgate.root"), "examples", "envoy", "settle.yaml");
        envoy = RealEnvoy.start(
                version,
                directory,
                Files.readString(example)
                        .replace("port_value: 10000", "port_value: " + ENVOY_PORT)
                        .replace("port_value: 8080", "port_value: " + upstream.port())
                        .replace("port_value: 7070", "port_value: " + site.decidePort())
                        .replace(
                                "stat_prefix: gate",
                                "stat_prefix: gate\n" + " ".repeat(16)
                                        + "upgrade_configs: [ { upgrade_type: websocket } ]")
                        .replace("routes: [", ROUTES)
                        .replace(
                                "    - name: tollgate\n",
                                GRPC_CLUSTER.formatted(grpc.port()) + "    - name: tollgate\n")
                        .replace("buffer_flush_interval: 0.25s", "buffer_flush_interval: 0.05s"));
        upstream.on("/application", exchange -> exchange.respond(200));
        sidecar.await("an open gate", () -> {
            assertTrue(envoy.alive(), envoy.output());
            return get("/application") == 200;
        });
    }

    private static HttpRequest.Builder request(final String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ENVOY_PORT + path))
                .timeout(Duration.ofSeconds(20))
                .header("x-user", "ana")
                .header("x-tenant", "lumen");
    }

    private static HttpResponse<String> send(final String path) {
        try {
            return HTTP.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
        } catch (final IOException ex) {
            return new NoAnswer(ex);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new AssertionError(ex);
        }
    }

    /** Java's own client knows no trailers, and does not go away in the middle. */
    private static Socket open(final String path) throws IOException {
        return open(path, "connection: close\r\n");
    }

    private static Socket open(final String path, final String headers) throws IOException {
        final Socket client = new Socket("127.0.0.1", ENVOY_PORT);
        client.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nhost: x\r\nx-user: ana\r\nx-tenant: lumen\r\n" + headers + "\r\n")
                        .getBytes(StandardCharsets.UTF_8));
        return client;
    }

    private static int get(final String path) {
        return send(path).statusCode();
    }

    /** The service's side of one request, as far as the test has to know. */
    private static final class Seen {
        final CompletableFuture<String> reservation = new CompletableFuture<>();
        final CountDownLatch goOn = new CountDownLatch(1);

        String id() throws Exception {
            final String id = reservation.get(20, TimeUnit.SECONDS);
            assertFalse(id.isEmpty(), "no reservation was taken");
            return id;
        }

        void waits() throws InterruptedException {
            assertTrue(goOn.await(60, TimeUnit.SECONDS));
        }
    }

    private interface Rest {
        void answer(ScriptedUpstream.Exchange exchange, Seen seen) throws Exception;
    }

    private static Seen script(final String path, final Rest rest) {
        final Seen seen = new Seen();
        upstream.on(path, exchange -> {
            seen.reservation.complete(exchange.reservation());
            rest.answer(exchange, seen);
        });
        return seen;
    }

    private static ReservationStatus reservation(final String id) {
        return DiagnosticsServiceGrpc.newBlockingStub(admin)
                .withWaitForReady()
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .listReservations(ListReservationsRequest.newBuilder()
                        .setIncludeEnded(true)
                        .setPageSize(1_000)
                        .build())
                .getReservationsList()
                .stream()
                .filter(each -> each.getReservationId().equals(id))
                .findFirst()
                .orElse(ReservationStatus.getDefaultInstance());
    }

    private static void awaitState(final String id, final String state) {
        sidecar.await(
                id + " " + state + ", last " + reservation(id).getState(),
                () -> reservation(id).getState().equals(state));
    }

    private static EnvoySettlementStatus status() {
        return DiagnosticsServiceGrpc.newBlockingStub(admin)
                .withWaitForReady()
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .status(StatusRequest.getDefaultInstance())
                .getEnvoySettlements();
    }

    private static long count(final String result) {
        return status().getResultsOrDefault(result, 0);
    }

    /** Tokens of the organization in the ledger, to where usage goes by the journal. */
    private static long ledger() {
        return AdministrationServiceGrpc.newBlockingStub(control)
                .withWaitForReady()
                .withDeadlineAfter(20, TimeUnit.SECONDS)
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
    }

    private static void awaitLedger(final long tokens) {
        sidecar.await(tokens + " tokens in the ledger, last " + ledger(), () -> ledger() == tokens);
    }

    @Test
    void shouldSettleAStreamWithWhatItsTrailerSays() throws Exception {
        final long before = ledger();
        final Seen seen = script("/trailer", (exchange, itself) -> {
            exchange.begin();
            itself.waits();
            exchange.send("6", "second", "0", "x-used-tokens: 17", "");
        });
        final String id;
        try (Socket client = open("/trailer")) {
            id = seen.id();
            assertEquals("RESERVED", reservation(id).getState());
            assertEquals(100, reservation(id).getHeld(0).getAmount());
            seen.goOn.countDown();
            final String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.endsWith("x-used-tokens: 17\r\n\r\n"), answer);
        }
        awaitState(id, "SETTLED");
        awaitLedger(before + 34);
    }

    @ParameterizedTest
    @CsvSource({
        // path, status, header of the response, state, tokens used
        "/header, 200, x-used-tokens: 40, SETTLED, 40",
        "/header, 200, x-used-tokens: 0, SETTLED, 0",
        "/header, 200, x-used-tokens: 140, SETTLED, 140",
        "/header, 200, x-used-tokens: many, SETTLED, 100",
        "/header, 200, x-used-tokens: -1, SETTLED, 100",
        "/header, 404, x-other: 1, SETTLED, 100",
        "/header, 500, x-used-tokens: 40, RELEASED, 0",
        "/header, 200, grpc-status: 13, RELEASED, 0",
        "/metadata, 200, x-internal-used-tokens: 41, SETTLED, 41",
        "/metadata, 503, x-internal-used-tokens: 41, SETTLED, 100",
        "/strict, 200, x-other: 1, RELEASED, 0",
    })
    void shouldEndAReservationByTheResponse(
            final String path, final int status, final String header, final String state, final long used)
            throws Exception {
        final long before = ledger();
        final Seen seen = script(path, (exchange, itself) -> exchange.respond(status, header));
        final HttpResponse<String> response = send(path);
        assertEquals(status, response.statusCode());
        assertTrue(response.headers().firstValue("x-internal-used-tokens").isEmpty(), "clients do not see it");
        awaitState(seen.id(), state);
        awaitLedger(before + used);
    }

    @Test
    void shouldTakeAHeaderThatComesTwiceForNoAmount() throws Exception {
        final long invalid = status().getInvalidAmountCount();
        final long before = ledger();
        final Seen seen =
                script("/header", (exchange, itself) -> exchange.respond(200, "x-used-tokens: 1", "x-used-tokens: 2"));
        assertEquals(200, get("/header"));
        awaitState(seen.id(), "SETTLED");
        awaitLedger(before + 100);
        assertEquals(invalid + 1, status().getInvalidAmountCount());
    }

    @Test
    void shouldGiveBackWhenTheClientGoesAwayInTheMiddle() throws Exception {
        final Seen seen = script("/trailer", (exchange, itself) -> {
            exchange.begin();
            itself.waits();
        });
        try (Socket client = open("/trailer")) {
            assertEquals("HTTP/1.1 200", new String(client.getInputStream().readNBytes(12), StandardCharsets.UTF_8));
            assertEquals("RESERVED", reservation(seen.id()).getState());
        }
        awaitState(seen.id(), "RELEASED");
        seen.goOn.countDown();
    }

    @Test
    void shouldGiveBackWhenTheServiceGoesAwayInTheMiddle() throws Exception {
        final Seen seen = script("/trailer", (exchange, itself) -> exchange.begin());
        get("/trailer");
        awaitState(seen.id(), "RELEASED");
    }

    @Test
    void shouldGiveBackWhatEnvoyAnswersItself() {
        final long released = count("released");
        assertEquals(418, get("/direct"));
        sidecar.await("released", () -> count("released") == released + 1);
    }

    @Test
    void shouldSettleAnUpgradedConnectionThatTheClientCloses() throws Exception {
        final long before = ledger();
        final Seen seen = script("/socket", (exchange, itself) -> {
            exchange.send("HTTP/1.1 101 Go", "connection: upgrade", "upgrade: websocket", "x-used-tokens: 5", "");
            itself.waits();
        });
        try (Socket client = open("/socket", "connection: upgrade\r\nupgrade: websocket\r\n")) {
            assertEquals("HTTP/1.1 101", new String(client.getInputStream().readNBytes(12), StandardCharsets.UTF_8));
            assertEquals("RESERVED", reservation(seen.id()).getState());
        }
        awaitState(seen.id(), "SETTLED");
        seen.goOn.countDown();
        awaitLedger(before + 5);
    }

    private static Channel asAna(final ManagedChannel channel) {
        final Metadata who = new Metadata();
        who.put(Metadata.Key.of("x-user", Metadata.ASCII_STRING_MARSHALLER), "ana");
        who.put(Metadata.Key.of("x-tenant", Metadata.ASCII_STRING_MARSHALLER), "lumen");
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(who));
    }

    private static byte[] call(final Channel channel, final String message) {
        return ClientCalls.blockingUnaryCall(
                channel,
                GrpcUpstream.CALL,
                CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                message.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldEndReservationsOfGrpcCallsByTheirStatus() throws Exception {
        final ManagedChannel channel = channel("127.0.0.1:" + ENVOY_PORT);
        try {
            final Channel client = asAna(channel);
            final long before = ledger();
            call(client, "well");
            awaitState(grpc.reservations.take(), "SETTLED");
            awaitLedger(before + MeteredGrpc.USED);

            assertThrows(StatusRuntimeException.class, () -> call(client, "fail"));
            awaitState(grpc.reservations.take(), "RELEASED");

            final ClientCall<byte[], byte[]> stream = client.newCall(GrpcUpstream.STREAM, CallOptions.DEFAULT);
            final CompletableFuture<Boolean> begun = new CompletableFuture<>();
            stream.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onMessage(final byte[] message) {
                            begun.complete(true);
                        }
                    },
                    new Metadata());
            stream.request(1);
            assertTrue(begun.get(20, TimeUnit.SECONDS));
            final String id = grpc.reservations.take();
            assertEquals("RESERVED", reservation(id).getState());
            stream.cancel("enough", null);
            awaitState(id, "RELEASED");
            awaitLedger(before + MeteredGrpc.USED);
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void shouldLeaveWhatTheRuleLeavesAndNotCallItLost() throws Exception {
        final long left = count("left");
        final long lost = status().getOverdueCount();
        final Seen seen = script("/strict", (exchange, itself) -> exchange.respond(500));
        assertEquals(500, get("/strict"));
        sidecar.await("left", () -> count("left") == left + 1);
        assertEquals("RESERVED", reservation(seen.id()).getState());
        assertEquals(lost, status().getOverdueCount());
    }

    @Test
    void shouldNotTouchWhatTheApplicationSettles() throws Exception {
        final Seen seen = script("/application", (exchange, itself) -> exchange.respond(200));
        final long entries = status().getEntryCount();
        assertEquals(200, get("/application"));
        sidecar.await("the entry", () -> status().getEntryCount() > entries);
        assertEquals("RESERVED", reservation(seen.id()).getState());
    }

    /** The response ends while there is no sidecar: Envoy keeps the entry and tries again. */
    @Test
    void shouldSettleAfterARestartOfTheSidecarInTheMiddle() throws Exception {
        final long before = ledger();
        final Seen seen = script("/header", (exchange, itself) -> {
            itself.waits();
            exchange.respond(200, "x-used-tokens: 7");
        });
        final CompletableFuture<HttpResponse<String>> answer =
                HTTP.sendAsync(request("/header").build(), HttpResponse.BodyHandlers.ofString());
        final String id = seen.id();
        sidecar.kill();
        seen.goOn.countDown();
        assertEquals(200, answer.get(20, TimeUnit.SECONDS).statusCode());
        sidecar = site.startSidecar();
        awaitState(id, "SETTLED");
        awaitLedger(before + 7);
    }

    @Test
    void shouldCountWhatIsLostWithEnvoy() throws Exception {
        final long lost = status().getOverdueCount();
        final Seen seen = script("/short", (exchange, itself) -> {
            exchange.begin();
            itself.waits();
        });
        final CompletableFuture<HttpResponse<String>> answer =
                HTTP.sendAsync(request("/short").build(), HttpResponse.BodyHandlers.ofString());
        final String id = seen.id();
        envoy.close();
        awaitState(id, "OVERDUE");
        sidecar.await("counted", () -> status().getOverdueCount() == lost + 1);
        sidecar.awaitOutput("reservations that Envoy's access log should have ended were over before an entry came");
        final String shown = StatusText.of(
                DiagnosticsServiceGrpc.newBlockingStub(admin).status(StatusRequest.getDefaultInstance()), Paint.PLAIN);
        assertTrue(shown.contains("whose time was over before an entry came"), shown);
        seen.goOn.countDown();
        answer.handle((response, broken) -> 0).get(20, TimeUnit.SECONDS);
        startEnvoy(RealEnvoy.VERSIONS.get(1));
        shouldSettleAStreamWithWhatItsTrailerSays();
        shouldGiveBackWhenTheClientGoesAwayInTheMiddle();
        envoy.close();
        startEnvoy(RealEnvoy.VERSIONS.get(0));
    }
}
