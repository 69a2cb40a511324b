/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Effect;
import io.tollgate.core.Enforcement;
import io.tollgate.core.Plane;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.Severity;
import io.tollgate.core.condition.ConditionEncoder;
import io.tollgate.core.condition.ConditionFormatException;
import io.tollgate.core.world.def.AttributeType;
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
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import io.tollgate.core.world.def.SubscriptionStatus;
import io.tollgate.core.world.def.ThresholdDef;
import io.tollgate.core.world.def.UnitDef;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import io.tollgate.core.world.def.WindowDef;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A small world drawn from a seed: every kind of thing in a few examples, names that collide often enough to meet. */
final class RandomWorld {
    static final List<String> ROLES = List.of("admin", "engineer", "viewer", "billing");
    static final List<String> TOKEN_SCOPES = List.of("llm:write", "gpu:launch");
    static final List<String> TYPES = List.of("user", "service", "agent");
    static final List<String> IDS = List.of("ada", "bob", "ci", "zoe");
    static final long T0_MS = 1_774_656_000_000L; // 2026-03-28T00:00Z, a day before Europe's clocks move

    private static final int TOKEN = 0;
    private static final int REQUEST = 1;
    private static final int GPU_MS = 2;
    private static final int GPU_HOUR = 3;

    final RegistryDef registry;
    final List<PolicyDef> policies = new ArrayList<>();
    final List<EntitlementSetDef> entitlementSets = new ArrayList<>();
    final List<ScopeDef> scopes = new ArrayList<>();
    final Map<Plane, Long> maxAgeMs = new EnumMap<>(Plane.class);
    final List<byte[]> apiKeys = new ArrayList<>();
    final Map<String, ReferenceCondition> conditions = new LinkedHashMap<>();
    private final Random random;
    private final RandomConditions randomConditions;

    RandomWorld(final long seed) {
        random = new Random(seed);
        registry = registry();
        randomConditions = new RandomConditions(random, RandomFacts.variables(registry));
        for (final Plane plane : Plane.values()) {
            maxAgeMs.put(plane, 1_000L * (5 + random.nextInt(60)));
        }
        for (int i = 0; i < 3; i++) {
            entitlementSets.add(new EntitlementSetDef("set" + i, entitlements()));
        }
        scopes.add(scope(ScopeLevel.GLOBAL, "global", "global", ""));
        scopes.add(scope(ScopeLevel.PLAN, "plan:free", "free", "global"));
        scopes.add(scope(ScopeLevel.PLAN, "plan:pro", "pro", "global"));
        organization("acme");
        organization("beta");
    }

    private RegistryDef registry() {
        final List<UnitDef> units = List.of(
                new UnitDef("token", TOKEN, 1, ""),
                new UnitDef("request", REQUEST, 1, ""),
                new UnitDef("gpu_ms", GPU_MS, 1, ""),
                new UnitDef("gpu_hour", GPU_MS, 3_600_000, ""));
        final List<DimensionDef> dimensions = List.of(
                new DimensionDef("rpm", "request", REQUEST, DimensionKind.RATE, ""),
                new DimensionDef("tpm", "token", TOKEN, DimensionKind.RATE, ""),
                new DimensionDef("tokens", "token", TOKEN, DimensionKind.PERIOD, ""),
                new DimensionDef("gpu", "compute", GPU_MS, DimensionKind.PERIOD, ""));
        final List<OperationDef> operations = List.of(
                operation("llm", "chat", "complete", List.of(TOKEN), List.of(constant(0), usage(1), usage(2)), 0),
                operation("llm", "chat", "read", List.of(), List.of(), OperationDef.NO_FEATURE),
                operation("gpu", "node", "launch", List.of(GPU_MS, GPU_HOUR), List.of(usage(3)), 1),
                operation("gpu", "node", "stop", List.of(), List.of(constant(0)), OperationDef.NO_FEATURE),
                operation("video", "clip", "render", List.of(GPU_HOUR, TOKEN), List.of(usage(2), usage(3)), 2));
        final List<FeatureDef> features = List.of(
                new FeatureDef("chat", FeatureType.CONFIG, ""),
                new FeatureDef("gpu", FeatureType.BOOLEAN, ""),
                new FeatureDef("video", FeatureType.STATIC, ""));
        return new RegistryDef(5, 3, units, dimensions, operations, TYPES, features, RandomFacts.ATTRIBUTES, 6);
    }

