/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A control plane that restarts again and again, seen by several sidecars. */
class RestartStormTest {
    @TempDir
    Path directory;

    private Stage stage;
    private final List<FaultyProxy> networks = new ArrayList<>();
    private final List<Stage.Sidecar> sidecars = new ArrayList<>();

    @AfterEach
    void stop() {
        stage.close();
    }

    private void start(int count) {
        stage = new Stage(directory);
        stage.startControlPlane();
        for (int i = 0; i < count; i++) {
            FaultyProxy network = stage.closing(new FaultyProxy(stage.controlPort));
            networks.add(network);
            sidecars.add(stage.startSidecar("edge-" + i, network.port()));
        }
        sidecars.forEach(Stage.Sidecar::awaitAllowed);
    }

    private void assertInstalled(long count) {
        for (Stage.Sidecar sidecar : sidecars) {
            assertEquals(count, sidecar.status().getSnapshot().getInstalledCount(), sidecar::statusText);
            assertEquals(0, sidecar.status().getSnapshot().getRefusedCount(), sidecar::statusText);
        }
    }

    /** As a control plane that comes up and falls down at once looks like from outside: the listener goes and connections break. */
    @Test
    @Tag("long")
    void shouldNeitherStormNorPullAgainWhenTheControlPlaneComesAndGoes() throws InterruptedException, IOException {
        start(3);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int[] before = networks.stream().mapToInt(FaultyProxy::accepted).toArray();
        long begunNs = System.nanoTime();
        int restarts = 30;
        for (int i = 0; i < restarts; i++) {
            networks.forEach(FaultyProxy::refuse);
            networks.forEach(FaultyProxy::cut);
            Thread.sleep(100 + random.nextInt(500));
            networks.forEach(FaultyProxy::heal);
            Thread.sleep(50 + random.nextInt(250));
        }
        double seconds = (System.nanoTime() - begunNs) / 1e9;
        for (int i = 0; i < before.length; i++) {
            int tries = networks.get(i).accepted() - before[i];
            // at least 100 ms between two tries, even while each one fails at once
            assertTrue(
                    tries <= restarts * 2 + 10 * seconds,
                    "seed " + seed + ": " + tries + " connections in " + seconds + " s");
        }
        long healedNs = System.nanoTime();
        sidecars.forEach(Stage.Sidecar::awaitAllowed);
        long tookNs = System.nanoTime() - healedNs;
        assertTrue(tookNs < TimeUnit.SECONDS.toNanos(20), "seed " + seed + ": back after " + tookNs + " ns");
        assertInstalled(1);

        stage.edit("one");
        sidecars.forEach(sidecar -> sidecar.process.await(
                "the change", () -> sidecar.status().getSnapshot().getDeltaSequence() == 1));
        sidecars.forEach(Stage.Sidecar::awaitAllowed);
    }

    @Tag("long")
    @Test
    void shouldComeThroughDozensOfKillsOfTheRealControlPlane() throws InterruptedException {
        start(4);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 24; i++) {
            stage.controlPlane().kill();
            stage.startControlPlane();
            Thread.sleep(random.nextInt(2_500));
        }
        sidecars.forEach(Stage.Sidecar::awaitAllowed);
        assertInstalled(1);
    }
}
