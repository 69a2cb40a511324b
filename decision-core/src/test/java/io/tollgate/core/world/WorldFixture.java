/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Enforcement;
import io.tollgate.core.Plane;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.policy.ConditionLoader;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.ChargeDef;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.EntitlementDef;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.EntityState;
import io.tollgate.core.world.def.FeatureDef;
import io.tollgate.core.world.def.FeatureType;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import io.tollgate.core.world.def.SubscriptionStatus;
import io.tollgate.core.world.def.UnitDef;
import io.tollgate.core.world.def.WindowDef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Small worlds for tests. */
public final class WorldFixture {
    public static final int TOKENS_PER_MINUTE = 0;
    public static final int TOKENS_PER_MONTH = 1;
    public static final int JOBS = 2;
    public static final int USER = 0;
    public static final int SERVICE = 1;

    public static final WindowDef MINUTE = new WindowDef(Period.MINUTE, 60_000, 0, "");
    public static final WindowDef MONTH = new WindowDef(Period.MONTHLY, 0, 0, "Europe/Berlin");

    /** Cells are numbered in the order in which they are bound. */
    public static final class Cells implements CellBinder {
        final Map<String, Long> refs = new HashMap<>();

        @Override
        public long bind(final String scopePath, final String definedAtPath, final CeilingDef ceiling) {
            return refs.computeIfAbsent(
                    scopePath + " " + definedAtPath + " " + ceiling.id() + " " + ceiling.dimensionId(),
                    key -> 1000L + refs.size());
        }
    }

    private WorldFixture() {}

    public static RegistryDef registry() {
        return new RegistryDef(
                7,
                3,
                List.of(
                        new UnitDef("token", 0, 1, "token"),
                        new UnitDef("kilotoken", 0, 1000, "thousand tokens"),
                        new UnitDef("job", 2, 1, "job")),
                List.of(
                        new DimensionDef("llm.tokens_per_minute", "llm", 0, DimensionKind.RATE, "tokens per minute"),
                        new DimensionDef("llm.tokens", "llm", 0, DimensionKind.PERIOD, "tokens"),
                        new DimensionDef("jobs", "compute", 2, DimensionKind.GAUGE, "running jobs")),
                List.of(
                        operation("llm", "model", "invoke"),
                        operation("llm", "model", "list"),
                        operation("compute", "job", "launch")),
                List.of("user", "service"),
                List.of(new FeatureDef("assistant", FeatureType.BOOLEAN, "Assistant")),
                List.of(),
                6);
    }

    public static OperationDef operation(final String product, final String type, final String action) {
        return new OperationDef(
                product,
                type,
                action,
                List.of(0, 1),
                List.of(new ChargeDef(TOKENS_PER_MONTH, true, ChargeDef.ANY_UNIT, 0)),
                0,
                List.of(Plane.DIRECTORY, Plane.POLICY),
                0,
                OperationDef.Traits.PLAIN);
    }

    public static WorldTables tables(final PolicyDef... policies) {
        return WorldTables.compile(
                registry(),
                List.of(policies),
                List.of(
                        new EntitlementSetDef("free", List.of()),
                        new EntitlementSetDef("pro", List.of(new EntitlementDef(0, true, "", Map.of(), "plan pro")))),
                ConditionLoader.NONE);
    }

    public static WorldFacts facts(final long version) {
        return new WorldFacts(
                "main", 1, version, "digest-" + version, 5, 0, 60_000_000_000L, WorldFacts.PlaneBounds.none());
    }

    public static ScopeDef scope(
            final ScopeLevel level, final String path, final String id, final String parent, final CeilingDef... own) {
        return new ScopeDef(
                level,
                path,
                id,
                "The " + id,
                EntityState.ACTIVE,
                0,
                parent,
                ScopeDef.Actor.NONE,
                new ScopeDef.Holdings(null, List.of(own)));
    }

    public static ScopeDef global(final CeilingDef... own) {
        return scope(ScopeLevel.GLOBAL, "global", "global", "", own);
    }

    public static ScopeDef plan(final String id, final CeilingDef... own) {
        return scope(ScopeLevel.PLAN, "plan:" + id, id, "global", own);
    }

    public static ScopeDef organization(final String id, final @Nullable String plan, final CeilingDef... own) {
        final SubscriptionDef subscription = plan == null
                ? null
                : new SubscriptionDef(
                        "sub-" + id, "cust-" + id, SubscriptionStatus.ACTIVE, "plan:" + plan, plan, 9_000);
        return new ScopeDef(
                ScopeLevel.ORGANIZATION,
                "org:" + id,
                id,
                "The " + id,
                EntityState.ACTIVE,
                0,
                "global",
                ScopeDef.Actor.NONE,
                new ScopeDef.Holdings(subscription, List.of(own)));
    }

    public static ScopeDef department(final String organization, final String id, final CeilingDef... own) {
        final String parent = "org:" + organization;
        return scope(ScopeLevel.DEPARTMENT, parent + "/dept:" + id, id, parent, own);
    }

    public static ScopeDef project(
            final String organization, final @Nullable String department, final String id, final CeilingDef... own) {
        final String path = "org:" + organization;
        return scope(
                ScopeLevel.PROJECT,
                path + "/project:" + id,
                id,
                department == null ? path : path + "/dept:" + department,
                own);
    }

