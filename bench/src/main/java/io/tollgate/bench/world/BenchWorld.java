/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.world;

import io.tollgate.core.DecisionClock;
import io.tollgate.core.Plane;
import io.tollgate.core.engine.DecisionEngine;
import io.tollgate.core.engine.DecisionWorker;
import io.tollgate.core.engine.RateWords;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.world.NotPatchableException;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldFacts;
import io.tollgate.core.world.WorldFormatException;
import io.tollgate.core.world.WorldHolder;
import io.tollgate.core.world.WorldPatch;
import io.tollgate.core.world.WorldTables;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.examples.generator.GeneratedBundle;
import io.tollgate.examples.generator.GeneratedShape;
import io.tollgate.loader.freshness.SystemDecisionClock;
import java.io.IOException;
import java.io.UncheckedIOException;
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
        return open(shape, choice, workers, 0);
    }

    /**
     * Opens a world, built first if it is not on disk, and patches it as deltas do: half of the rows are the first ones, which most chains
     * have, the others lie evenly among all.
     *
     * @param shape       of the data
     * @param choice      which ceilings
     * @param workers     how many workers may be made
     * @param patchedRows how many rows are patched, 0 = none: then it is no patched world
     */
    public static BenchWorld open(
            final GeneratedShape shape, final CeilingChoice choice, final int workers, final int patchedRows)
            throws IOException {
        return open(WorldCache.ofThisMachine(), shape, choice, workers, patchedRows);
    }

    static BenchWorld open(
            final WorldCache cache,
            final GeneratedShape shape,
            final CeilingChoice choice,
            final int workers,
            final int patchedRows)
            throws IOException {
        final GeneratedBundle bundle = new GeneratedBundle(shape);
        final WorldTables tables = WorldCache.tables(bundle);
        final Path folder = cache.folder(bundle, choice, tables);
        try {
            return open(bundle, choice, folder, tables, workers, patchedRows);
        } catch (final WorldFormatException e) {
            cache.forget(folder);
            return open(bundle, choice, cache.folder(bundle, choice, tables), tables, workers, patchedRows);
        }
    }

    private static BenchWorld open(
            final GeneratedBundle bundle,
            final CeilingChoice choice,
            final Path folder,
            final WorldTables tables,
            final int workers,
            final int patchedRows)
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
            final World read = patchedRows == 0 ? world : patched(world, bundle, choice, cells, patchedRows);
            return new BenchWorld(shape, read, cells, workers);
        } catch (final IOException | RuntimeException e) {
            cells.close();
            throw e;
        }
    }

    private static World patched(
            final World world,
            final GeneratedBundle bundle,
            final CeilingChoice choice,
            final CellStore cells,
            final int rows)
            throws IOException {
        final long first = rows / 2;
        final long every = Math.max(1, bundle.shape().scopes() / Math.max(1, rows - first));
        final long[] seen = {0};
        try (WorldPatch patch = WorldPatch.begin(
                world,
                world.tables(),
                world.facts().withDelta(1),
                new StoreBinder(world.registry(), cells),
                RateWords.INLINER)) {
            bundle.forEachScope(scope -> {
                final long number = seen[0]++;
                if (number < first || number % every == 0) {
                    put(patch, choice.of(scope));
                }
            });
            final World patched = patch.finish();
            world.close();
            return patched;
        } catch (final NotPatchableException e) {
            throw new IOException(e);
        } catch (final UncheckedIOException e) {
            throw new IOException(e.getCause());
        }
    }

    private static void put(final WorldPatch patch, final ScopeDef scope) {
        try {
            patch.put(scope);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final NotPatchableException e) {
            throw new UncheckedIOException(new IOException(e));
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
