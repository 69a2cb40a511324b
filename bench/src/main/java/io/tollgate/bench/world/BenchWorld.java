/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.world;

import io.tollgate.core.DecisionClock;
import io.tollgate.core.Plane;
import io.tollgate.core.engine.DecisionEngine;
import io.tollgate.core.engine.DecisionWorker;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldFacts;
import io.tollgate.core.world.WorldFormatException;
import io.tollgate.core.world.WorldHolder;
import io.tollgate.core.world.WorldTables;
import io.tollgate.examples.generator.GeneratedBundle;
import io.tollgate.examples.generator.GeneratedShape;
import io.tollgate.loader.freshness.SystemDecisionClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** An engine over a generated world with mapped counters and the machine's clocks; every plane was confirmed when it was opened. */
public final class BenchWorld implements AutoCloseable {
    private static final long BOUND_NS = TimeUnit.DAYS.toNanos(30);

    private final GeneratedShape shape;
    private final World world;
    private final WorldHolder worlds;
    private final CellStore cells;
    private final DecisionEngine engine;

    private BenchWorld(final GeneratedShape shape, final World world, final CellStore cells, final int workers) {
        this.shape = shape;
        this.world = world;
        this.cells = cells;
        final DecisionClock clock = new SystemDecisionClock();
        final FreshnessTable freshness = new FreshnessTable();
        for (final Plane plane : Plane.values()) {
            freshness.confirm(plane, clock.monotonicNs(), clock.wallMs(), 0);
        }
        world.periods(PeriodTable.build(world.windows(), clock.wallMs()));
        worlds = new WorldHolder(workers);
        worlds.activate(world);
        final InFlight inFlight = new InFlight(workers);
        engine = new DecisionEngine(worlds, cells.cells(), inFlight, freshness, clock);
    }

    /**
     * Opens a world, built first if it is not on disk.
     *
     * @param shape   of the data
     * @param choice  which ceilings
     * @param workers how many workers may be made
     */
    public static BenchWorld open(final GeneratedShape shape, final CeilingChoice choice, final int workers)
            throws IOException {
        return open(WorldCache.ofThisMachine(), shape, choice, workers);
    }

    static BenchWorld open(
            final WorldCache cache, final GeneratedShape shape, final CeilingChoice choice, final int workers)
            throws IOException {
        final GeneratedBundle bundle = new GeneratedBundle(shape);
        final WorldTables tables = WorldCache.tables(bundle);
        final Path folder = cache.folder(bundle, choice, tables);
        try {
            return open(bundle, folder, tables, workers);
        } catch (final WorldFormatException e) {
            cache.forget(folder);
            return open(bundle, cache.folder(bundle, choice, tables), tables, workers);
        }
    }

    private static BenchWorld open(
            final GeneratedBundle bundle, final Path folder, final WorldTables tables, final int workers)
            throws IOException {
        final GeneratedShape shape = bundle.shape();
        WorldFacts.PlaneBounds bounds = WorldFacts.PlaneBounds.none();
        for (final Plane plane : Plane.values()) {
            bounds = bounds.with(plane, BOUND_NS);
        }
        final WorldFacts facts = new WorldFacts("bench", 1, 1, "0".repeat(64), 0, 0, 0, bounds);
        final CellStore cells = CellStore.open(folder.resolve("cells"), shape.principals());
        try {
            final WorldTables whole = tables.withPools(bundle.pools(), new StoreBinder(tables.registry(), cells)::pool);
            final World world = World.open(folder.resolve("world"), whole, facts, World.Check.HEADS);
            return new BenchWorld(shape, world, cells, workers);
        } catch (final IOException | RuntimeException e) {
            cells.close();
            throw e;
        }
    }

    /** {@return a worker for one thread} */
    public DecisionWorker newWorker() {
        return engine.newWorker();
    }

    /** {@return the world; open until this is closed} */
    public World world() {
        return world;
    }

    /** {@return the counters} */
    public CellStore cells() {
        return cells;
    }

    /** {@return of what data} */
    public GeneratedShape shape() {
        return shape;
    }

    @Override
    public void close() throws IOException {
        worlds.close();
        cells.close();
    }
}
