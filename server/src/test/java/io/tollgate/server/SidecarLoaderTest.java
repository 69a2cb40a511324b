/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.tollgate.loader.LoaderListener;
import io.tollgate.loader.LoaderStatus;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.lifecycle.SidecarStartException;
import io.tollgate.server.lifecycle.SidecarState;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sidecar with its real loader and nobody at the other end. */
class SidecarLoaderTest {
    @TempDir
    Path directory;

    @Test
    void shouldAnswerAndSayWhyItIsNotReadyWithoutAControlPlane() throws Exception {
        final CompletableFuture<String> failure = new CompletableFuture<>();
        final LoaderListener listener = new LoaderListener() {
            @Override
            public void connectionChanged(final LoaderStatus.Connection state, final String cause) {
                if (state == LoaderStatus.Connection.FAILING) {
                    failure.complete(cause);
                }
            }
        };
        try (Sidecar sidecar = Sidecar.start(config(), List.of(listener))) {
            final ManagedChannel channel = NettyChannelBuilder.forAddress(
                            Objects.requireNonNull(sidecar.addresses().decisions()))
                    .usePlaintext()
                    .build();
            try {
                assertEquals(
                        Reason.REASON_SNAPSHOT_MISSING,
                        DecisionServiceGrpc.newBlockingStub(channel)
                                .decide(SidecarHarness.question("ann"))
                                .getReason());
            } finally {
                channel.shutdownNow();
            }
            failure.get(60, TimeUnit.SECONDS);
            while (!sidecar.stateCause().contains("the control plane does not answer")) {
                Thread.sleep(10);
            }
            assertEquals(SidecarState.STARTING, sidecar.state());
        }
        try (Sidecar again = Sidecar.start(config())) {
            assertEquals(SidecarState.STARTING, again.state(), "the directory was let go");
        }
    }

    @Test
    void shouldRefuseAStateDirectoryThatAnotherSidecarHolds() throws Exception {
        try (Sidecar first = Sidecar.start(config())) {
            final SidecarStartException e = assertThrows(SidecarStartException.class, () -> Sidecar.start(config()));
            assertTrue(e.getMessage().contains(directory.toString()), e.getMessage());
            assertEquals(SidecarState.STARTING, first.state());
        }
    }

    @Test
    void shouldNotStartWithoutKnowingWhomToTrust() throws IOException {
        final SidecarStartException e = assertThrows(
                SidecarStartException.class,
                () -> Sidecar.start(SidecarConfig.builder()
                        .yaml(config().yaml(), "dump")
                        .set("trust.unsigned", "refuse")
                        .build()));
        assertTrue(String.valueOf(e.getMessage()).contains("trust.keys is empty"), e.getMessage());
    }

    private SidecarConfig config() throws IOException {
        final int nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            nobody = socket.getLocalPort();
        }
        return SidecarConfig.builder()
                .set("state_dir", directory.resolve("state").toString())
                .set("control_plane.address", "127.0.0.1:" + nobody)
                .set("control_plane.heartbeat_ms", "50")
                .set("trust.unsigned", "allow")
                .set("listen.address", "127.0.0.1:0")
                .set("listen.admin_address", "127.0.0.1:0")
                .set("listen.http_address", "127.0.0.1:0")
                .build();
    }
}
