/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tollgate.core.Effect;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.WhoDef;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleExplainerTest {
    private final Registry registry = PolicyFixture.registry(2);

    private String explain(final WhoDef who, final String condition) {
        final List<String> lines = new ArrayList<>();
        final RuleDef other = PolicyFixture.rule("other", Effect.DENY, WhoDef.ANYBODY, 1);
        final RuleDef rule = PolicyFixture.rule("r", Effect.ALLOW, who, condition, 0);
        final PolicyTables tables = PolicyTables.compile(
                registry, List.of(new PolicyDef("global", List.of(other, rule))), PolicyFixture.WORDS);
        final PolicyQuery query = new PolicyQuery(4, 4)
                .reset(0)
                .scope(PolicyTables.NO_POLICY)
                .scope(0)
                .actor(0, -1);
        query.addRole(tables.roles().find("member"));
        query.addTokenScope(tables.tokenScopes().find("llm:read"));
        PolicyEvaluator.evaluate(tables, query, new PolicyMatch(4, 4), new PolicyTrace() {
            @Override
            public void rule(
                    final int chainIndex,
                    final int ruleId,
                    final boolean matched,
                    final boolean error,
                    final String detail) {
                lines.add(chainIndex + " " + tables.ruleName(ruleId)
                        + (matched ? " matched: " : error ? " error: " : " no: ") + detail);
            }

            @Override
            public String actorType() {
                return "user";
            }

            @Override
            public String actorId() {
                return "alice";
            }

            @Override
            public String heldRoles() {
                return "'member', 'guest'";
            }

            @Override
            public String heldTokenScopes() {
                return "";
            }
        });
        assertEquals(1, lines.size(), "rules that do not cover the operation are not considered: " + lines);
        return lines.get(0);
    }

    @Test
    void shouldSayInWordsWhyARuleMatchedOrNot() {
        assertEquals("1 r matched: applies to every actor", explain(WhoDef.ANYBODY, ""));
        assertEquals("1 r matched: actor matches", explain(PolicyFixture.types("user"), ""));
        assertEquals("1 r matched: applies to every actor; condition 'true' is true", explain(WhoDef.ANYBODY, "true"));
        assertEquals(
                "1 r no: actor type 'service' or 'agent' needed, actor is 'user'",
                explain(PolicyFixture.types("service", "agent"), ""));
        assertEquals("1 r no: actor 'bob' needed, actor is 'alice'", explain(PolicyFixture.ids("bob"), ""));
        assertEquals(
                "1 r no: role 'admin' or 'owner' needed, held: 'member', 'guest'",
                explain(PolicyFixture.anyRole("admin", "owner"), ""));
        assertEquals(
                "1 r no: roles 'member' and 'admin' needed, 'admin' missing, held: 'member', 'guest'",
                explain(PolicyFixture.allRoles("member", "admin"), ""));
        assertEquals(
                "1 r no: token scope 'llm:write' needed, 'llm:write' missing, held: none",
                explain(PolicyFixture.tokenScopes("llm:write"), ""));
        assertEquals("1 r no: condition 'false' is false", explain(WhoDef.ANYBODY, "false"));
        assertEquals("1 r error: condition 'error' could not be evaluated", explain(WhoDef.ANYBODY, "error"));
    }
}
