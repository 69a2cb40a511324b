/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Plane;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.world.def.AttributeType;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.EntitlementDef;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.EntityState;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import io.tollgate.core.world.def.SubscriptionStatus;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.SplittableRandom;

/** A small world drawn from a seed: every kind of thing in a few examples, names that collide often enough to meet. */
final class RandomWorld {
    static final List<String> ROLES = List.of("admin", "engineer", "viewer", "billing");
    static final List<String> TOKEN_SCOPES = List.of("llm:write", "gpu:launch");
    static final List<String> TYPES = List.of("user", "service", "agent");
    static final List<String> IDS = List.of("ada", "bob", "ci", "zoe");
    static final long T0_MS = 1_774_656_000_000L; // 2026-03-28T00:00Z, a day before Europe's clocks move

    final RegistryDef registry;
    final RandomPolicies policies;
    final List<EntitlementSetDef> entitlementSets = new ArrayList<>();
    final List<ScopeDef> scopes = new ArrayList<>();
    final Map<Plane, Long> maxAgeMs = new EnumMap<>(Plane.class);
    final List<byte[]> apiKeys = new ArrayList<>();
    /** Most of what is asked reaches the counters; else most of it stops on the way. */
    final boolean friendly;

    private final Random random;
    private final RandomCeilings randomCeilings;
    private final RandomAssets randomAssets;

    RandomWorld(final long seed, final RandomRegistry.Features features) {
        random = scrambled(seed);
        friendly = random.nextInt(4) > 0;
        registry = new RandomRegistry(random, features).registry();
        policies = new RandomPolicies(random, registry, friendly);
        randomCeilings = new RandomCeilings(random, registry);
        randomAssets = new RandomAssets(random);
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

    private List<EntitlementDef> entitlements() {
        final List<EntitlementDef> entitlements = new ArrayList<>();
        for (int feature = 0; feature < 3; feature++) {
            if (random.nextInt(friendly ? 20 : 4) > 0) {
                final Map<String, AttributeValue> config = feature == 0 ? RandomFacts.config(random) : Map.of();
                entitlements.add(new EntitlementDef(
                        feature, random.nextInt(friendly ? 40 : 8) > 0, feature == 2 ? "hd" : "", config, "plan"));
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
                if (friendly || random.nextInt(3) > 0) {
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
                some(random, ROLES, 3),
                level == ScopeLevel.API_KEY ? some(random, TOKEN_SCOPES, 3) : List.of(),
                hash,
                bound,
                owner);
        final long expiresAtMs = random.nextInt(friendly ? 40 : 8) == 0 ? T0_MS + random.nextInt(100_000_000) : 0;
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
                new ScopeDef.Holdings(null, randomCeilings.ceilings(path), RandomFacts.attributes("actor.", random))));
        policies.add(path, 12);
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
        return random.nextInt(friendly ? 5 * odds : odds) == 0 ? EntityState.DISABLED : EntityState.ACTIVE;
    }

    private ScopeDef scope(final ScopeLevel level, final String path, final String id, final String parent) {
        final boolean customer =
                level == ScopeLevel.ORGANIZATION || level == ScopeLevel.PROJECT && random.nextInt(3) == 0;
        final SubscriptionDef subscription =
                customer && random.nextInt(friendly ? 30 : 6) > 0 ? subscription(path) : null;
        final boolean fixed = level == ScopeLevel.GLOBAL || level == ScopeLevel.PLAN;
        policies.add(path, 2);
        return new ScopeDef(
                level,
                path,
                id,
                "",
                fixed ? EntityState.ACTIVE : state(15),
                0,
                parent,
                ScopeDef.Actor.NONE,
                new ScopeDef.Holdings(
                        subscription, randomCeilings.ceilings(path), RandomFacts.attributes("place.", random)));
    }

    private SubscriptionDef subscription(final String path) {
        final SubscriptionStatus[] all = SubscriptionStatus.values();
        final SubscriptionStatus status =
                random.nextInt(friendly ? 20 : 4) > 0 ? SubscriptionStatus.ACTIVE : all[random.nextInt(all.length)];
        return new SubscriptionDef(
                "sub-" + path,
                path,
                status,
                random.nextBoolean() ? "plan:free" : "plan:pro",
                "set" + random.nextInt(3),
                random.nextInt(friendly ? 40 : 6) == 0 ? T0_MS + random.nextInt(100_000_000) : 0);
    }

    /** {@return when overrides of its ceilings end} */
    NavigableSet<Long> overrideEndsMs() {
        return randomCeilings.overrideEndsMs;
    }

    AttributeValue value(final AttributeType type, final Random from) {
        return RandomFacts.value(type, from);
    }

    static List<String> some(final Random random, final List<String> of, final int most) {
        final List<String> chosen = new ArrayList<>();
        for (final String one : of) {
            if (chosen.size() < most && random.nextInt(of.size()) < most) {
                chosen.add(one);
            }
        }
        return chosen;
    }

    /** What the model sees of it; limits and assets change from snapshot to snapshot. */
    ReferenceWorld reference(final List<ScopeDef> as, final ReferenceAssets assets) {
        return new ReferenceWorld(
                registry, policies.policies, entitlementSets, as, maxAgeMs, policies.conditions, assets);
    }

    /** {@return the scopes of a later snapshot: some of their limits are others} */
    List<ScopeDef> changedScopes() {
        return scopes.stream()
                .map(scope -> new ScopeDef(
                        scope.level(),
                        scope.path(),
                        scope.id(),
                        scope.displayName(),
                        scope.state(),
                        scope.expiresAtMs(),
                        scope.parentPath(),
                        scope.actor(),
                        new ScopeDef.Holdings(
                                scope.holdings().subscription(),
                                randomCeilings.changed(scope.holdings().ceilings()),
                                scope.holdings().attributes())))
                .toList();
    }

    /** Money and machines as of now. */
    ReferenceAssets assets(final long nowMs) {
        return randomAssets.at(nowMs);
    }

    /** Neighbouring seeds of Random begin alike: with this they do not. */
    static Random scrambled(final long seed) {
        return new Random(new SplittableRandom(seed).nextLong());
    }
}
