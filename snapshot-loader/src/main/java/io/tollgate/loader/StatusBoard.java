/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.loader.LoaderStatus.ClockFacts;
import io.tollgate.loader.LoaderStatus.Connection;
import io.tollgate.loader.LoaderStatus.ConnectionFacts;
import io.tollgate.loader.LoaderStatus.CounterFacts;
import io.tollgate.loader.LoaderStatus.Failure;
import io.tollgate.loader.LoaderStatus.InstallFacts;
import io.tollgate.loader.LoaderStatus.Phase;
import io.tollgate.loader.LoaderStatus.PlaneFacts;
import io.tollgate.loader.LoaderStatus.SnapshotFacts;
import io.tollgate.loader.delta.DeltaRefusedException.Cause;
import io.tollgate.loader.freshness.ClockJump;
import io.tollgate.loader.freshness.PlaneAges;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.v1.Plane;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects what the loader's thread does and tells listeners; {@link #status} gives it to any thread. Every change replaces one immutable
 * value, so a reader sees each group of facts whole.
 */
final class StatusBoard {
    private final Path stateDir;
    private final PlaneAges ages;
    private final List<LoaderListener> listeners;

    private volatile @Nullable SnapshotFacts snapshot;
    private volatile ConnectionFacts connection = new ConnectionFacts(Connection.CONNECTING, 0, null, 0);
    private volatile InstallFacts installs = new InstallFacts(Phase.IDLE, 0, 0, 0, null, 0, 0);
    private volatile CounterFacts counters = new CounterFacts(0, false);
    private volatile String distrust = "";
    private final DeltaBoard deltas = new DeltaBoard();
    private volatile ClockFacts time = new ClockFacts(0, 0, 0, 0, 0, 0);

    StatusBoard(Path stateDir, PlaneAges ages, List<LoaderListener> listeners) {
        this.stateDir = stateDir;
        this.ages = ages;
        this.listeners = listeners;
    }

    /** Any thread. */
    LoaderStatus status(long nowMonotonicNs, long nowWallMs) {
        List<PlaneFacts> planes = new ArrayList<>();
        for (PlaneAges.Report report : ages.report(nowMonotonicNs, nowWallMs)) {
            planes.add(new PlaneFacts(
                    Plane.forNumber(report.plane().code()),
                    report.stale(),
                    report.ageMs(),
                    report.maxAgeMs(),
                    report.sourceAgeMs(),
                    report.detail()));
        }
        return new LoaderStatus(
                stateDir,
                snapshot,
                connection,
                installs,
                List.copyOf(planes),
                counters,
                distrust,
                time,
                deltas.facts());
    }

    DeltaBoard deltas() {
        return deltas;
    }

    void deltasApplied(long sequence, int count, long durationNs) {
        tell(listener -> listener.deltasApplied(sequence, count, durationNs));
    }

    void deltaRefused(Cause why, String reason) {
        tell(listener -> listener.deltaRefused(why, reason));
    }

    void activated(SnapshotFacts facts) {
        InstallFacts before = installs;
        snapshot = facts;
        installs = new InstallFacts(
                Phase.IDLE, before.installed() + 1, before.refused(), before.failed(), before.lastFailure(), 0, 0);
        tell(listener -> listener.activated(facts));
    }

    void confirmed() {
        SnapshotFacts facts = snapshot;
        if (facts != null && !facts.confirmed()) {
            snapshot = new SnapshotFacts(
                    facts.bundle(),
                    facts.version(),
                    facts.registryVersion(),
                    facts.ledgerSequence(),
                    facts.manifestSha256(),
                    facts.signatureKeyId(),
                    true,
                    facts.createdAtMs(),
                    facts.activatedAtMs());
        }
    }

    void answered(long wallMs) {
        ConnectionFacts before = connection;
        connection = new ConnectionFacts(Connection.CONNECTED, 0, before.lastFailure(), wallMs);
        if (before.state() != Connection.CONNECTED) {
            tellConnection(Connection.CONNECTED, "");
        }
    }

    void callFailed(int consecutive, String cause, long wallMs) {
        ConnectionFacts before = connection;
        connection = new ConnectionFacts(
                Connection.FAILING, consecutive, new Failure(cause, wallMs), before.lastAnswerAtMs());
        if (before.state() != Connection.FAILING) {
            tellConnection(Connection.FAILING, cause);
        }
    }

    private void tellConnection(Connection state, String cause) {
        tell(listener -> listener.connectionChanged(state, cause));
    }

    void refused(SnapshotVersion version, String cause, long wallMs) {
        InstallFacts before = installs;
        installs = new InstallFacts(
                Phase.IDLE,
                before.installed(),
                before.refused() + 1,
                before.failed(),
                new Failure("snapshot " + version + " refused: " + cause, wallMs),
                0,
                0);
        tell(listener -> listener.refused(version, cause));
    }

    void failed(String cause, long wallMs) {
        InstallFacts before = installs;
        installs = new InstallFacts(
                Phase.IDLE,
                before.installed(),
                before.refused(),
                before.failed() + 1,
                new Failure(cause, wallMs),
                before.chunksReceived(),
                before.chunkCount());
    }

    void progress(Phase phase, long chunksReceived, long chunkCount) {
        InstallFacts before = installs;
        if (before.phase() == phase && before.chunksReceived() == chunksReceived && before.chunkCount() == chunkCount) {
            return;
        }
        installs = new InstallFacts(
                phase,
                before.installed(),
                before.refused(),
                before.failed(),
                before.lastFailure(),
                chunksReceived,
                chunkCount);
    }

    void counters(long cells, boolean wasReset) {
        CounterFacts before = counters;
        if (before.cells() != cells || before.wasReset() != wasReset) {
            counters = new CounterFacts(cells, wasReset);
        }
    }

    void distrust(String why) {
        distrust = why;
    }

    void timeJumped(ClockJump jump, long wallMs) {
        ClockFacts before = time;
        long stepMs = TimeUnit.NANOSECONDS.toMillis(jump.wallStepNs());
        long silenceMs = TimeUnit.NANOSECONDS.toMillis(jump.silenceNs());
        time = new ClockFacts(
                before.steps() + (jump.stepped() ? 1 : 0),
                jump.stepped() ? stepMs : before.lastStepMs(),
                jump.stepped() ? wallMs : before.lastStepAtMs(),
                before.pauses() + (jump.paused() ? 1 : 0),
                jump.paused() ? silenceMs : before.lastPauseMs(),
                before.countersHealed());
        tell(listener -> listener.timeJumped(jump));
    }

    void countersHealed(long count) {
        ClockFacts before = time;
        if (before.countersHealed() != count) {
            time = new ClockFacts(
                    before.steps(),
                    before.lastStepMs(),
                    before.lastStepAtMs(),
                    before.pauses(),
                    before.lastPauseMs(),
                    count);
        }
    }

    /** A listener that throws harms nobody but itself. */
    private void tell(Consumer<LoaderListener> news) {
        for (LoaderListener listener : listeners) {
            try {
                news.accept(listener);
            } catch (RuntimeException e) {
                Loggers.LOADER.log(System.Logger.Level.WARNING, "a listener of the loader failed", e);
            }
        }
    }
}
