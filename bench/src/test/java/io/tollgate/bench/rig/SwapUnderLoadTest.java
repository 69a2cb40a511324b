/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.tollgate.control.publish.SnapshotFile;
import io.tollgate.examples.generator.GeneratedBundle;
import io.tollgate.examples.generator.GeneratedRequests;
import io.tollgate.examples.generator.GeneratedShape;
import io.tollgate.examples.generator.GeneratedSnapshot;
import io.tollgate.examples.generator.PrincipalDraw;
import io.tollgate.server.Sidecar;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.v1.DecideRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Full snapshots pulled, verified, installed and swapped under full load: no call fails, every answer is of one version in all its
 * parts, and nothing is denied. Each version's limits, rule ids and obligations carry its number.
 */
class SwapUnderLoadTest {
    private static final GeneratedShape SHAPE = GeneratedShape.of(3_000);
    private static final String BUNDLE = "swapped";
    private static final int READY_MS = 60_000;

    @TempDir
    private Path folder;

    private final AtomicBoolean stop = new AtomicBoolean();
    private final AnswerCheck check = new AnswerCheck();

    @Test
    void shouldAnswerFromOneVersionWhileSnapshotsAreSwapped() throws Exception {
        swapUnderLoad(TimeUnit.SECONDS.toNanos(5), 2);
    }

    @Test
    @Tag("long")
    void shouldAnswerFromOneVersionForAMinuteOfSwaps() throws Exception {
        swapUnderLoad(TimeUnit.SECONDS.toNanos(60), 10);
    }

    /** Publishes version after version until both the time and the number of versions are reached; the bound on failure is generous. */
    private void swapUnderLoad(final long spanNs, final int leastSwaps) throws Exception {
        try (FileControlPlane controlPlane = new FileControlPlane()) {
            publish(controlPlane, 1);
            final Server server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                    .addService(controlPlane)
                    .build()
                    .start();
            try (Sidecar sidecar = Sidecar.start(config(server.getPort()))) {
                assertTrue(sidecar.awaitReady(READY_MS), () -> sidecar.state() + ": " + sidecar.stateCause());
                final long last = loadAndSwap(sidecar, controlPlane, spanNs, leastSwaps);
                assertEquals(Set.of(), check.faults());
                assertTrue(
                        check.versions().contains(1L) && check.versions().contains(last),
                        () -> "met " + check.versions());
                assertTrue(check.answers() > 1_000, () -> check.answers() + " answers");
            } finally {
                server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
            }
        }
    }

    private long loadAndSwap(
            final Sidecar sidecar, final FileControlPlane controlPlane, final long spanNs, final int leastSwaps)
            throws Exception {
        final InetSocketAddress address =
                Objects.requireNonNull(sidecar.addresses().decisions());
        final ManagedChannel channel =
                NettyChannelBuilder.forAddress(address).usePlaintext().build();
        final ExecutorService callers = Executors.newFixedThreadPool(3);
        try {
            final AskingClients clients = new AskingClients(channel, requests(), check, stop);
            final List<Future<?>> running = new ArrayList<>();
            running.add(callers.submit(clients::askOneByOne));
            running.add(callers.submit(clients::askInBatches));
            running.add(callers.submit(clients::askOverAStream));
            check.awaitVersion(1);
            final long beganNs = System.nanoTime();
            long version = 1;
            while (System.nanoTime() - beganNs < spanNs || version <= leastSwaps) {
                publish(controlPlane, ++version);
                check.awaitVersion(version);
            }
            stop.set(true);
            for (final Future<?> caller : running) {
                caller.get(60, TimeUnit.SECONDS);
            }
            return version;
        } finally {
            stop.set(true);
            callers.shutdownNow();
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    private void publish(final FileControlPlane controlPlane, final long version) throws IOException {
        final Path file = folder.resolve("v" + version + ".tgs");
        GeneratedSnapshot.write(
                new GeneratedBundle(SHAPE.stamped(version)),
                file,
                new GeneratedSnapshot.Identity(BUNDLE, 1, version, 600_000),
                System.currentTimeMillis());
        controlPlane.publish(SnapshotFile.open(file));
    }

    private static List<DecideRequest> requests() {
        final PrincipalDraw draw = PrincipalDraw.zipf(SHAPE.principals(), 11);
        final GeneratedRequests maker = new GeneratedRequests(SHAPE);
        final List<DecideRequest> requests = new ArrayList<>();
        final Set<Integer> seen = new TreeSet<>();
        for (int i = 0; i < 512; i++) {
            final int principal = draw.next();
            seen.add(principal);
            requests.add(i % 3 == 0 ? maker.byName(principal) : maker.byKey(principal));
        }
        assertTrue(seen.size() > 50, "different principals");
        return requests;
    }

    private SidecarConfig config(final int controlPlanePort) {
        return SidecarConfig.builder()
                .set("sidecar_id", "swap-1")
                .set("state_dir", folder.resolve("state").toString())
                .set("control_plane.address", "127.0.0.1:" + controlPlanePort)
                .set("control_plane.bundle", BUNDLE)
                .set("trust.unsigned", "allow")
                .set("listen.address", "127.0.0.1:0")
                .set("listen.admin_address", "")
                .set("listen.http_address", "")
                .set("transport.event_loops", "2")
                // a busy build machine is no overload of the sidecar
                .set("shed.max_loop_lag_ms", "60000")
                .set("warm_up.decisions", "1000")
                .set("shutdown.lame_duck_ms", "0")
                .build();
    }
}