    public static ScopeDef principal(
            final String organization, final String type, final String id, final List<String> roles) {
        return principal(organization, type, id, roles, new CeilingDef[0]);
    }

    public static ScopeDef principal(
            final String organization,
            final String type,
            final String id,
            final List<String> roles,
            final CeilingDef... own) {
        return new ScopeDef(
                ScopeLevel.PRINCIPAL,
                "org:" + organization + "/" + type + ":" + id,
                id,
                "The " + id,
                EntityState.ACTIVE,
                12_345,
                "org:" + organization,
                new ScopeDef.Actor(type, roles, List.of(), new byte[0], "", ""),
                new ScopeDef.Holdings(null, List.of(own)));
    }

    public static ScopeDef apiKey(
            final String organization, final String id, final byte[] sha256, final String project, final String owner) {
        return new ScopeDef(
                ScopeLevel.API_KEY,
                "org:" + organization + "/key:" + id,
                id,
                "",
                EntityState.ACTIVE,
                0,
                "org:" + organization,
                new ScopeDef.Actor("", List.of(), List.of("llm:write"), sha256, project, owner),
                ScopeDef.Holdings.NONE);
    }

    public static byte[] keyHash(final int fill) {
        final byte[] hash = new byte[32];
        Arrays.fill(hash, (byte) fill);
        return hash;
    }

    public static CeilingDef rate(final String id, final long perMinute, final long burst) {
        return ceiling(id, TOKENS_PER_MINUTE, new CeilingDef.Amount(false, perMinute, burst), MINUTE, null);
    }

    public static CeilingDef monthly(final String id, final long limit) {
        return ceiling(id, TOKENS_PER_MONTH, CeilingDef.Amount.of(limit), MONTH, null);
    }

    public static CeilingDef gauge(final String id, final long limit) {
        return ceiling(id, JOBS, CeilingDef.Amount.of(limit), WindowDef.NONE, null);
    }

    public static CeilingDef each(final ScopeLevel level, final CeilingDef shared) {
        return ceiling(shared.id(), shared.dimensionId(), shared.amount(), shared.window(), level);
    }

    public static CeilingDef ceiling(
            final String id,
            final int dimension,
            final CeilingDef.Amount amount,
            final WindowDef window,
            final @Nullable ScopeLevel each) {
        return new CeilingDef(
                id,
                dimension,
                Enforcement.HARD,
                each,
                amount,
                window,
                List.of(),
                "limits",
                "limits/" + id + ".yaml:1:1");
    }

    /** Numbers that tests recognize: limit, burst, length and 4. */
    public static void inlineRate(final CeilingDef ceiling, final long[] target, final long[] overriding) {
        inlineRate(ceiling, ceiling.amount(), target);
        if (ceiling.override() != null) {
            inlineRate(ceiling, ceiling.override().amount(), overriding);
        }
    }

    private static void inlineRate(final CeilingDef ceiling, final CeilingDef.Amount amount, final long[] target) {
        target[0] = amount.limit();
        target[1] = amount.burst();
        target[2] = ceiling.window().lengthMs();
        target[3] = 4;
    }

    public static WorldWriter writer(final Path directory, final WorldTables tables, final CellBinder cells)
            throws IOException {
        return WorldWriter.create(
                new WorldWriterSettings(directory, 16, 77, 99, 1 << 20), tables, cells, WorldFixture::inlineRate);
    }

    /** Writes a world of these scopes. */
    public static WorldFiles write(
            final Path directory, final WorldTables tables, final CellBinder cells, final ScopeDef... scopes)
            throws IOException {
        try (WorldWriter writer = writer(directory, tables, cells)) {
            for (final ScopeDef scope : scopes) {
                writer.add(scope);
            }
            return writer.finish();
        }
    }

    /** Writes and opens a world of these scopes, without policies. */
    public static World world(final Path directory, final ScopeDef... scopes) throws IOException {
        final WorldTables tables = tables();
        write(directory, tables, new Cells(), scopes);
        return World.open(directory, tables, facts(1), World.Check.EVERY_BYTE);
    }

    public static long find(final World world, final ScopeLevel level, final long organization, final String id) {
        final byte[] utf8 = ("<" + id + ">").getBytes(StandardCharsets.UTF_8);
        return world.find(level, organization, utf8, 1, utf8.length - 2);
    }

    public static long organization(final World world, final String id) {
        return find(world, ScopeLevel.ORGANIZATION, World.NO_ROW, id);
    }

    public static long findPrincipal(final World world, final long organization, final int type, final String id) {
        final byte[] utf8 = ("<" + id + ">").getBytes(StandardCharsets.UTF_8);
        final int length = utf8.length - 2;
        return world.findPrincipal(organization, type, utf8, 1, length);
    }

    public static ScopeRow row(final World world, final long ref) {
        if (ref == World.NO_ROW) {
            throw new AssertionError("no such row");
        }
        return new ScopeRow().wrap(world, ref);
    }

    public static List<CeilingRow> ceilings(final World world, final ScopeRow row) {
        final List<CeilingRow> ceilings = new ArrayList<>();
        final CeilingRow walking = new CeilingRow();
        for (int i = 0; i < row.ceilingCount(); i++) {
            ceilings.add(new CeilingRow()
                    .wrap(
                            world,
                            i == 0
                                    ? walking.first(world, row).ref()
                                    : walking.next().ref()));
        }
        return ceilings;
    }
}
