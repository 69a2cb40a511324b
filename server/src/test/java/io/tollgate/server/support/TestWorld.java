/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.support;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Effect;
import io.tollgate.core.Enforcement;
import io.tollgate.core.Plane;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.Severity;
import io.tollgate.core.engine.RateWords;
import io.tollgate.core.policy.ConditionLoader;
import io.tollgate.core.quota.CellIdentity;
import io.tollgate.core.quota.CellKind;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.world.CellBinder;
import io.tollgate.core.world.RateInliner;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldFacts;
import io.tollgate.core.world.WorldTables;
import io.tollgate.core.world.WorldWriter;
import io.tollgate.core.world.WorldWriterSettings;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.ChargeDef;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.EntitlementDef;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.EntityState;
import io.tollgate.core.world.def.FeatureDef;
import io.tollgate.core.world.def.FeatureType;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.PoolDef;
import io.tollgate.core.world.def.PriceBookDef;
import io.tollgate.core.world.def.PriceDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import io.tollgate.core.world.def.SubscriptionStatus;
import io.tollgate.core.world.def.ThresholdDef;
import io.tollgate.core.world.def.TrancheDef;
import io.tollgate.core.world.def.UnitDef;
import io.tollgate.core.world.def.WalletDef;
import io.tollgate.core.world.def.WalletStatus;
import io.tollgate.core.world.def.WalletThresholdDef;
import io.tollgate.core.world.def.WalletType;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import io.tollgate.core.world.def.WindowDef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A tiny organization, as real files of a world: acme with project rag, the user ann (1,000 tokens a month under the
 * project), the user bob (disabled), the user eve (whom a rule denies), an API key of ann's. Its rules and numbers are
 * named in the tests that need them.
 */
public final class TestWorld {
    /** The API key in clear. */
    public static final String API_KEY = "tg_test_key";
    /** Most tokens of the project in a month. */
    public static final long MONTHLY_TOKENS = 1_000;

    private static final int TOKEN = 0;
    private static final int REQUEST = 2;
    private static final long MINUTE_MS = 60_000;
    private static final List<Plane> PLANES = List.of(Plane.DIRECTORY, Plane.POLICY, Plane.ENTITLEMENT, Plane.QUOTA);

    private TestWorld() {}

    /**
     * Writes and opens a world.
     *
     * @param directory    an existing directory; the files go into a new one inside
     * @param cells        where its ceilings count
     * @param version      snapshot version; also the registry's version and part of every rule's name
     * @param epochMs      now
     */
    public static World open(final Path directory, final CellStore cells, final long version, final long epochMs)
            throws IOException {
        final Path files = Files.createDirectory(directory.resolve("world-" + version));
        final WorldTables tables = WorldTables.compile(
                        registry(version), policies(version), entitlements(version), ConditionLoader.NONE)
                .withPrices(List.of(new PriceBookDef("list", 4, "usd", List.of(new PriceDef(0, 10_000, 1, Map.of())))))
                .withPools(pools(), (pool, dimension) -> poolCell(cells, pool));
        final Cells binder = new Cells(cells);
        try (WorldWriter writer =
                WorldWriter.create(new WorldWriterSettings(files, 16, version, cells.id()), tables, binder, binder)) {
            for (final ScopeDef scope : scopes()) {
                writer.add(scope);
            }
            writer.finish();
        }
        final World world = World.open(files, tables, facts(version), World.Check.EVERY_BYTE);
        world.periods(PeriodTable.build(world.windows(), epochMs));
        return world;
    }

    private static WorldFacts facts(final long version) {
        WorldFacts.PlaneBounds bounds = WorldFacts.PlaneBounds.none();
        for (final Plane plane : Plane.values()) {
            bounds = bounds.with(plane, TimeUnit.SECONDS.toNanos(60));
        }
        return new WorldFacts("default", 1, version, digest(version), 7, 1_000, TimeUnit.SECONDS.toNanos(60), bounds);
    }

    /** {@return what evidence shows as the digest of a version} */
    public static String digest(final long version) {
        return String.format("%064x", version);
    }

    private static RegistryDef registry(final long version) {
        return new RegistryDef(
                version,
                1,
                List.of(
                        new UnitDef("token", TOKEN, 1, "token"),
                        new UnitDef("kilotoken", TOKEN, 1_000, "1,000 tokens"),
                        new UnitDef("request", REQUEST, 1, "request"),
                        new UnitDef("gpu_second", 3, 1, "GPU second")),
                List.of(
                        new DimensionDef("llm.tokens", "llm", TOKEN, DimensionKind.PERIOD, "tokens"),
                        new DimensionDef("llm.requests", "llm", REQUEST, DimensionKind.RATE, "requests"),
                        new DimensionDef("llm.hosts", "llm", REQUEST, DimensionKind.CAPACITY, "hosts")),
                List.of(operation("invoke", true), operation("list", false), bought(), hosted(), audited()),
                List.of("user", "service"),
                List.of(new FeatureDef("chat", FeatureType.CONFIG, "Chat")),
                List.of(),
                6);
    }

