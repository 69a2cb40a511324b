/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.config.SidecarConfigBuilder;
import io.tollgate.server.lifecycle.SidecarState;
import io.tollgate.server.support.TestSnapshots;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.DiagnosticsServiceGrpc;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** A whole sidecar on free ports, with {@link TestSnapshots} in place of a loader, and clients of all its addresses. */
final class SidecarHarness implements AutoCloseable {
    private static final long PATIENCE_MS = 60_000;

    final TestSnapshots snapshots;
    final Sidecar sidecar;
    private final ManagedChannel decisions;
    private final ManagedChannel admin;
    private final HttpClient http = HttpClient.newHttpClient();

    SidecarHarness(final Path directory) {
        this(directory, builder -> builder);
    }

    SidecarHarness(final Path directory, final UnaryOperator<SidecarConfigBuilder> settings) {
        final SidecarConfigBuilder builder = SidecarConfig.builder()
                .set("sidecar_id", "edge-1")
                .set("state_dir", directory.toString())
                .set("listen.address", "127.0.0.1:0")
                .set("listen.admin_address", "127.0.0.1:0")
                .set("listen.http_address", "127.0.0.1:0")
                .set("transport.event_loops", "1")
                .set("shed.max_loop_lag_ms", "60000") // a slow machine is no overload
                .set("shutdown.lame_duck_ms", "0")
                .set("warm_up.decisions", "200");
        final AtomicReference<TestSnapshots> feed = new AtomicReference<>();
        sidecar = Sidecar.start(settings.apply(builder).build(), "boot", workers -> {
            final TestSnapshots opened = new TestSnapshots(directory, workers);
            feed.set(opened);
            return opened;
        });
        snapshots = Objects.requireNonNull(feed.get());
        decisions = channel(sidecar.addresses().decisions());
        admin = channel(sidecar.addresses().admin());
    }

    private static ManagedChannel channel(final @org.jspecify.annotations.Nullable InetSocketAddress address) {
        return NettyChannelBuilder.forAddress(Objects.requireNonNull(address))
                .usePlaintext()
                .build();
    }

    /** Activates a snapshot and waits until the sidecar is ready. */
    SidecarHarness ready() throws IOException, InterruptedException {
        snapshots.activate(1);
        if (!sidecar.awaitReady(PATIENCE_MS)) {
            throw new AssertionError("not ready: " + sidecar.state() + " " + sidecar.stateCause());
        }
        return this;
    }

    void awaitState(final SidecarState state) throws InterruptedException {
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        while (sidecar.state() != state) {
            if (System.nanoTime() > deadlineNs) {
                throw new AssertionError("still " + sidecar.state() + ": " + sidecar.stateCause());
            }
            Thread.sleep(10);
        }
    }

    DecideResponse ask(final DecideRequest request) {
        return DecisionServiceGrpc.newBlockingStub(decisions)
                .withDeadlineAfter(PATIENCE_MS, TimeUnit.MILLISECONDS)
                .decide(request);
    }

    ManagedChannel decisions() {
        return decisions;
    }

    ManagedChannel admin() {
        return admin;
    }

    DiagnosticsServiceGrpc.DiagnosticsServiceBlockingStub diagnostics() {
        return DiagnosticsServiceGrpc.newBlockingStub(admin).withDeadlineAfter(PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    ServingStatus health(final ManagedChannel channel, final String name) {
        return HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(PATIENCE_MS, TimeUnit.MILLISECONDS)
                .check(HealthCheckRequest.newBuilder().setService(name).build())
                .getStatus();
    }

    HttpResponse<String> get(final String path) throws IOException, InterruptedException {
        final InetSocketAddress address =
                Objects.requireNonNull(sidecar.addresses().http());
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    static DecideRequest question(final String actor) {
        final DecideRequest.Builder request = DecideRequest.newBuilder().setCorrelationId("c-1");
        request.getActorBuilder().setType("user").setId(actor);
        request.getPlaceBuilder().setOrganization("acme").setProject("rag");
        request.getTargetBuilder().setProduct("llm").setResourceType("model").setAction("invoke");
        request.addUsageBuilder().setAmount(100).setUnit("token");
        return request.build();
    }

    @Override
    public void close() {
        decisions.shutdownNow();
        admin.shutdownNow();
        sidecar.close();
    }
}
