/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.client.Decision;
import io.tollgate.client.TollgateClient;
import io.tollgate.v1.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * kill -9 again and again under load, of the sidecar, of the control plane, of both, and of a sidecar that has not finished starting. After
 * every kill: it starts, what it answers first is no open gate, counters hold all that was acknowledged and not more than what was asked.
 */
final class CrashMatrix implements AutoCloseable {
    private static final int CALLERS = 4;
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final Site site;
    private final Random random;
    private final long seed;
    private final TollgateClient client;
    private final CrashLoad load;
    private RealProcess controlPlane;
    private RealProcess sidecar;
    private int kills;

    CrashMatrix(final Path directory, final long seed) throws IOException {
        this.seed = seed;
        random = new Random(seed);
        site = new CrashSite(directory).site();
        controlPlane = site.startControlPlane();
        sidecar = site.startSidecar();
        client = TollgateClient.connect(site.decideAddress());
        load = new CrashLoad(client);
        awaitAllowed();
    }

    void run(final int rounds) throws InterruptedException {
        for (int round = 0; round < rounds; round++) {
            round("seed " + seed + ", round " + round);
        }
        load.endAll();
        check("seed " + seed + ", at the end");
        try (CrashLedger ledger = new CrashLedger(site.controlAddress())) {
            ledger.check(load, "seed " + seed);
        }
    }

    private void round(final String what) throws InterruptedException {
        final long answered = load.answers.get();
        load.start(CALLERS, random.nextLong());
        sidecar.await("answers, " + what, () -> load.answers.get() > answered);
        TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
        final int victim = random.nextInt(10);
        if (victim < 5) {
            killSidecar();
        } else if (victim < 7) {
            killSidecar();
            // again, somewhere in its start
            TimeUnit.MILLISECONDS.sleep(random.nextInt(1_500));
            killSidecar();
        } else if (victim < 9) {
            killControlPlane();
        } else {
            controlPlane.kill();
            sidecar.kill();
            kills += 2;
            sidecar = site.startSidecar();
            expectStale(what);
            controlPlane = site.startControlPlane();
        }
        awaitAllowed();
        load.stop();
        check(what);
    }

    private void killSidecar() {
        sidecar.kill();
        kills++;
        sidecar = site.startSidecar();
    }

    private void killControlPlane() {
        controlPlane.kill();
        kills++;
        controlPlane = site.startControlPlane();
    }

    /** Nobody confirms what is on the disk: it denies. */
    private void expectStale(final String what) {
        sidecar.await("an answer, " + what, () -> {
            final Decision first = ask();
            assertTrue(!first.allowed(), what + ": allowed without a confirmation: " + first);
            return first.fromSidecar();
        });
        assertEquals(Reason.REASON_SNAPSHOT_STALE, ask().reason(), what);
    }

    private void check(final String what) {
        assertEquals(List.of(), load.faults(), what);
        final Decision now = ask();
        assertTrue(now.allowed(), what + ": " + now);
        final long used = now.bindingCeiling().orElseThrow().getUsed();
        final long least = load.leastUsed();
        final long most = load.mostUsed();
        assertTrue(
                used >= least && used <= most,
                what + ": the counter holds " + used + ", acknowledged were " + least + ", asked at most " + most);
    }

    private Decision ask() {
        return client.decide(CrashSite.question(1).check().build(), DEADLINE);
    }

    private void awaitAllowed() {
        sidecar.await("an allowed decision", () -> ask().allowed());
    }

    int kills() {
        return kills;
    }

    CrashLoad load() {
        return load;
    }

    Site site() {
        return site;
    }

    @Override
    public void close() {
        try {
            load.stop();
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        client.close();
        sidecar.close();
        controlPlane.close();
    }
}
