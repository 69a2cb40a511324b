/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.client.Decision;
import io.tollgate.v1.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real sidecar and a real control plane with a faulty network between them. Each test leaves a network that works; what counts in all
 * of them: an answer to a question that came later than the bound after the last good moment is never an allow.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NetworkFaultsTest {
    private static final long RECOVERY_NS = TimeUnit.SECONDS.toNanos(30);

    private Stage stage;
    private FaultyProxy network;
    private Stage.Sidecar sidecar;

    @BeforeAll
    void start(@TempDir Path directory) {
        stage = new Stage(directory);
        stage.startControlPlane();
        network = stage.closing(new FaultyProxy(stage.controlPort));
        sidecar = stage.startSidecar("edge", network.port());
        sidecar.awaitAllowed();
    }

    @AfterAll
    void stop() {
        stage.close();
    }

    @AfterEach
    void heal() {
        network.heal();
        sidecar.awaitAllowed();
    }

    /** From now on nothing confirms: allowed within the bound, never after it. */
    private void assertShutsWithinTheBound() {
        long brokenNs = System.nanoTime();
        boolean stale = false;
        while (System.nanoTime() - brokenNs < TimeUnit.MILLISECONDS.toNanos(Stage.MAX_AGE_MS + 2_000)) {
            boolean late = System.nanoTime() - brokenNs > TimeUnit.MILLISECONDS.toNanos(Stage.MAX_AGE_MS);
            Decision decision = sidecar.ask();
            assertFalse(late && decision.allowed(), () -> "allowed on evidence that nobody confirmed: " + decision);
            if (!decision.allowed()) {
                assertEquals(Reason.REASON_SNAPSHOT_STALE, decision.reason(), decision::message);
                stale = true;
            }
        }
        assertTrue(stale);
    }

    private void assertRecovers() {
        long healedNs = System.nanoTime();
        sidecar.awaitAllowed();
        long tookNs = System.nanoTime() - healedNs;
        assertTrue(tookNs < RECOVERY_NS, () -> "recovered after " + TimeUnit.NANOSECONDS.toMillis(tookNs) + " ms");
    }

    @Test
    void shouldShutInAPartitionSayWhyAndRecover() {
        network.hold();
        assertShutsWithinTheBound();
        sidecar.awaitStatus("NOT CONNECTED");
        String status = sidecar.statusText();
        assertTrue(status.contains("STALE"), status);
        assertTrue(status.contains("no answer from 127.0.0.1:" + network.port() + " within 3000 ms"), status);
        network.heal();
        assertRecovers();
    }

    @Test
    void shouldShutWhenNobodyListensAndRecover() {
        network.refuse();
        network.cut();
        assertShutsWithinTheBound();
        String status = sidecar.statusText();
        assertTrue(status.contains("NOT CONNECTED"), status);
        assertTrue(status.contains("UNAVAILABLE"), status);
        network.heal();
        assertRecovers();
    }

    @Test
    void shouldLeaveAHalfOpenConnectionForANewOne() {
        network.vanish();
        assertShutsWithinTheBound();
        int before = network.accepted();
        // connections are accepted again, but the one that is open stays dead: nothing ever closes it
        network.heal();
        assertRecovers();
        assertTrue(network.accepted() > before, "over a new connection");
    }

    @Test
    void shouldStayFreshOverASlowLineAsLongAsAnswersComeInTime() {
        network.slow(150, 20_000);
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * Stage.MAX_AGE_MS);
        while (System.nanoTime() < endNs) {
            Decision decision = sidecar.ask();
            assertTrue(decision.allowed(), decision::message);
            RealProcess.pause();
        }
    }

    @Test
    void shouldShutWhenAnswersAreAsLateAsEvidenceMayBeOld() {
        // heartbeats leave, and what comes back is older than the bound by then
        network.slow(Stage.MAX_AGE_MS + 500, 0);
        assertShutsWithinTheBound();
        for (int i = 0; i < 30; i++) {
            assertFalse(sidecar.ask().allowed());
            RealProcess.pause();
        }
        network.heal();
        assertRecovers();
    }

    @Test
    @Tag("long")
    void shouldTakeNoNonsenseForAnAnswer() {
        Random random = new Random(42);
        byte[] noise = new byte[5_000];
        random.nextBytes(noise);
        String[] names = {"http/1.1", "noise", "an http/2 preface of a client", "a frame of a giant"};
        byte[][] answers = {
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII),
            noise,
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
            {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0, 0, 0, 0, 0, 1, 7, 7, 7}
        };
        for (int i = 0; i < answers.length; i++) {
            network.answer(answers[i]);
            network.cut();
            sidecar.awaitReason(Reason.REASON_SNAPSHOT_STALE);
            String what = names[i];
            sidecar.process.await(
                    "a failure for " + what,
                    () -> sidecar.status().getControlPlane().getConsecutiveFailures() > 0);
            assertFalse(sidecar.ask().allowed(), what);
            network.heal();
            network.cut();
            assertRecovers();
        }
    }

    @Test
    void shouldBelieveNothingOfAControlPlaneThatMakesNoSense() throws IOException {
        long seed = System.nanoTime();
        long version = sidecar.status().getSnapshot().getVersion();
        try (NonsenseControlPlane nonsense = new NonsenseControlPlane(seed)) {
            network.target(nonsense.port());
            network.cut();
            assertShutsWithinTheBound();
            sidecar.process.await("more questions, seed " + seed, () -> nonsense.calls() > 8);
            assertFalse(sidecar.ask().allowed(), () -> "seed " + seed);
            assertEquals(version, sidecar.status().getSnapshot().getVersion(), "seed " + seed);
            network.target(stage.controlPort);
            network.cut();
        }
        assertRecovers();
        assertEquals(version, sidecar.status().getSnapshot().getVersion(), "seed " + seed);
    }

    @Test
    void shouldInstallInTheEndThoughEveryTransferIsCutSomewhere() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long whole = snapshotBytes();
        network.cutAfter(() -> 500 + random.nextLong(whole + 1_500));
        network.cut();
        Stage.Sidecar fresh = stage.startSidecar("fresh", network.port());
        int tries = network.accepted();
        boolean installed = false;
        for (int i = 0; i < 1_200 && network.accepted() - tries < 60 && !installed; i++) {
            Decision decision = fresh.ask();
            installed = fresh.status().getSnapshot().getPresent();
            assertTrue(
                    decision.allowed() ? installed : decision.reason() != Reason.REASON_OK,
                    () -> "seed " + seed + ": " + decision);
            RealProcess.pause();
        }
        network.heal();
        network.cut();
        fresh.awaitAllowed();
        assertEquals(0, fresh.status().getSnapshot().getInstalledCount() - 1, "seed " + seed + ": installed once");
        try (Stream<Path> left = Files.list(fresh.stateDir.resolve("incoming"))) {
            assertEquals(0, left.count(), "nothing half-received is left");
        }
        fresh.close();
    }

    /** What a whole snapshot is on the wire, about. */
    private long snapshotBytes() {
        long before = network.bytesDown();
        Stage.Sidecar first = stage.startSidecar("measure", network.port());
        first.awaitAllowed();
        first.close();
        return network.bytesDown() - before;
    }
}