    private static ChargeDef constant(final int dimension) {
        return new ChargeDef(dimension, false, ChargeDef.ANY_UNIT, 1);
    }

    private ChargeDef usage(final int dimension) {
        final boolean only = dimension == 3 && random.nextInt(4) == 0;
        return new ChargeDef(dimension, true, only ? GPU_HOUR : ChargeDef.ANY_UNIT, 0);
    }

    private OperationDef operation(
            final String product,
            final String type,
            final String action,
            final List<Integer> units,
            final List<ChargeDef> charges,
            final int feature) {
        final List<Plane> planes = new ArrayList<>(List.of(Plane.DIRECTORY, Plane.POLICY));
        if (feature >= 0) {
            planes.add(Plane.ENTITLEMENT);
        }
        if (!charges.isEmpty()) {
            planes.add(Plane.QUOTA);
        }
        final long graceMs = random.nextInt(4) == 0 ? 10_000 : 0;
        return new OperationDef(
                product,
                type,
                action,
                units,
                charges,
                feature,
                planes,
                graceMs,
                new OperationDef.Traits(false, false, random.nextInt(3) == 0 && !units.isEmpty(), ""));
    }

    private List<EntitlementDef> entitlements() {
        final List<EntitlementDef> entitlements = new ArrayList<>();
        for (int feature = 0; feature < 3; feature++) {
            if (random.nextInt(4) > 0) {
                final Map<String, AttributeValue> config = feature == 0 ? RandomFacts.config(random) : Map.of();
                entitlements.add(
                        new EntitlementDef(feature, random.nextInt(8) > 0, feature == 2 ? "hd" : "", config, "plan"));
            }
        }
        return entitlements;
    }

    private void organization(final String id) {
        final String path = "org:" + id;
        scopes.add(scope(ScopeLevel.ORGANIZATION, path, id, "global"));
        scopes.add(scope(ScopeLevel.DEPARTMENT, path + "/dept:eng", "eng", path));
        scopes.add(scope(ScopeLevel.DEPARTMENT, path + "/dept:ops", "ops", path));
        scopes.add(scope(ScopeLevel.PROJECT, path + "/project:rag", "rag", path + "/dept:eng"));
        scopes.add(scope(ScopeLevel.PROJECT, path + "/project:web", "web", path));
        for (final String type : TYPES) {
            for (final String name : IDS) {
                if (random.nextInt(3) > 0) {
                    actor(ScopeLevel.PRINCIPAL, path, type + ":" + name, name, type);
                }
            }
        }
        for (int i = 0; i < 3; i++) {
            actor(ScopeLevel.API_KEY, path, "key:k" + i, "k" + i, "");
        }
    }

    private void actor(
            final ScopeLevel level, final String organization, final String name, final String id, final String type) {
        byte[] hash = {};
        String owner = "";
        String bound = "";
        if (level == ScopeLevel.API_KEY) {
            hash = new byte[32];
            random.nextBytes(hash);
            apiKeys.add(hash);
            owner = random.nextBoolean() ? lastPrincipal() : "";
            bound = random.nextBoolean() ? organization + "/project:rag" : "";
        }
        final ScopeDef.Actor actor = new ScopeDef.Actor(
                type,
                some(ROLES, 3),
                level == ScopeLevel.API_KEY ? some(TOKEN_SCOPES, 3) : List.of(),
                hash,
                bound,
                owner);
        final long expiresAtMs = random.nextInt(8) == 0 ? T0_MS + random.nextInt(100_000_000) : 0;
        final String path = organization + "/" + name;
        scopes.add(new ScopeDef(
                level,
                path,
                id,
                "",
                state(12),
                expiresAtMs,
                organization,
                actor,
                new ScopeDef.Holdings(null, ceilings(path), RandomFacts.attributes("actor.", random))));
        policy(path, 12);
    }

    private String lastPrincipal() {
        for (int i = scopes.size() - 1; i >= 0; i--) {
            if (scopes.get(i).level() == ScopeLevel.PRINCIPAL) {
                return scopes.get(i).path();
            }
        }
        return "";
    }

