/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.core.world.World;
import io.tollgate.loader.fixture.FakeClock;
import io.tollgate.loader.fixture.FakeControlPlane;
import io.tollgate.loader.fixture.LargeSnapshot;
import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.Heartbeat;
import io.tollgate.v1.SnapshotChunk;
import io.tollgate.v1.SyncState;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Installs a large snapshot, restarts, rebuilds; prints how long each took. In a JVM of its own. */
final class LargeInstall {
    private static final long LONG_STEP_NS = 300_000_000L;

    private LargeInstall() {}

    public static void main(String[] args) throws Exception {
        Path stateDir = Path.of(args[0]);
        long principals = Long.parseLong(args[1]);
        LargeSnapshot snapshot = new LargeSnapshot(1, principals, Integer.parseInt(args[2]));
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            install(harness, snapshot);
        }
        restart(stateDir, "restarted");
        try (Stream<Path> files = Files.list(stateDir.resolve("snapshots/1-1"))) {
            for (Path file : files.toList()) {
                System.out.println("  " + Files.size(file) / 1024 + " KiB " + file.getFileName());
                if (file.toString().endsWith(".tgw")) {
                    Files.delete(file);
                }
            }
        }
        restart(stateDir, "rebuilt from Chronicle Map and restarted");
    }

    private static void install(LoaderHarness harness, LargeSnapshot snapshot) throws IOException {
        FakeControlPlane plane = harness.plane;
        harness.settle();
        plane.heartbeat()
                .send(DeltaBatch.newBuilder()
                        .setHeartbeat(Heartbeat.newBuilder()
                                .setState(SyncState.SYNC_STATE_PULL_SNAPSHOT)
                                .setEpoch(1)
                                .setNewestVersion(1)
                                .setAnswersRequest(true))
                        .build());
        harness.settle();
        plane.pull()
                .send(SnapshotChunk.newBuilder()
                        .setManifest(snapshot.manifest())
                        .build());
        long startNs = System.nanoTime();
        long[] inLoaderNs = {0};
        snapshot.send(chunk -> {
            plane.sendChunk(chunk);
            long cycleNs = System.nanoTime();
            harness.loader.agent().doWork();
            inLoaderNs[0] += System.nanoTime() - cycleNs;
        });
        System.out.println("received in " + ms(System.nanoTime() - startNs) + " ms, of which the loader "
                + ms(inLoaderNs[0]) + " ms");
        long installNs = System.nanoTime();
        long installCpuNs = cpuNs();
        int steps = 0;
        while (harness.activations.isEmpty()) {
            long stepNs = System.nanoTime();
            long stepCpuNs = cpuNs();
            harness.loader.agent().doWork();
            long tookNs = System.nanoTime() - stepNs;
            steps++;
            if (tookNs > LONG_STEP_NS) {
                System.out.println(
                        "  step " + steps + " took " + ms(tookNs) + " ms, CPU " + ms(cpuNs() - stepCpuNs) + " ms");
            }
            if (harness.status().installs().lastFailure() != null) {
                throw new IllegalStateException(harness.lastInstallFailure());
            }
        }
        System.out.println(
                "installed in " + ms(System.nanoTime() - installNs) + " ms, CPU " + ms(cpuNs() - installCpuNs) + " ms, "
                        + steps + " steps, " + harness.status().counters().cells() + " cells");
        long peak = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP) {
                peak += pool.getPeakUsage().getUsed();
            }
        }
        System.out.println("heap peak (garbage included) " + (peak >> 20) + " MiB");
    }

    private static void restart(Path stateDir, String what) throws IOException {
        long startNs = System.nanoTime();
        try (LoaderHarness harness = new LoaderHarness(stateDir, LoaderHarness.context(), new FakeClock())) {
            World world = harness.loader.worlds().current();
            if (world == null || world.findPath("org:o0/user:principal-5") == World.NOT_FOUND) {
                throw new IllegalStateException("the world is not there");
            }
            System.out.println(
                    what + " in " + ms(System.nanoTime() - startNs) + " ms, " + world.scopeCount() + " scopes");
        }
    }

    private static long cpuNs() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long ms(long ns) {
        return TimeUnit.NANOSECONDS.toMillis(ns);
    }
}