    private static OperationDef operation(final String action, final boolean charged) {
        return new OperationDef(
                "llm",
                "model",
                action,
                List.of(TOKEN, 1),
                charged
                        ? List.of(
                                new ChargeDef(0, true, ChargeDef.ANY_UNIT, 0),
                                new ChargeDef(1, false, ChargeDef.ANY_UNIT, 1))
                        : List.of(),
                charged ? 0 : OperationDef.NO_FEATURE,
                charged ? PLANES : List.of(Plane.DIRECTORY, Plane.POLICY),
                0,
                OperationDef.Traits.PLAIN);
    }

    /** Charges tokens, of which one costs a cent. */
    private static OperationDef bought() {
        return new OperationDef(
                "llm",
                "model",
                "buy",
                List.of(TOKEN),
                List.of(new ChargeDef(0, true, ChargeDef.ANY_UNIT, 0)),
                OperationDef.NO_FEATURE,
                List.of(Plane.DIRECTORY, Plane.POLICY, Plane.QUOTA, Plane.CREDIT),
                0,
                new OperationDef.Traits(true, false, false, ""));
    }

    /** As invoke, and audited. */
    private static OperationDef audited() {
        final OperationDef plain = operation("erase", true);
        return new OperationDef(
                plain.product(),
                plain.resourceType(),
                plain.action(),
                plain.acceptedUnitIds(),
                plain.charges(),
                plain.featureId(),
                plain.planes(),
                0,
                new OperationDef.Traits(false, true, false, ""));
    }

    /** Takes a host: the organization has one of its own, and shares three with others. */
    private static OperationDef hosted() {
        return new OperationDef(
                "llm",
                "model",
                "host",
                List.of(TOKEN),
                List.of(new ChargeDef(2, false, ChargeDef.ANY_UNIT, 1)),
                OperationDef.NO_FEATURE,
                List.of(Plane.DIRECTORY, Plane.POLICY, Plane.QUOTA),
                0,
                OperationDef.Traits.PLAIN);
    }

    private static List<PoolDef> pools() {
        return List.of(
                new PoolDef("everybodys", 2, Map.of(), 3, 1_795_176_000_000L, ""),
                new PoolDef("acmes", 2, Map.of(), 1, 0, "org:acme"),
                new PoolDef("elsewhere", 2, Map.of(), 9, 0, "plan:pro/none"));
    }

