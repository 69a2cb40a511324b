/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.support;

import io.tollgate.core.DecisionClock;
import io.tollgate.core.Plane;
import io.tollgate.core.engine.DecisionEngine;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.quota.Cells;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.reservation.ReservationStore;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldHolder;
import io.tollgate.loader.LoaderStatus;
import io.tollgate.loader.LoaderStatus.Connection;
import io.tollgate.loader.LoaderStatus.Phase;
import io.tollgate.loader.journal.UsageJournal;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.server.lifecycle.SnapshotFeed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Does what a loader does, when a test says so: worlds, ages, counters, an engine over them. */
public final class TestSnapshots implements SnapshotFeed {
    private static final long NS_PER_MS = 1_000_000L;

    public final TestClock clock = new TestClock();
    public final FreshnessTable freshness = new FreshnessTable();
    public final CellStore cells;
    public final WorldHolder worlds;
    public final DecisionEngine engine;
    private final ReservationStore reservations;
    private final Path directory;
    private volatile long installed;
    private volatile LoaderStatus.@Nullable Failure failure;
    private volatile boolean started;
    private volatile boolean closed;

    public TestSnapshots(final Path directory, final int workers) {
        this(directory, workers, null);
    }

    /** With a journal, which the test closes. */
    public TestSnapshots(final Path directory, final int workers, final @Nullable UsageJournal journal) {
        this.directory = directory;
        try {
            cells = CellStore.open(directory.resolve("cells"), 42);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        worlds = new WorldHolder(workers);
        reservations = ReservationStore.inMemory(4, 7);
        engine = new DecisionEngine(
                worlds,
                cells.cells(),
                new InFlight(workers + 1),
                freshness,
                clock,
                reservations,
                journal == null ? null : journal.log());
    }

    /** Installs and activates {@link TestWorld} of this version, and confirms it. */
    public void activate(final long version) throws IOException {
        worlds.activate(TestWorld.open(directory, cells, version, clock.wallMs()));
        installed++;
        confirm();
        worlds.reclaim();
    }

    /** Confirms every plane. */
    public void confirm() {
        for (final Plane plane : Plane.values()) {
            freshness.confirm(plane, clock.monotonicNs(), clock.wallMs(), 0);
        }
    }

    /** Lets the control plane fail. */
    public void disconnect(final String cause) {
        failure = new LoaderStatus.Failure(cause, clock.wallMs());
    }

    /** {@return whether somebody started it} */
    public boolean started() {
        return started;
    }

    /** {@return whether it was closed} */
    public boolean closed() {
        return closed;
    }

    @Override
    public LoaderStatus status() {
        final World world = worlds.current();
        final List<LoaderStatus.PlaneFacts> planes = new ArrayList<>();
        for (final Plane plane : Plane.values()) {
            final long ageNs = freshness.ageNs(plane.code(), clock.monotonicNs(), clock.wallMs());
            final long boundNs = world == null ? 0 : world.facts().bounds().maxAgeNs(plane.code());
            planes.add(new LoaderStatus.PlaneFacts(
                    io.tollgate.v1.Plane.forNumber(plane.code()),
                    ageNs > boundNs,
                    ageNs == FreshnessTable.NEVER_NS ? -1 : ageNs / NS_PER_MS,
                    boundNs / NS_PER_MS,
                    0,
                    ""));
        }
        return new LoaderStatus(
                directory,
                world == null ? null : facts(world),
                new LoaderStatus.ConnectionFacts(
                        failure == null ? Connection.CONNECTED : Connection.FAILING,
                        failure == null ? 0 : 3,
                        failure,
                        clock.wallMs()),
                new LoaderStatus.InstallFacts(Phase.IDLE, installed, 1, 0, null, 0, 0),
                planes,
                new LoaderStatus.CounterFacts(cells.count(), false),
                "",
                new LoaderStatus.ClockFacts(0, 0, 0, 0, 0, 0),
                LoaderStatus.DeltaFacts.NONE);
    }

    private static LoaderStatus.SnapshotFacts facts(final World world) {
        return new LoaderStatus.SnapshotFacts(
                world.facts().bundle(),
                new SnapshotVersion(world.facts().epoch(), world.facts().version()),
                world.registry().version(),
                world.facts().ledgerSequence(),
                world.facts().digest(),
                "",
                true,
                world.facts().createdAtMs(),
                2_000);
    }

    @Override
    public WorldHolder worlds() {
        return worlds;
    }

    @Override
    public Cells cells() {
        return cells.cells();
    }

    @Override
    public ReservationStore reservations() {
        return reservations;
    }

    @Override
    public FreshnessTable freshness() {
        return freshness;
    }

    @Override
    public DecisionClock clock() {
        return clock;
    }

    @Override
    public void start() {
        started = true;
    }

    @Override
    public void close() {
        closed = true;
        worlds.close();
        try {
            cells.close();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
