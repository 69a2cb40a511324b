/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.engine.EngineSnapshot;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.EntityState;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import io.tollgate.core.world.def.SubscriptionStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** What publishes change, here and there: scopes come, go and change, and policies, what is bought, money and machines. */
final class RandomChanges {
    private final RandomWorld world;
    private final Random random;
    private final RandomCeilings ceilings;
    private EngineSnapshot now;
    private int added;

    RandomChanges(final RandomWorld world, final EngineSnapshot first, final Random random) {
        this.world = world;
        this.random = random;
        ceilings = new RandomCeilings(random, world.registry);
        now = first;
    }

    /** {@return the next snapshot: a few changes on} */
    EngineSnapshot next(final long nowMs) {
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            now = change(nowMs);
        }
        return now;
    }

    private EngineSnapshot change(final long nowMs) {
        return switch (random.nextInt(11)) {
            case 0 -> add();
            case 1 -> remove();
            case 2 -> policies();
            case 3 -> entitlements();
            case 4 -> assets(nowMs);
            case 5 -> with(replaced(withCeilings(some()), now.scopes()));
            case 6 -> subscription();
            default -> with(replaced(withActor(some()), now.scopes()));
        };
    }

    private ScopeDef some() {
        return now.scopes().get(random.nextInt(now.scopes().size()));
    }

    private EngineSnapshot with(final List<ScopeDef> scopes) {
        return with(now.policies(), now.entitlements(), scopes);
    }

    private EngineSnapshot with(
            final List<PolicyDef> policies, final List<EntitlementSetDef> sets, final List<ScopeDef> scopes) {
        return new EngineSnapshot(now.registry(), policies, sets, scopes, now.maxAgeMs(), now.prices(), now.pools());
    }

    private static List<ScopeDef> replaced(final ScopeDef by, final List<ScopeDef> scopes) {
        return scopes.stream()
                .map(scope -> scope.path().equals(by.path()) ? by : scope)
                .toList();
    }

    /** Ceilings that nobody has a share in; seldom the others too, which makes the world one that cannot be patched. */
    private ScopeDef withCeilings(final ScopeDef scope) {
        final boolean all = random.nextInt(12) == 0;
        final List<CeilingDef> drawn = new ArrayList<>(ceilings.ceilings(scope.path()));
        if (!all) {
            drawn.removeIf(ceiling -> ceiling.eachLevel() != null);
            scope.holdings().ceilings().stream()
                    .filter(ceiling -> ceiling.eachLevel() != null)
                    .forEach(drawn::add);
        }
        return with(scope, scope.actor(), scope.state(), scope.holdings().subscription(), drawn);
    }

    private ScopeDef withActor(final ScopeDef scope) {
        final boolean acts = scope.level().code() >= ScopeLevel.PRINCIPAL.code();
        final ScopeDef.Actor was = scope.actor();
        final ScopeDef.Actor actor = acts
                ? new ScopeDef.Actor(
                        was.actorType(),
                        RandomWorld.some(
                                random, random.nextBoolean() ? RandomWorld.ROLES : List.of("novel" + added), 3),
                        scope.level() == ScopeLevel.API_KEY
                                ? RandomWorld.some(random, RandomWorld.TOKEN_SCOPES, 2)
                                : List.of(),
                        was.apiKeySha256(),
                        was.boundProjectPath(),
                        was.ownerPath())
                : was;
        final boolean fixed = scope.level().code() <= ScopeLevel.PLAN.code();
        final EntityState state = fixed || random.nextInt(4) > 0 ? EntityState.ACTIVE : EntityState.DISABLED;
        return with(
                scope,
                actor,
                state,
                scope.holdings().subscription(),
                scope.holdings().ceilings());
    }

    private ScopeDef with(
            final ScopeDef scope,
            final ScopeDef.Actor actor,
            final EntityState state,
            final @org.jspecify.annotations.Nullable SubscriptionDef subscription,
            final List<CeilingDef> own) {
        final String group = scope.level().code() >= ScopeLevel.PRINCIPAL.code() ? "actor." : "place.";
        return new ScopeDef(
                scope.level(),
                scope.path(),
                scope.id(),
                "name " + random.nextInt(100),
                state,
                random.nextInt(10) == 0 ? RandomWorld.T0_MS + random.nextInt(100_000_000) : scope.expiresAtMs(),
                scope.parentPath(),
                actor,
                new ScopeDef.Holdings(
                        subscription,
                        own,
                        random.nextBoolean() ? scope.holdings().attributes() : RandomFacts.attributes(group, random),
                        scope.holdings().wallets()));
    }

    private EngineSnapshot subscription() {
        final ScopeDef scope = some();
        final SubscriptionDef was = scope.holdings().subscription();
        if (was == null) {
            return now;
        }
        final SubscriptionStatus[] all = SubscriptionStatus.values();
        final SubscriptionDef other = new SubscriptionDef(
                was.id(),
                was.customerExternalId(),
                random.nextBoolean() ? SubscriptionStatus.ACTIVE : all[random.nextInt(all.length)],
                random.nextInt(15) == 0 ? "plan:pro" : was.planPath(),
                now.entitlements()
                        .get(random.nextInt(now.entitlements().size()))
                        .id(),
                was.endsAtMs());
        return with(replaced(
                with(
                        scope,
                        scope.actor(),
                        scope.state(),
                        other,
                        scope.holdings().ceilings()),
                now.scopes()));
    }

    /** A principal or a key, that has been there or not, or a project, a department. */
    private EngineSnapshot add() {
        final String organization = random.nextBoolean() ? "org:acme" : "org:beta";
        final ScopeDef fresh;
        if (random.nextInt(3) == 0) {
            fresh = place(organization);
        } else {
            final List<ScopeDef> missing = world.scopes.stream()
                    .filter(scope -> scope.level().code() >= ScopeLevel.PROJECT.code())
                    .filter(scope -> now.scopes().stream()
                            .noneMatch(there -> there.path().equals(scope.path())))
                    .toList();
            fresh = missing.isEmpty() || random.nextInt(3) == 0
                    ? actor(organization)
                    : missing.get(random.nextInt(missing.size()));
        }
        final List<String> paths = now.scopes().stream().map(ScopeDef::path).toList();
        final SubscriptionDef subscription = fresh.holdings().subscription();
        final boolean known = paths.contains(fresh.parentPath())
                && isKnown(paths, fresh.actor().ownerPath())
                && isKnown(paths, fresh.actor().boundProjectPath())
                && (subscription == null
                        || now.entitlements().stream()
                                .anyMatch(set -> set.id().equals(subscription.entitlementSetId())));
        if (!known) {
            return now;
        }
        final List<ScopeDef> more = new ArrayList<>(now.scopes());
        more.add(fresh);
        more.sort(Comparator.comparing(ScopeDef::level));
        return with(more);
    }

    private static boolean isKnown(final List<String> paths, final String path) {
        return path.isEmpty() || paths.contains(path);
    }

    private ScopeDef place(final String organization) {
        final boolean project = random.nextBoolean();
        final String id = "fresh" + added++;
        final String path = organization + (project ? "/project:" : "/dept:") + id;
        return new ScopeDef(
                project ? ScopeLevel.PROJECT : ScopeLevel.DEPARTMENT,
                path,
                id,
                "",
                EntityState.ACTIVE,
                0,
                project && random.nextBoolean() ? organization + "/dept:ops" : organization,
                ScopeDef.Actor.NONE,
                new ScopeDef.Holdings(null, ceilings.ceilings(path), RandomFacts.attributes("place.", random)));
    }

    private ScopeDef actor(final String organization) {
        final String id = "extra" + added++;
        final String path = organization + "/user:" + id;
        return new ScopeDef(
                ScopeLevel.PRINCIPAL,
                path,
                id,
                "",
                EntityState.ACTIVE,
                0,
                organization,
                new ScopeDef.Actor(
                        "user", RandomWorld.some(random, RandomWorld.ROLES, 3), List.of(), new byte[0], "", ""),
                new ScopeDef.Holdings(null, ceilings.ceilings(path)));
    }

    /** A scope with all that belongs to it, and its policy. */
    private EngineSnapshot remove() {
        final ScopeDef gone = some();
        if (gone.level().code() < ScopeLevel.PROJECT.code()) {
            return now;
        }
        final List<ScopeDef> left = now.scopes().stream()
                .filter(scope -> !scope.path().equals(gone.path())
                        && !scope.actor().ownerPath().equals(gone.path())
                        && !scope.actor().boundProjectPath().equals(gone.path()))
                .toList();
        final List<String> paths = left.stream().map(ScopeDef::path).toList();
        return with(
                now.policies().stream()
                        .filter(policy -> paths.contains(policy.scopePath()))
                        .toList(),
                now.entitlements(),
                left);
    }

    private EngineSnapshot policies() {
        final String path = some().path();
        final List<PolicyDef> others = new ArrayList<>(now.policies());
        others.removeIf(policy -> policy.scopePath().equals(path));
        if (random.nextInt(3) > 0) {
            final RandomPolicies drawn = new RandomPolicies(random, world.registry, world.friendly);
            drawn.add(path, 100);
            others.addAll(random.nextInt(others.size() + 1), drawn.policies);
        }
        return with(others, now.entitlements(), now.scopes());
    }

    /** Another content of a set, a new one, or one fewer. */
    private EngineSnapshot entitlements() {
        final List<EntitlementSetDef> sets = new ArrayList<>(now.entitlements());
        final int which = random.nextInt(sets.size());
        final List<EntitlementSetDef> drawn =
                new RandomWorld(random.nextLong(), RandomRegistry.Features.ALL).entitlementSets;
        final EntitlementSetDef fresh = drawn.get(random.nextInt(drawn.size()));
        switch (random.nextInt(4)) {
            case 0 -> sets.add(which, new EntitlementSetDef("more" + added++, fresh.entitlements()));
            case 1 -> {
                final String id = sets.get(which).id();
                final boolean used = now.scopes().stream()
                        .anyMatch(scope -> scope.holdings().subscription() != null
                                && scope.holdings()
                                        .subscription()
                                        .entitlementSetId()
                                        .equals(id));
                if (!used && sets.size() > 1) {
                    sets.remove(which);
                }
            }
            default -> sets.set(which, new EntitlementSetDef(sets.get(which).id(), fresh.entitlements()));
        }
        return with(now.policies(), sets, now.scopes());
    }

    private EngineSnapshot assets(final long nowMs) {
        final ReferenceAssets assets = world.assets(nowMs);
        return new EngineSnapshot(
                now.registry(),
                now.policies(),
                now.entitlements(),
                EngineAssets.scopes(now.scopes(), assets),
                now.maxAgeMs(),
                EngineAssets.books(assets),
                EngineAssets.pools(assets));
    }
}