    private static long poolCell(final CellStore cells, final String pool) {
        try {
            final CellIdentity identity = new CellIdentity(cells.id()).of(pool, "", "", CellKind.PERIOD, "pool");
            return cells.findOrAllocate(identity.high(), identity.low(), CellKind.PERIOD);
        } catch (final IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The organization's: 3 dollars that are spent first, 2 that are spent then; warns below 1 dollar. */
    private static WalletDef wallet() {
        return new WalletDef(
                "main",
                "usd",
                WalletType.PRE_PAID,
                WalletStatus.ACTIVE,
                List.of(
                        new TrancheDef("later", 2_000_000, 2_000_000, 0, 0, 2),
                        new TrancheDef("first", 3_000_000, 3_000_000, 0, 0, 1)),
                List.of(),
                List.of(new WalletThresholdDef(1_000_000, Severity.CRITICAL)),
                0,
                WalletDef.Settlement.AT_ONCE);
    }

    private static List<PolicyDef> policies(final long version) {
        final WhatDef everything = new WhatDef(0, 1, 2, 3, 4);
        return List.of(
                new PolicyDef(
                        "global",
                        List.of(new RuleDef(
                                "everybody-v" + version,
                                Effect.ALLOW,
                                WhoDef.ANYBODY,
                                everything,
                                ConditionDef.ALWAYS,
                                "",
                                "policies/global.yaml:3:5"))),
                new PolicyDef(
                        "org:acme",
                        List.of(new RuleDef(
                                "not-eve-v" + version,
                                Effect.DENY,
                                new WhoDef(List.of(), List.of("eve"), List.of(), List.of(), List.of()),
                                everything,
                                ConditionDef.ALWAYS,
                                "Eve has left.",
                                "policies/acme.yaml:12:5"))));
    }

    private static List<EntitlementSetDef> entitlements(final long version) {
        return List.of(new EntitlementSetDef(
                "pro",
                List.of(new EntitlementDef(
                        0, true, "", Map.of("max_context", new AttributeValue.Whole(version)), "plan pro"))));
    }

    private static List<ScopeDef> scopes() {
        final List<ScopeDef> scopes = new ArrayList<>();
        scopes.add(scope(ScopeLevel.GLOBAL, "global", "global", "", ScopeDef.Actor.NONE, ScopeDef.Holdings.NONE));
        scopes.add(scope(ScopeLevel.PLAN, "plan:pro", "pro", "global", ScopeDef.Actor.NONE, ScopeDef.Holdings.NONE));
        scopes.add(scope(ScopeLevel.ORGANIZATION, "org:acme", "acme", "global", ScopeDef.Actor.NONE, customer()));
        scopes.add(scope(
                ScopeLevel.DEPARTMENT,
                "org:acme/dept:ai",
                "ai",
                "org:acme",
                ScopeDef.Actor.NONE,
                ScopeDef.Holdings.NONE));
        scopes.add(scope(
                ScopeLevel.PROJECT, "org:acme/project:rag", "rag", "org:acme/dept:ai", ScopeDef.Actor.NONE, limits()));
        for (final String user : List.of("ann", "eve", "bob")) {
            scopes.add(new ScopeDef(
                    ScopeLevel.PRINCIPAL,
                    "org:acme/user:" + user,
                    user,
                    user,
                    user.equals("bob") ? EntityState.DISABLED : EntityState.ACTIVE,
                    0,
                    "org:acme",
                    new ScopeDef.Actor("user", List.of("member"), List.of(), new byte[0], "", ""),
                    ScopeDef.Holdings.NONE));
        }
        scopes.add(scope(
                ScopeLevel.API_KEY,
                "org:acme/key:ci",
                "ci",
                "org:acme",
                new ScopeDef.Actor(
                        "", List.of(), List.of(), sha256(API_KEY), "org:acme/project:rag", "org:acme/user:ann"),
                ScopeDef.Holdings.NONE));
        return scopes;
    }

    private static ScopeDef scope(
            final ScopeLevel level,
            final String path,
            final String id,
            final String parent,
            final ScopeDef.Actor actor,
            final ScopeDef.Holdings holdings) {
        return new ScopeDef(level, path, id, "The " + id, EntityState.ACTIVE, 0, parent, actor, holdings);
    }

    private static ScopeDef.Holdings customer() {
        return new ScopeDef.Holdings(
                        new SubscriptionDef("sub-1", "acme", SubscriptionStatus.ACTIVE, "plan:pro", "pro", 0),
                        List.of())
                .withWallets(List.of(wallet()));
    }

    private static ScopeDef.Holdings limits() {
        return new ScopeDef.Holdings(
                null,
                List.of(
                        new CeilingDef(
                                "rag-tokens",
                                0,
                                Enforcement.HARD,
                                null,
                                CeilingDef.Amount.of(MONTHLY_TOKENS),
                                new WindowDef(Period.MONTHLY, 0, 0, ""),
                                List.of(new ThresholdDef(800, Severity.WARNING)),
                                "limits",
                                "limits/rag.yaml:2:3"),
                        new CeilingDef(
                                "rag-requests",
                                1,
                                Enforcement.HARD,
                                null,
                                new CeilingDef.Amount(false, 600_000, 600_000),
                                new WindowDef(Period.MINUTE, MINUTE_MS, 0, ""),
                                List.of(),
                                "limits",
                                "limits/rag.yaml:6:3")));
    }

    private static byte[] sha256(final String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (final NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** A ceiling's cell follows from where it is and what it is called. */
    private record Cells(CellStore store) implements CellBinder, RateInliner {
        @Override
        public long bind(final String scopePath, final String definedAtPath, final CeilingDef ceiling)
                throws IOException {
            return store.findOrAllocate(
                    scopePath.hashCode(),
                    ceiling.id().hashCode(),
                    ceiling.dimensionId() == 1 ? CellKind.RATE : CellKind.PERIOD);
        }

        @Override
        public long bindWallet(final String scopePath, final String walletId, final String currency)
                throws IOException {
            return store.findOrAllocate(scopePath.hashCode(), walletId.hashCode(), CellKind.GAUGE);
        }

        @Override
        public void inline(final CeilingDef ceiling, final long[] target, final long[] overriding) {
            RateWords.INLINER.inline(ceiling, target, overriding);
        }
    }
}
