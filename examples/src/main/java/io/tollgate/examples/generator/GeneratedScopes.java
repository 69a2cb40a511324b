/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.EntityState;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import io.tollgate.core.world.def.SubscriptionStatus;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Every scope, those above and those pointed to before those that point. */
final class GeneratedScopes {
    private static final Map<String, AttributeValue> ATTRIBUTES = Map.of("place.tier", new AttributeValue.Text("gold"));

    private final GeneratedShape shape;
    private final Map<ScopeLevel, List<CeilingDef>> ceilings = new EnumMap<>(ScopeLevel.class);

    GeneratedScopes(final GeneratedShape shape) {
        this.shape = shape;
        for (final ScopeLevel level : ScopeLevel.values()) {
            ceilings.put(level, GeneratedLimits.at(level, shape.stamp()));
        }
    }

    void forEach(final Consumer<ScopeDef> sink) {
        sink.accept(plain(ScopeLevel.GLOBAL, "global", "global", ""));
        for (int plan = 0; plan < Plans.COUNT; plan++) {
            sink.accept(plain(ScopeLevel.PLAN, Plans.path(plan), Plans.id(plan), "global"));
        }
        for (int organization = 0; organization < shape.organizations(); organization++) {
            organization(organization, sink);
        }
    }

    private void organization(final int organization, final Consumer<ScopeDef> sink) {
        final String path = GeneratedNames.organizationPath(organization);
        sink.accept(new ScopeDef(
                ScopeLevel.ORGANIZATION,
                path,
                GeneratedNames.organization(organization),
                "",
                EntityState.ACTIVE,
                0,
                "global",
                ScopeDef.Actor.NONE,
                new ScopeDef.Holdings(
                        subscription(organization),
                        ceilingsOf(ScopeLevel.ORGANIZATION),
                        ATTRIBUTES,
                        List.of(GeneratedCredit.wallet(organization)))));
        for (int department = 0; department < GeneratedShape.DEPARTMENTS; department++) {
            sink.accept(plain(
                    ScopeLevel.DEPARTMENT,
                    GeneratedNames.departmentPath(organization, department),
                    GeneratedNames.department(department),
                    path));
        }
        for (int project = 0; project < GeneratedShape.PROJECTS_OF_ORGANIZATION; project++) {
            sink.accept(plain(
                    ScopeLevel.PROJECT,
                    GeneratedNames.projectPath(organization, project),
                    GeneratedNames.project(project),
                    GeneratedNames.departmentPath(organization, GeneratedShape.departmentOf(project))));
        }
        for (int i = shape.firstPrincipal(organization); i < shape.endPrincipal(organization); i++) {
            sink.accept(principal(organization, i));
            sink.accept(key(organization, i));
        }
    }

    private SubscriptionDef subscription(final int organization) {
        final int plan = Plans.ofOrganization(organization);
        return new SubscriptionDef(
                "sub-" + organization,
                "cust-" + organization,
                SubscriptionStatus.ACTIVE,
                Plans.path(plan),
                Plans.entitlementSet(plan),
                0);
    }

    private ScopeDef principal(final int organization, final int principal) {
        return scope(
                ScopeLevel.PRINCIPAL,
                GeneratedNames.principalPath(organization, principal),
                GeneratedNames.principal(principal),
                GeneratedNames.organizationPath(organization),
                new ScopeDef.Actor(
                        GeneratedNames.actorType(principal), roles(principal), List.of(), new byte[0], "", ""));
    }

    private ScopeDef key(final int organization, final int principal) {
        return scope(
                ScopeLevel.API_KEY,
                GeneratedNames.keyPath(organization, principal),
                GeneratedNames.keyName(principal),
                GeneratedNames.organizationPath(organization),
                new ScopeDef.Actor(
                        "",
                        roles(principal),
                        List.of(GeneratedPolicies.TOKEN_SCOPE),
                        GeneratedNames.apiKeySha256(principal),
                        GeneratedNames.projectPath(organization, shape.projectOf(principal)),
                        GeneratedNames.principalPath(organization, principal)));
    }

    private List<String> roles(final int principal) {
        final long random = Mixer.mix(shape.seed(), principal);
        final int first = (int) Long.remainderUnsigned(random, GeneratedPolicies.TEAMS);
        final int second = (first + 1 + (int) Long.remainderUnsigned(random >>> 32, GeneratedPolicies.TEAMS - 1))
                % GeneratedPolicies.TEAMS;
        return List.of(GeneratedPolicies.ENGINEER, GeneratedPolicies.team(first), GeneratedPolicies.team(second));
    }

    private ScopeDef plain(final ScopeLevel level, final String path, final String id, final String parent) {
        return new ScopeDef(
                level,
                path,
                id,
                "",
                EntityState.ACTIVE,
                0,
                parent,
                ScopeDef.Actor.NONE,
                new ScopeDef.Holdings(null, ceilingsOf(level)));
    }

    private ScopeDef scope(
            final ScopeLevel level,
            final String path,
            final String id,
            final String parent,
            final ScopeDef.Actor actor) {
        return new ScopeDef(
                level,
                path,
                id,
                "",
                EntityState.ACTIVE,
                0,
                parent,
                actor,
                new ScopeDef.Holdings(null, ceilingsOf(level)));
    }

    private List<CeilingDef> ceilingsOf(final ScopeLevel level) {
        return ceilings.getOrDefault(level, List.of());
    }
}
