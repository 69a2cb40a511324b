/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.support;

import io.tollgate.core.Plane;
import io.tollgate.core.engine.DecisionEngine;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.world.WorldHolder;
import java.io.IOException;
import java.nio.file.Path;

/** Does what a loader does, when a test says so: worlds, ages, counters, an engine over them. */
public final class TestSnapshots implements AutoCloseable {
    public final TestClock clock = new TestClock();
    public final FreshnessTable freshness = new FreshnessTable();
    public final CellStore cells;
    public final WorldHolder worlds;
    public final DecisionEngine engine;
    private final Path directory;

    public TestSnapshots(final Path directory, final int workers) throws IOException {
        this.directory = directory;
        cells = CellStore.open(directory.resolve("cells"), 42);
        worlds = new WorldHolder(workers);
        engine = new DecisionEngine(worlds, cells.cells(), new InFlight(workers), freshness, clock);
    }

    /** Installs and activates {@link TestWorld} of this version, and confirms it. */
    public void activate(final long version) throws IOException {
        worlds.activate(TestWorld.open(directory, cells, version, clock.wallMs()));
        confirm();
        worlds.reclaim();
    }

    /** Confirms every plane. */
    public void confirm() {
        for (final Plane plane : Plane.values()) {
            freshness.confirm(plane, clock.monotonicNs(), clock.wallMs(), 0);
        }
    }

    @Override
    public void close() throws IOException {
        worlds.close();
        cells.close();
    }
}
