/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.loader.fixture.DeltaSource;
import io.tollgate.loader.fixture.FakeClock;
import io.tollgate.loader.fixture.FakeControlPlane;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.transfer.ManifestVerifier;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.v1.PullSnapshotRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A loader over a fake clock and a fake control plane, driven step by step. */
final class LoaderHarness implements AutoCloseable {
    private static final int MANY_CYCLES = 500;

    final FakeClock clock;
    final FakeControlPlane plane = new FakeControlPlane();
    final SnapshotLoader loader;
    final List<String> refusals = new ArrayList<>();
    final List<SnapshotVersion> activations = new ArrayList<>();

    static LoaderContext context() {
        return new LoaderContext().sidecarId("sidecar-1").bootId("boot-1").verifier(ManifestVerifier.DEVELOPMENT);
    }

    LoaderHarness(Path stateDir) throws IOException {
        this(stateDir, context(), new FakeClock());
    }

    LoaderHarness(Path stateDir, LoaderContext context, FakeClock clock) throws IOException {
        this.clock = clock;
        this.loader = SnapshotLoader.open(context.stateDir(stateDir)
                .client(plane)
                .clock(clock)
                .random(new Random(42))
                .listener(new LoaderListener() {
                    @Override
                    public void activated(LoaderStatus.SnapshotFacts snapshot) {
                        activations.add(snapshot.version());
                    }

                    @Override
                    public void refused(SnapshotVersion version, String cause) {
                        refusals.add(cause);
                    }
                }));
        loader.agent().onStart();
    }

    /** Cycles until nothing is left to do at this instant. */
    void settle() {
        for (int i = 0; i < MANY_CYCLES; i++) {
            if (loader.agent().doWork() == 0) {
                return;
            }
        }
        throw new AssertionError("the loader does not come to rest");
    }

    void advanceMs(long ms) {
        clock.advanceMs(ms);
        settle();
    }

    /** Lets time pass in steps of 100 ms while the control plane answers heartbeats. */
    void serveMs(SnapshotBuilder.Built newest, long ms) {
        for (long passedMs = 0; passedMs < ms; passedMs += 100) {
            advanceMs(100);
            plane.serveHeartbeat(newest);
            settle();
        }
    }

    /** The same with a control plane that has deltas. */
    void serveMs(DeltaSource source, long ms) {
        for (long passedMs = 0; passedMs < ms; passedMs += 100) {
            advanceMs(100);
            plane.serveHeartbeat(source);
            settle();
        }
    }

    /** Lets time pass, while heartbeats are answered, until the loader pulls again. */
    PullSnapshotRequest nextPull(SnapshotBuilder.Built newest) {
        int before = plane.pulls.size();
        for (int i = 0; i < 4_000 && plane.pulls.size() == before; i++) {
            serveMs(newest, 100);
        }
        if (plane.pulls.size() != before + 1) {
            throw new AssertionError((plane.pulls.size() - before) + " further pulls; " + status());
        }
        return plane.pull().request;
    }

    /** From a question to an active snapshot. */
    void install(SnapshotBuilder.Built snapshot) {
        settle();
        plane.offer(snapshot);
        settle();
        plane.sendAll(snapshot);
        settle();
    }

    LoaderStatus status() {
        return loader.status();
    }

    SnapshotVersion active() {
        LoaderStatus.SnapshotFacts facts = status().snapshot();
        return facts == null ? SnapshotVersion.NONE : facts.version();
    }

    String lastInstallFailure() {
        LoaderStatus.Failure failure = status().installs().lastFailure();
        return failure == null ? "none" : failure.cause();
    }

    boolean stale() {
        return status().planes().stream().anyMatch(LoaderStatus.PlaneFacts::stale);
    }

    @Override
    public void close() {
        loader.close();
    }
}
