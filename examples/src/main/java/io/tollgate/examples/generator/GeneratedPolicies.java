/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import io.tollgate.core.Effect;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Policies with {@value #CANDIDATES} rules on the way from global to a project that cover the measured operation, each with a condition.
 * Few match: authority is handed down by role, the project says yes, no deny and no warn rule matches anybody.
 */
final class GeneratedPolicies {
    /** Rules of the chain that cover the measured operation. */
    static final int CANDIDATES = 200;

    static final String ENGINEER = "engineer";
    static final int TEAMS = 20;
    static final String TOKEN_SCOPE = "llm:write";

    private static final int GLOBAL_RULES = 90;
    private static final int PLAN_RULES = 70;
    private static final int ORGANIZATION_RULES = 24;
    private static final int DEPARTMENT_RULES = 8;
    private static final int PROJECT_RULES =
            CANDIDATES - GLOBAL_RULES - PLAN_RULES - ORGANIZATION_RULES - DEPARTMENT_RULES;
    /** Rules about something else, per rule about the measured operation. */
    private static final int OTHER_EVERY = 8;

    private static final WhatDef MEASURED = new WhatDef(GeneratedRegistry.INVOKE);

    private final GeneratedShape shape;

    GeneratedPolicies(final GeneratedShape shape) {
        this.shape = shape;
    }

    /** In the order of the scope paths. */
    void forEach(final Consumer<PolicyDef> sink) {
        sink.accept(policy("global", GLOBAL_RULES, Effect.DELEGATE));
        for (int organization = 0; organization < shape.organizations(); organization++) {
            sink.accept(policy(GeneratedNames.organizationPath(organization), ORGANIZATION_RULES, Effect.DELEGATE));
            for (int department = 0; department < GeneratedShape.DEPARTMENTS; department++) {
                sink.accept(policy(
                        GeneratedNames.departmentPath(organization, department), DEPARTMENT_RULES, Effect.DELEGATE));
            }
            for (int project = 0; project < GeneratedShape.PROJECTS_OF_ORGANIZATION; project++) {
                sink.accept(policy(GeneratedNames.projectPath(organization, project), PROJECT_RULES, Effect.ALLOW));
            }
        }
        for (int plan = 0; plan < Plans.COUNT; plan++) {
            sink.accept(policy(Plans.path(plan), PLAN_RULES, Effect.DELEGATE));
        }
    }

    private PolicyDef policy(final String scopePath, final int candidates, final Effect passing) {
        final List<RuleDef> rules = new ArrayList<>();
        rules.add(rule(scopePath, 0, passing, rolesAny(ENGINEER), MEASURED, GeneratedConditions.IN_REGION));
        for (int i = 1; i < candidates; i++) {
            rules.add(candidate(scopePath, i));
            if (i % OTHER_EVERY == 0) {
                final WhatDef other = new WhatDef(1 + i % GeneratedRegistry.OTHER_OPERATIONS);
                rules.add(rule(scopePath, candidates + i, Effect.ALLOW, WhoDef.ANYBODY, other, ConditionDef.ALWAYS));
            }
        }
        return new PolicyDef(scopePath, rules);
    }

    private RuleDef candidate(final String scopePath, final int i) {
        final ConditionDef internal = GeneratedConditions.INTERNAL;
        return switch (i % 8) {
            case 0 -> rule(scopePath, i, Effect.DENY, tokenScopes("quarantine-" + i), MEASURED, internal);
            case 1 -> rule(scopePath, i, Effect.DENY, rolesAny("suspended-" + i % 7), MEASURED, internal);
            case 2 -> rule(scopePath, i, Effect.DELEGATE, types("agent"), MEASURED, internal);
            case 3 -> rule(scopePath, i, Effect.DELEGATE, rolesAll(ENGINEER, "approver-" + i), MEASURED, internal);
            case 4 -> rule(scopePath, i, Effect.WARN, ids("nobody-" + i), MEASURED, internal);
            case 5 ->
                i == 5
                        ? rule(scopePath, i, Effect.RESTRICT, leads(i), MEASURED, GeneratedConditions.MODERATE)
                        : rule(scopePath, i, Effect.ALLOW, leads(i), MEASURED, internal);
            case 6 ->
                rule(scopePath, i, Effect.DENY, rolesAny("contractor-" + i, "suspended-" + i % 7), MEASURED, internal);
            default ->
                rule(
                        scopePath,
                        i,
                        Effect.DELEGATE,
                        rolesAny(team(i % TEAMS)),
                        MEASURED,
                        GeneratedConditions.FOUR_TERMS);
        };
    }

    /** Nobody, but for the scope's one restrict rule, which everybody satisfies. */
    private static WhoDef leads(final int i) {
        return i == 5 ? rolesAny(ENGINEER, "auditor") : rolesAny("lead-" + i);
    }

    private RuleDef rule(
            final String scopePath,
            final int number,
            final Effect effect,
            final WhoDef who,
            final WhatDef what,
            final ConditionDef when) {
        final String id = "r" + number + (shape.stamp() == 0 ? "" : "-s" + shape.stamp());
        return new RuleDef(
                id,
                effect,
                who,
                what,
                when,
                effect == Effect.DENY || effect == Effect.WARN ? "Ask your administrator." : "",
                "policies/" + scopePath.replace('/', '-').replace(':', '-') + ".yaml:" + (number + 3) + ":5");
    }

    static String team(final int team) {
        return "team-" + team;
    }

    private static WhoDef rolesAny(final String... roles) {
        return new WhoDef(List.of(), List.of(), List.of(roles), List.of(), List.of());
    }

    private static WhoDef rolesAll(final String... roles) {
        return new WhoDef(List.of(), List.of(), List.of(), List.of(roles), List.of());
    }

    private static WhoDef types(final String type) {
        return new WhoDef(List.of(type), List.of(), List.of(), List.of(), List.of());
    }

    private static WhoDef ids(final String id) {
        return new WhoDef(List.of(), List.of(id), List.of(), List.of(), List.of());
    }

    private static WhoDef tokenScopes(final String scope) {
        return new WhoDef(List.of(), List.of(), List.of(), List.of(), List.of(TOKEN_SCOPE, scope));
    }
}