    private EntityState state(final int odds) {
        return random.nextInt(odds) == 0 ? EntityState.DISABLED : EntityState.ACTIVE;
    }

    private ScopeDef scope(final ScopeLevel level, final String path, final String id, final String parent) {
        final boolean customer =
                level == ScopeLevel.ORGANIZATION || level == ScopeLevel.PROJECT && random.nextInt(3) == 0;
        final SubscriptionDef subscription = customer && random.nextInt(6) > 0 ? subscription(path) : null;
        final boolean fixed = level == ScopeLevel.GLOBAL || level == ScopeLevel.PLAN;
        policy(path, 2);
        return new ScopeDef(
                level,
                path,
                id,
                "",
                fixed ? EntityState.ACTIVE : state(15),
                0,
                parent,
                ScopeDef.Actor.NONE,
                new ScopeDef.Holdings(subscription, ceilings(path), RandomFacts.attributes("place.", random)));
    }

    private SubscriptionDef subscription(final String path) {
        final SubscriptionStatus[] all = SubscriptionStatus.values();
        final SubscriptionStatus status =
                random.nextInt(4) > 0 ? SubscriptionStatus.ACTIVE : all[random.nextInt(all.length)];
        return new SubscriptionDef(
                "sub-" + path,
                path,
                status,
                random.nextBoolean() ? "plan:free" : "plan:pro",
                "set" + random.nextInt(3),
                random.nextInt(6) == 0 ? T0_MS + random.nextInt(100_000_000) : 0);
    }

    private void policy(final String path, final int odds) {
        final boolean wide = path.equals("global") || path.startsWith("plan:");
        if (!wide && random.nextInt(odds) == 0) {
            return;
        }
        final List<RuleDef> rules = new ArrayList<>();
        final int count = 1 + random.nextInt(7);
        for (int i = 0; i < count; i++) {
            final Effect[] effects = {
                Effect.ALLOW,
                Effect.ALLOW,
                Effect.ALLOW,
                Effect.DELEGATE,
                Effect.DELEGATE,
                Effect.WARN,
                Effect.RESTRICT,
                Effect.DENY
            };
            final Effect effect = effects[random.nextInt(effects.length)];
            final boolean narrow = effect == Effect.DENY || effect == Effect.RESTRICT;
            rules.add(new RuleDef("r" + i, effect, who(narrow), what(narrow), condition(), "", path + ".yaml:" + i));
        }
        policies.add(new PolicyDef(path, rules));
    }

    private ConditionDef condition() {
        if (random.nextInt(3) > 0) {
            return ConditionDef.ALWAYS;
        }
        final ReferenceCondition condition = randomConditions.next();
        final String source = "c" + conditions.size();
        try {
            final byte[] program = ConditionEncoder.encode(condition.expression());
            conditions.put(source, condition);
            return new ConditionDef(source, program);
        } catch (final ConditionFormatException ex) {
            return ConditionDef.ALWAYS; // dearer than a condition may be
        }
    }

    AttributeValue value(final AttributeType type, final Random from) {
        return RandomFacts.value(type, from);
    }

    private WhoDef who(final boolean narrow) {
        return new WhoDef(
                random.nextInt(4) == 0 ? some(TYPES, 2) : List.of(),
                random.nextInt(narrow ? 2 : 6) == 0 ? some(IDS, 2) : List.of(),
                random.nextInt(narrow ? 2 : 3) == 0 ? some(ROLES, 2) : List.of(),
                random.nextInt(8) == 0 ? some(ROLES, 3) : List.of(),
                random.nextInt(8) == 0 ? some(TOKEN_SCOPES, 2) : List.of());
    }

    private WhatDef what(final boolean narrow) {
        final int operations = registry.operations().size();
        if (!narrow && random.nextBoolean()) {
            return new WhatDef(0, 1, 2, 3, 4);
        }
        return random.nextBoolean()
                ? new WhatDef(random.nextInt(operations))
                : new WhatDef(0, 1 + random.nextInt(operations - 1));
    }

