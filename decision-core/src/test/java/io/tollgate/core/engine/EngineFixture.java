/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DecisionClock;
import io.tollgate.core.Plane;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.core.journal.UsageLog;
import io.tollgate.core.quota.Cells;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.reservation.ReservationStore;
import io.tollgate.core.reservation.ReservationSweeper;
import io.tollgate.core.world.CellBinder;
import io.tollgate.core.world.NotPatchableException;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldFacts;
import io.tollgate.core.world.WorldHolder;
import io.tollgate.core.world.WorldPatch;
import io.tollgate.core.world.WorldTables;
import io.tollgate.core.world.WorldWriter;
import io.tollgate.core.world.WorldWriterSettings;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.PoolDef;
import io.tollgate.core.world.def.PriceBookDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.ScopeDef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An engine over a world made of plain definitions, with a clock that tests own. */
public final class EngineFixture implements AutoCloseable {
    private static final long NS_PER_MS = 1_000_000L;
    private static final Plane[] PLANES = Plane.values();
    private static final int CELLS = 1 << 16;

    /** Time that stands until moved. */
    public static final class ManualClock implements DecisionClock {
        private volatile long epochNs;

        @Override
        public long monotonicNs() {
            return epochNs;
        }

        @Override
        public long epochOffsetNs() {
            return 0;
        }

        @Override
        public long wallMs() {
            return Math.floorDiv(epochNs, NS_PER_MS);
        }

        /** Moves to nanoseconds since 1970. */
        public void epochNs(final long value) {
            epochNs = value;
        }
    }

    public final ManualClock clock = new ManualClock();
    public final FreshnessTable freshness = new FreshnessTable();
    public final WorldHolder worlds;
    public final Cells cells = Cells.inMemory(CELLS);
    /** A number more than there are workers: the sweeper's. */
    public final InFlight inFlight;

    public final DecisionEngine engine;
    /** Ends reservations that are due, when a test says so: {@link #sweep()}. */
    public final ReservationSweeper sweeper;

    /** Of the worlds that are activated from now on: what a RESERVE without a time to live gets. */
    public long defaultReservationTtlNs;

    private final Path directory;
    private final Map<String, Long> bound = new HashMap<>();
    private int builds;
    private @Nullable EngineSnapshot active;

    public EngineFixture(final Path directory, final int workers) {
        this(directory, workers, null);
    }

    public EngineFixture(final Path directory, final int workers, final @Nullable UsageLog journal) {
        this.directory = directory;
        worlds = new WorldHolder(workers);
        inFlight = new InFlight(workers + 1);
        engine =
                new DecisionEngine(worlds, cells, inFlight, freshness, clock, ReservationStore.inMemory(4, 1), journal);
        sweeper = engine.newSweeper(workers);
    }

    /** Builds a world and makes it the current one. */
    public World activate(
            final long version,
            final RegistryDef registry,
            final List<PolicyDef> policies,
            final List<EntitlementSetDef> entitlements,
            final List<ScopeDef> scopes,
            final Map<Plane, Long> maxAgeMs) {
        return activate(version, registry, policies, entitlements, scopes, maxAgeMs, List.of());
    }

    /** Builds a world with prices and makes it the current one; wallets hang on the scopes. */
    public World activate(
            final long version,
            final RegistryDef registry,
            final List<PolicyDef> policies,
            final List<EntitlementSetDef> entitlements,
            final List<ScopeDef> scopes,
            final Map<Plane, Long> maxAgeMs,
            final List<PriceBookDef> prices) {
        return activate(version, registry, policies, entitlements, scopes, maxAgeMs, prices, List.of());
    }

    /** Builds a world with prices and pools and makes it the current one. */
    public World activate(
            final long version,
            final RegistryDef registry,
            final List<PolicyDef> policies,
            final List<EntitlementSetDef> entitlements,
            final List<ScopeDef> scopes,
            final Map<Plane, Long> maxAgeMs,
            final List<PriceBookDef> prices,
            final List<PoolDef> pools) {
        return activate(version, new EngineSnapshot(registry, policies, entitlements, scopes, maxAgeMs, prices, pools));
    }

