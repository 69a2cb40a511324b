/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.Effect;
import io.tollgate.core.policy.PolicyTables;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.EntitlementDef;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RenewedTablesTest {
    private static final List<EntitlementSetDef> SETS = List.of(set("free", false), set("pro", true));

    private static EntitlementSetDef set(final String id, final boolean enabled) {
        return new EntitlementSetDef(id, List.of(new EntitlementDef(0, enabled, "", Map.of(), "plan")));
    }

    /** New objects each time, as records that are read again give them. */
    private static PolicyDef policy(final String scope, final String... rules) {
        return new PolicyDef(
                scope,
                Arrays.stream(rules)
                        .map(id -> new RuleDef(
                                id,
                                Effect.ALLOW,
                                new WhoDef(List.of(), List.of(), List.of("role-of-" + id), List.of(), List.of()),
                                new WhatDef(0),
                                new ConditionDef("", new byte[0]),
                                "",
                                ""))
                        .toList());
    }

    private static WorldTables compile(final PolicyDef... policies) {
        return WorldTables.compile(WorldFixture.registry(), List.of(policies), SETS);
    }

    private static List<String> rules(final WorldTables tables, final String scope) {
        final PolicyTables policies = tables.policies();
        final List<String> names = new ArrayList<>();
        for (int rule = 0; rule < policies.ruleCount(); rule++) {
            if (policies.policyOf(rule) == policies.findPolicy(scope)) {
                names.add(policies.ruleName(rule));
            }
        }
        return names;
    }

    @Test
    void shouldGiveTheSameTablesWhenNothingHasChanged() {
        final WorldTables tables = compile(policy("global", "a"), policy("org:acme", "b", "c"));
        assertSame(
                tables,
                tables.renewed(
                        List.of(policy("org:acme", "b", "c"), policy("global", "a")),
                        List.of(set("pro", true), set("free", false))));
        final WorldTables other =
                tables.renewed(List.of(policy("org:acme", "b", "c"), policy("global", "a")), SETS.subList(1, 2));
        assertSame(tables.policies(), other.policies());
        assertNotSame(tables.entitlements(), other.entitlements());
    }

    @Test
    void shouldKeepTheNumbersOfWhatStays() {
        final WorldTables tables =
                compile(policy("global", "a"), policy("org:acme", "b", "c"), policy("org:beta", "d"));
        final int beta = tables.policies().findPolicy("org:beta");
        final WorldTables next = tables.renewed(
                List.of(policy("org:beta", "d"), policy("org:new", "n"), policy("global", "z", "a")),
                List.of(set("new", true), set("pro", false)));

        assertEquals(beta, next.policies().findPolicy("org:beta"));
        assertEquals("d", next.policies().ruleName(3));
        assertEquals(beta, next.policies().policyOf(3));
        assertEquals(PolicyTables.NO_POLICY, next.policies().findPolicy("org:acme"));
        assertEquals(PolicyTables.NO_POLICY, next.policies().policyOf(1));
        assertEquals(List.of("z", "a"), rules(next, "global"));
        assertEquals(List.of("n"), rules(next, "org:new"));
        assertEquals(4, next.policies().presentRuleCount());
        assertEquals(1, next.entitlements().findSet("pro"));
        assertEquals(2, next.entitlements().findSet("new"));
        assertEquals(-1, next.entitlements().findSet("free"));
        assertFalse(next.entitlements().present(0));
        assertNotEquals(tables.fingerprint(), next.fingerprint());
    }

    @Test
    void shouldNumberRulesAnewWhenMostNumbersAreOfNone() {
        WorldTables tables = compile(policy("global", "a"), policy("org:acme", "b"));
        int most = 0;
        for (int i = 0; i < 3_000; i++) {
            tables = tables.renewed(List.of(policy("global", "a"), policy("org:acme", "b" + i)), SETS);
            most = Math.max(most, tables.policies().ruleCount());
        }
        assertTrue(most > 500 && most < 1_100, most + " numbers of rules at most");
        assertEquals(List.of("b2999"), rules(tables, "org:acme"));
        assertEquals(1, tables.policies().findPolicy("org:acme"));
    }

    @Test
    void shouldRefuseWhatAWholeSnapshotWouldRefuse() {
        final WorldTables tables = compile(policy("global", "a"));
        assertThrows(
                DefinitionException.class,
                () -> tables.renewed(List.of(policy("global", "a"), policy("global", "b")), SETS));
        assertThrows(DefinitionException.class, () -> tables.renewed(List.of(policy("global", "a", "a")), SETS));
        assertThrows(
                DefinitionException.class, () -> tables.renewed(List.of(), List.of(set("x", true), set("x", true))));
    }
}