    private List<CeilingDef> ceilings(final String path) {
        final List<CeilingDef> ceilings = new ArrayList<>();
        for (int dimension = 0; dimension < registry.dimensions().size(); dimension++) {
            if (random.nextInt(3) == 0) {
                ceilings.add(ceiling(path, dimension, "c" + dimension, null));
            }
            if (random.nextInt(9) == 0) {
                ceilings.add(ceiling(path, dimension, "d" + dimension, null));
            }
            final ScopeLevel each = eachLevel(path);
            if (each != null && random.nextInt(4) == 0) {
                ceilings.add(ceiling(path, dimension, "e" + dimension, each));
            }
        }
        return ceilings;
    }

    private CeilingDef ceiling(
            final String path, final int dimension, final String id, final @Nullable ScopeLevel each) {
        final boolean rate = registry.dimensions().get(dimension).kind() == DimensionKind.RATE;
        final long scale = dimension == 3 ? 3_600_000L : dimension == 0 ? 1 : 100;
        final long[] limits = {1, 2, 3, 5, 6, 10, 60};
        final long limit = limits[random.nextInt(limits.length)] * (rate && dimension == 1 ? 100 : scale);
        final boolean unlimited = !rate && random.nextInt(10) == 0;
        final long burst = rate ? 1 + random.nextInt((int) Math.min(2 * limit, 500)) : 0;
        return new CeilingDef(
                id,
                dimension,
                random.nextInt(5) == 0 ? Enforcement.SOFT : Enforcement.HARD,
                each,
                new CeilingDef.Amount(unlimited, unlimited ? 0 : limit, burst),
                rate ? rateWindow() : periodWindow(),
                random.nextBoolean()
                        ? List.of(new ThresholdDef(800, Severity.INFO), new ThresholdDef(950, Severity.WARNING))
                        : List.of(new ThresholdDef(1000, Severity.CRITICAL)),
                "limits",
                path);
    }

    private @Nullable ScopeLevel eachLevel(final String path) {
        final ScopeLevel[] below = path.equals("global")
                ? new ScopeLevel[] {ScopeLevel.PLAN, ScopeLevel.ORGANIZATION, ScopeLevel.PROJECT, ScopeLevel.PRINCIPAL}
                : path.startsWith("plan:")
                        ? new ScopeLevel[] {ScopeLevel.ORGANIZATION, ScopeLevel.PRINCIPAL, ScopeLevel.API_KEY}
                        : path.contains("/dept:")
                                ? new ScopeLevel[] {ScopeLevel.PROJECT}
                                : path.contains("/project:")
                                        ? new ScopeLevel[] {ScopeLevel.API_KEY}
                                        : path.contains("/")
                                                ? new ScopeLevel[] {}
                                                : new ScopeLevel[] {
                                                    ScopeLevel.DEPARTMENT,
                                                    ScopeLevel.PROJECT,
                                                    ScopeLevel.PRINCIPAL,
                                                    ScopeLevel.API_KEY
                                                };
        return below.length == 0 ? null : below[random.nextInt(below.length)];
    }

    /** Lengths that every limit above divides: there the engine's clock rounds nothing, see Gcra. */
    private WindowDef rateWindow() {
        return random.nextBoolean()
                ? new WindowDef(Period.MINUTE, 60_000, 0, "")
                : new WindowDef(Period.HOURLY, 3_600_000, 0, "");
    }

    private WindowDef periodWindow() {
        final Period[] periods = {
            Period.HOURLY,
            Period.DAILY,
            Period.WEEKLY,
            Period.MONTHLY,
            Period.QUARTERLY,
            Period.HALF_YEARLY,
            Period.ANNUAL,
            Period.NEVER
        };
        final String[] zones = {"", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"};
        final Period period = periods[random.nextInt(periods.length)];
        final boolean anniversary = period != Period.NEVER && random.nextInt(3) == 0;
        final long anchorMs = anniversary ? 1_769_817_600_000L + random.nextInt(86_400_000) : 0; // 31 January 2026
        return new WindowDef(period, 0, anchorMs, zones[random.nextInt(zones.length)]);
    }

    private List<String> some(final List<String> of, final int most) {
        final List<String> chosen = new ArrayList<>();
        for (final String one : of) {
            if (chosen.size() < most && random.nextInt(of.size()) < most) {
                chosen.add(one);
            }
        }
        return chosen;
    }
}