    /** Builds a world of all records and makes it the current one. */
    public World activate(final long version, final EngineSnapshot records) {
        try {
            final Path files = Files.createDirectories(directory.resolve("world-" + builds++));
            final WorldTables tables = WorldTables.compile(
                            records.registry(), records.policies(), records.entitlements())
                    .withPrices(records.prices())
                    .withPools(records.pools(), this::poolCell);
            final WorldWriterSettings settings =
                    new WorldWriterSettings(files, records.scopes().size(), builds, 7, 1 << 20);
            try (WorldWriter writer = WorldWriter.create(settings, tables, binder(), RateWords.INLINER)) {
                for (final ScopeDef scope : records.scopes()) {
                    writer.add(scope);
                }
                writer.finish();
            }
            return activate(World.open(files, tables, facts(version, records), World.Check.EVERY_BYTE), records);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Patches the current world to have these records, and makes the patched one current. */
    public World patch(final long version, final EngineSnapshot records) throws NotPatchableException {
        final World base = Objects.requireNonNull(worlds.current());
        final EngineSnapshot before = Objects.requireNonNull(active);
        WorldTables tables = base.tables();
        if (!records.policies().equals(before.policies())
                || !records.entitlements().equals(before.entitlements())) {
            tables = tables.renewed(records.policies(), records.entitlements());
        }
        if (!records.prices().equals(before.prices())) {
            tables = tables.withPrices(records.prices());
        }
        if (!records.pools().equals(before.pools())) {
            tables = tables.withPools(records.pools(), this::poolCell);
        }
        final Map<String, ScopeDef> gone = new HashMap<>();
        before.scopes().forEach(scope -> gone.put(scope.path(), scope));
        records.scopes().forEach(scope -> gone.remove(scope.path()));
        final Set<ScopeDef> same = new HashSet<>(before.scopes());
        try (WorldPatch patch = WorldPatch.begin(base, tables, facts(version, records), binder(), RateWords.INLINER)) {
            for (final String path : gone.keySet()) {
                patch.remove(path);
            }
            for (final ScopeDef scope : records.scopes()) {
                if (!same.contains(scope)) {
                    patch.put(scope);
                }
            }
            return activate(patch.finish(), records);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** {@return the records of the current world} */
    public EngineSnapshot active() {
        return Objects.requireNonNull(active);
    }

    private WorldFacts facts(final long version, final EngineSnapshot records) {
        WorldFacts.PlaneBounds bounds = WorldFacts.PlaneBounds.none();
        for (final Plane plane : Plane.values()) {
            bounds = bounds.with(plane, records.maxAgeMs().getOrDefault(plane, 60_000L) * NS_PER_MS);
        }
        return new WorldFacts("test", 1, version, "digest-" + version, 0, 0, defaultReservationTtlNs, bounds);
    }

    private World activate(final World world, final EngineSnapshot records) {
        world.periods(PeriodTable.build(world.windows(), clock.wallMs()));
        worlds.activate(world);
        worlds.reclaim();
        active = records;
        return world;
    }

    /** What counts in a cell: the same name in every fixture. */
    public String identityOf(final long cell) {
        return bound.entrySet().stream()
                .filter(entry -> Cells.ref(entry.getValue()) == cell)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private CellBinder binder() {
        return new CellBinder() {
            @Override
            public long bind(final String scopePath, final String definedAtPath, final CeilingDef ceiling) {
                return cell(scopePath, definedAtPath, ceiling);
            }

            @Override
            public long bindWallet(final String scopePath, final String walletId, final String currency) {
                return walletCell(scopePath, walletId, currency);
            }
        };
    }

    /** The cell of a wallet: the same for the same names, whatever the world. */
    public long walletCell(final String scopePath, final String walletId, final String currency) {
        return cell("wallet|" + scopePath + '|' + walletId + '|' + currency);
    }

    /** The cell of a pool: the same for the same names, whatever the world. */
    public long poolCell(final String poolId, final String dimension) {
        return cell("pool|" + poolId + '|' + dimension);
    }

    private long cell(final String identity) {
        return Cells.ref(bound.computeIfAbsent(identity, key -> (long) bound.size() + 1));
    }

    private long cell(final String scopePath, final String definedAt, final CeilingDef ceiling) {
        final String identity = scopePath
                + '|'
                + definedAt
                + '|'
                + ceiling.id()
                + '|'
                + ceiling.window()
                + '|'
                + (ceiling.amount().burst() > 0 ? ceiling.amount() + "|" + ceiling.override() : "");
        return cell(identity);
    }

    /** Says how old each plane is now; planes that are not named were never confirmed. */
    public void ages(final Map<Plane, Long> agesMs) {
        for (final Plane plane : Plane.values()) {
            final Long ageMs = agesMs.get(plane);
            if (ageMs == null) {
                freshness.expire(plane);
            } else {
                freshness.confirm(plane, clock.monotonicNs(), clock.wallMs(), ageMs * NS_PER_MS);
            }
        }
    }

    /** Confirms every plane as of now. */
    public void confirmAll() {
        for (final Plane plane : PLANES) {
            freshness.confirm(plane, clock.monotonicNs(), clock.wallMs(), 0);
        }
    }

    /** Ends what is due now. */
    public void sweep() {
        final World current = worlds.current();
        sweeper.sweepAll(clock.epochNs, current == null ? null : current.periods());
    }

    /** Where the ceiling of a scope counts. */
    public long cellOf(final String scopePath, final String ceilingId) {
        return bound.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(scopePath + "|")
                        && entry.getKey().contains("|" + ceilingId + "|"))
                .mapToLong(entry -> Cells.ref(entry.getValue()))
                .findFirst()
                .orElseThrow();
    }

    /** Does what the loader does as time goes on. */
    public void refreshPeriods() {
        final World current = worlds.current();
        if (current != null && current.periods().needsRefresh(clock.wallMs())) {
            current.periods(current.periods().refreshed(clock.wallMs()));
        }
    }

    @Override
    public void close() {
        worlds.close();
    }
}
