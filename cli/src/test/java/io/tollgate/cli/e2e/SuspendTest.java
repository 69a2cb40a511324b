/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.client.Decision;
import io.tollgate.v1.PlaneAge;
import io.tollgate.v1.Reason;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sidecar that is stopped (SIGSTOP, which is what a paused machine looks like from inside) for longer than evidence may be old. */
class SuspendTest {
    private static final long STOPPED_MS = Stage.MAX_AGE_MS + 4_000;

    @TempDir
    Path directory;

    private Stage stage;
    private FaultyProxy network;
    private Stage.Sidecar sidecar;

    @BeforeEach
    void start() {
        stage = new Stage(directory);
        stage.startControlPlane();
        network = stage.closing(new FaultyProxy(stage.controlPort));
        sidecar = stage.startSidecar("edge", network.port());
        sidecar.awaitAllowed();
    }

    @AfterEach
    void stop() {
        sidecar.process.signal("CONT");
        stage.close();
    }

    /** Asks while it is stopped, so that the question lies there when it goes on. */
    private CompletableFuture<Decision> stopAskContinue() throws InterruptedException {
        sidecar.process.signal("STOP");
        Thread.sleep(STOPPED_MS - 500);
        CompletableFuture<Decision> first = CompletableFuture.supplyAsync(sidecar::ask);
        Thread.sleep(500);
        sidecar.process.signal("CONT");
        return first;
    }

    /** Stale; or not looked at, because the event loop knows that it is late. */
    private static void assertShut(Decision decision) {
        assertTrue(
                Set.of(Reason.REASON_SNAPSHOT_STALE, Reason.REASON_OVERLOADED).contains(decision.reason()),
                decision::message);
        assertFalse(decision.allowed());
    }

    @Test
    void shouldDenyFirstAfterAStopAndRecoverOnceConfirmed() throws Exception {
        network.hold();
        Decision first = stopAskContinue().get(30, TimeUnit.SECONDS);
        assertShut(first);
        sidecar.awaitReason(Reason.REASON_SNAPSHOT_STALE);
        for (int i = 0; i < 20; i++) {
            assertEquals(Reason.REASON_SNAPSHOT_STALE, sidecar.ask().reason(), "until somebody confirms");
        }
        network.heal();
        sidecar.awaitAllowed();
        sidecar.awaitStatus("pauses");
    }

    @Test
    @Tag("long")
    void shouldAllowAfterAStopOnlyOnWhatWasConfirmedAfterIt() throws Exception {
        for (int round = 0; round < 3; round++) {
            CompletableFuture<Decision> asked = stopAskContinue();
            long continuedNs = System.nanoTime();
            Decision first = asked.get(30, TimeUnit.SECONDS);
            long sinceMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - continuedNs) + 1;
            if (first.allowed()) {
                // the control plane was there at once, and was faster than the question
                for (PlaneAge age : first.raw().getEvidence().getPlaneAgesList()) {
                    assertTrue(age.getAgeMs() <= sinceMs, () -> age + " " + sinceMs + " ms after it went on");
                }
            } else {
                assertShut(first);
            }
            sidecar.awaitAllowed();
        }
    }
}
