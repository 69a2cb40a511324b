/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

import static io.tollgate.core.policy.PolicyFixture.allRoles;
import static io.tollgate.core.policy.PolicyFixture.anyRole;
import static io.tollgate.core.policy.PolicyFixture.ids;
import static io.tollgate.core.policy.PolicyFixture.rule;
import static io.tollgate.core.policy.PolicyFixture.tokenScopes;
import static io.tollgate.core.policy.PolicyFixture.types;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.Effect;
import io.tollgate.core.Reason;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.WhoDef;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyEvaluatorTest {
    private static final int INVOKE = 0;
    private static final int LIST = 1;

    private final Registry registry = PolicyFixture.registry(2);
    private final PolicyQuery query = new PolicyQuery(8, 8);
    private final PolicyMatch match = new PolicyMatch(8, 8);
    private PolicyTables tables = PolicyTables.compile(registry, List.of(), PolicyFixture.WORDS);

    /** Policies of global, plan, organization in this order; null = none. Asks for INVOKE as user alice. */
    private Reason ask(final List<List<RuleDef>> policies) {
        compile(policies);
        return PolicyEvaluatorTest.this.ask(List.of("member"), List.of());
    }

    private void compile(final List<List<RuleDef>> policies) {
        final List<PolicyDef> defs = new ArrayList<>();
        for (int i = 0; i < policies.size(); i++) {
            defs.add(new PolicyDef("scope-" + i, policies.get(i)));
        }
        tables = PolicyTables.compile(registry, defs, PolicyFixture.WORDS);
    }

    private Reason ask(final List<String> roles, final List<String> scopes) {
        query.reset(INVOKE)
                .actor(registry.actorTypes().find("user"), tables.actorIds().find("alice"));
        for (int i = 0; i < tables.policyCount(); i++) {
            query.scope(tables.ruleCount(i) == 0 ? PolicyTables.NO_POLICY : i);
        }
        roles.forEach(role -> assertTrue(query.addRole(tables.roles().find(role))));
        scopes.forEach(
                scope -> assertTrue(query.addTokenScope(tables.tokenScopes().find(scope))));
        PolicyEvaluator.evaluate(tables, query, match, null);
        return match.reason();
    }

    private String deciding() {
        return match.decidingScope() + ":" + tables.ruleName(match.decidingRule());
    }

    private static RuleDef allow(final String id) {
        return rule(id, Effect.ALLOW, WhoDef.ANYBODY, INVOKE);
    }

    private static RuleDef deny(final String id) {
        return rule(id, Effect.DENY, WhoDef.ANYBODY, INVOKE);
    }

    private static RuleDef delegate(final String id) {
        return rule(id, Effect.DELEGATE, WhoDef.ANYBODY, INVOKE);
    }

    @Test
    void shouldSayNoWhenNothingSaysYes() {
        assertEquals(Reason.POLICY_NO_GRANT, ask(List.of()));
        assertEquals(Reason.POLICY_NO_GRANT, ask(List.of(List.of(delegate("d")))));
        assertEquals(PolicyMatch.NONE, match.decidingRule());
        assertEquals(Reason.POLICY_NO_GRANT, ask(List.of(List.of(rule("other", Effect.ALLOW, WhoDef.ANYBODY, LIST)))));
        assertEquals(Reason.POLICY_NO_GRANT, ask(List.of(List.of(rule("nothing", Effect.ALLOW, WhoDef.ANYBODY)))));
    }

    @Test
    void shouldAllowWhereTheTopSaysYes() {
        assertEquals(Reason.OK, ask(List.of(List.of(allow("a"), allow("b")))));
        assertEquals("0:a", deciding());
        assertEquals(2, match.matchedCount());
        assertEquals(Effect.ALLOW, tables.effect(match.matchedRule(1)));
        assertEquals("policies/test.yaml:a", tables.source(match.decidingRule()));
        assertEquals("message of a", tables.message(match.decidingRule()));
        assertEquals("scope-0", tables.scopePath(tables.policyOf(match.decidingRule())));
    }

    @Test
    void shouldLetALowerScopeSayYesOnlyWhereAuthorityWasHandedDown() {
        assertEquals(Reason.OK, ask(List.of(List.of(delegate("d")), List.of(allow("a")))));
        assertEquals("1:a", deciding());
        assertTrue(match.authority(1));

        assertEquals(Reason.POLICY_NO_GRANT, ask(List.of(List.of(), List.of(allow("a")))));
        assertTrue(match.authority(0));
        assertFalse(match.authority(1));

        assertEquals(
                Reason.POLICY_NO_GRANT,
                ask(List.of(
                        List.of(delegate("d")),
                        List.of(rule("x", Effect.ALLOW, ids("bob"), INVOKE)),
                        List.of(allow("a")))));
        assertTrue(match.authority(1));
        assertFalse(match.authority(2));
        assertEquals(Reason.OK, ask(List.of(List.of(delegate("d")), List.of(delegate("e")), List.of(allow("a")))));
    }

    @Test
    void shouldNeverOverrideADenyFromBelowOrAbove() {
        assertEquals(Reason.POLICY_DENY, ask(List.of(List.of(deny("no")), List.of(allow("a")))));
        assertEquals("0:no", deciding());
        assertEquals(Reason.POLICY_DENY, ask(List.of(List.of(allow("a")), List.of(deny("no"), deny("no2")))));
        assertEquals("1:no", deciding());
        assertEquals(3, match.matchedCount());
    }

    @Test
    void shouldNarrowByRestrictRules() {
        final RuleDef onlyAlice = rule("alice", Effect.RESTRICT, ids("alice"), INVOKE);
        final RuleDef onlyBob = rule("bob", Effect.RESTRICT, ids("bob"), INVOKE);
        final RuleDef elsewhere = rule("else", Effect.RESTRICT, ids("bob"), LIST);
        assertEquals(Reason.OK, ask(List.of(List.of(allow("a"), onlyAlice, onlyBob))));
        assertEquals(Reason.OK, ask(List.of(List.of(allow("a"), elsewhere))));
        assertEquals(Reason.POLICY_RESTRICTED, ask(List.of(List.of(allow("a"), onlyBob))));
        assertEquals("0:bob", deciding());
        assertEquals(
                Reason.POLICY_RESTRICTED,
                ask(List.of(List.of(allow("a"), onlyAlice), List.of(elsewhere, onlyBob))),
                "a match in one scope does not satisfy another");
        assertEquals("1:bob", deciding());
    }

    @Test
    void shouldListWarnings() {
        final RuleDef warn = rule("careful", Effect.WARN, WhoDef.ANYBODY, INVOKE);
        assertEquals(Reason.OK, ask(List.of(List.of(allow("a")), List.of(warn))));
        assertEquals(1, match.warnCount());
        assertEquals("careful", tables.ruleName(match.warnRule(0)));
        assertEquals(1, match.warnScope(0));
    }

    @Test
    void shouldMatchWhoOnEveryListThatIsGiven() {
        final List<RuleDef> rules = List.of(
                rule("user", Effect.ALLOW, types("user", "agent"), INVOKE),
                rule("service", Effect.ALLOW, types("service"), INVOKE),
                rule("alice", Effect.ALLOW, ids("carol", "alice"), INVOKE),
                rule("bob", Effect.ALLOW, ids("bob"), INVOKE),
                rule("any", Effect.ALLOW, anyRole("admin", "member"), INVOKE),
                rule("none", Effect.ALLOW, anyRole("admin", "owner"), INVOKE),
                rule("all", Effect.ALLOW, allRoles("member", "dev"), INVOKE),
                rule("not-all", Effect.ALLOW, allRoles("member", "admin"), INVOKE),
                rule("token", Effect.ALLOW, tokenScopes("llm:read", "llm:write"), INVOKE),
                rule("one-token", Effect.ALLOW, tokenScopes("llm:read"), INVOKE),
                rule("more-token", Effect.ALLOW, tokenScopes("llm:read", "llm:admin"), INVOKE),
                rule(
                        "both",
                        Effect.ALLOW,
                        new WhoDef(List.of("user"), List.of("bob"), List.of(), List.of(), List.of()),
                        INVOKE));
        compile(List.of(rules));
        ask(List.of("member", "dev"), List.of("llm:read", "llm:write"));
        final List<String> names = new ArrayList<>();
        for (int i = 0; i < match.matchedCount(); i++) {
            names.add(tables.ruleName(match.matchedRule(i)));
        }
        assertEquals(List.of("user", "alice", "any", "all", "token", "one-token"), names);
    }

    @Test
    void shouldFailClosedWhenADenyOrRestrictRuleCannotBeEvaluated() {
        for (final Effect effect : List.of(Effect.DENY, Effect.RESTRICT)) {
            for (final String condition : List.of("error", "odd")) {
                final RuleDef broken = rule("broken", effect, WhoDef.ANYBODY, condition, INVOKE);
                assertEquals(Reason.POLICY_ERROR, ask(List.of(List.of(allow("a"), broken))));
                assertEquals("0:broken", deciding());
            }
            final RuleDef notAsked = rule("broken", effect, ids("bob"), "error", INVOKE);
            final boolean restricts = effect == Effect.RESTRICT;
            assertEquals(
                    restricts ? Reason.POLICY_RESTRICTED : Reason.OK,
                    ask(List.of(List.of(allow("a"), notAsked))),
                    "a condition is not evaluated where who does not match");
        }
    }

    @Test
    void shouldNotMatchWhenAnAllowDelegateOrWarnRuleCannotBeEvaluated() {
        for (final Effect effect : List.of(Effect.ALLOW, Effect.DELEGATE, Effect.WARN)) {
            final RuleDef broken = rule("broken", effect, WhoDef.ANYBODY, "error", INVOKE);
            assertEquals(Reason.POLICY_NO_GRANT, ask(List.of(List.of(broken), List.of(allow("a")))));
            assertEquals(1, match.errorCount());
            assertEquals("broken", tables.ruleName(match.errorRule(0)));
            assertEquals(0, match.warnCount());
        }
    }

    @Test
    void shouldNameTheStrongestReason() {
        final RuleDef broken = rule("broken", Effect.RESTRICT, WhoDef.ANYBODY, "error", INVOKE);
        final RuleDef narrow = rule("narrow", Effect.RESTRICT, ids("bob"), INVOKE);
        final RuleDef meets = rule("meets", Effect.RESTRICT, WhoDef.ANYBODY, INVOKE);
        assertEquals(Reason.POLICY_DENY, ask(List.of(List.of(broken, narrow), List.of(deny("no")))));
        assertEquals(Reason.POLICY_ERROR, ask(List.of(List.of(narrow), List.of(broken))));
        assertEquals(Reason.POLICY_RESTRICTED, ask(List.of(List.of(narrow))));
        assertEquals(
                Reason.POLICY_ERROR,
                ask(List.of(List.of(allow("a"), broken, meets))),
                "an error never opens anything, even where another restrict rule matches");
    }

    @Test
    void shouldDecideAcrossTheWordsOfALargePolicy() {
        final List<RuleDef> many = new ArrayList<>();
        for (int i = 0; i < 199; i++) {
            many.add(rule("r" + i, Effect.ALLOW, ids("nobody-" + i), INVOKE));
        }
        many.add(rule("last", Effect.ALLOW, anyRole("member"), "true", INVOKE));
        assertEquals(Reason.OK, ask(List.of(many)));
        assertEquals("0:last", deciding());
        assertEquals(1, match.matchedCount());
    }

    @Test
    void shouldReportEveryMatchOfALongChain() {
        final List<RuleDef> many = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            many.add(allow("r" + i));
        }
        assertEquals(Reason.OK, ask(List.of(many, many)));
        assertEquals(600, match.matchedCount());
        assertEquals("r299", tables.ruleName(match.matchedRule(599)));
        assertEquals(1, match.matchedScope(599));
    }

    @Test
    void shouldTakeAnUnknownActorTypeForNone() {
        compile(List.of(List.of(rule("user", Effect.ALLOW, types("user"), INVOKE), allow("all"))));
        for (final int type : new int[] {-1, 3, 99}) {
            query.reset(INVOKE).actor(type, -1).scope(0);
            PolicyEvaluator.evaluate(tables, query, match, null);
            assertEquals("0:all", deciding());
        }
    }

    @Test
    void shouldRefusePoliciesThatDoNotResolve() {
        refused("operation id 7", List.of(rule("r", Effect.ALLOW, WhoDef.ANYBODY, 7)));
        refused("actor type 'robot' is not registered", List.of(rule("r", Effect.ALLOW, types("robot"), INVOKE)));
        refused("the id comes twice", List.of(allow("r"), deny("r")));
        final String twice = String.valueOf(assertThrows(
                        DefinitionException.class,
                        () -> PolicyTables.compile(
                                registry,
                                List.of(new PolicyDef("global", List.of()), new PolicyDef("global", List.of())),
                                PolicyFixture.WORDS))
                .getMessage());
        assertTrue(twice.contains("'global' comes twice"), twice);
    }

    @Test
    void shouldRefuseAConditionThatItCannotEvaluate() {
        final List<PolicyDef> defs =
                List.of(new PolicyDef("global", List.of(rule("r", Effect.ALLOW, WhoDef.ANYBODY, "a > 1", INVOKE))));
        final DefinitionException refused = assertThrows(
                DefinitionException.class, () -> PolicyTables.compile(registry, defs, ConditionLoader.NONE));
        assertTrue(String.valueOf(refused.getMessage()).contains("rule 'r'"), refused.getMessage());
    }

    private void refused(final String part, final List<RuleDef> rules) {
        final DefinitionException refused = assertThrows(DefinitionException.class, () -> compile(List.of(rules)));
        final String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains(part), message);
        assertTrue(message.contains("scope-0"), message);
        assertTrue(message.contains("rule 'r'"), message);
    }
}
