/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.Effect;
import io.tollgate.core.Reason;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.WhoDef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The compiled policies against section 4 written down plainly: random registries, policies, chains and questions. */
class PolicyDifferentialTest {
    private static final int WORLDS = 1_500;
    private static final int QUESTIONS = 20;
    private static final int MAX_SCOPES = 8;
    private static final List<String> ROLES = List.of("admin", "owner", "member", "dev", "guest", "auditor");
    private static final List<String> TOKENS = List.of("llm:read", "llm:write", "job:run", "admin");
    private static final List<String> IDS = List.of("alice", "bob", "carol", "ci");
    private static final List<String> CONDITIONS = List.of("", "", "", "", "true", "true", "false", "error", "odd");

    private final PolicyMatch match = new PolicyMatch(8, 8);
    private final PolicyQuery query = new PolicyQuery(8, 8);
    private final Map<Reason, Integer> seen = new EnumMap<>(Reason.class);

    @Test
    void shouldAgreeWithTheReferenceOnEveryField() {
        final long seed = Long.getLong("tollgate.seed", System.nanoTime());
        final Random random = new Random(seed);
        for (int world = 0; world < WORLDS; world++) {
            final Registry registry = PolicyFixture.registry(1 + random.nextInt(12));
            final Map<String, PolicyDef> policies = policies(random, registry.operationCount());
            final PolicyTables tables =
                    PolicyTables.compile(registry, List.copyOf(policies.values()), PolicyFixture.WORDS);
            for (int question = 0; question < QUESTIONS; question++) {
                compare(
                        random,
                        registry,
                        policies,
                        tables,
                        "seed " + seed + ", world " + world + ", question " + question);
            }
        }
        for (final Reason reason : List.of(
                Reason.OK, Reason.POLICY_DENY, Reason.POLICY_ERROR, Reason.POLICY_RESTRICTED, Reason.POLICY_NO_GRANT)) {
            assertTrue(seen.getOrDefault(reason, 0) > 500, "too few of " + reason + " in " + seen + ", seed " + seed);
        }
    }

    private void compare(
            final Random random,
            final Registry registry,
            final Map<String, PolicyDef> policies,
            final PolicyTables tables,
            final String where) {
        final List<String> chain = chain(random);
        final ReferencePolicy.Question question = new ReferencePolicy.Question(
                random.nextInt(registry.operationCount()),
                random.nextInt(10) == 0 ? null : pick(random, PolicyFixture.ACTOR_TYPES),
                pick(random, IDS),
                subset(random, ROLES),
                subset(random, TOKENS));
        final ReferencePolicy expected = new ReferencePolicy(policies, chain, question);
        fill(random, registry, tables, chain, question);
        final TraceRecorder trace = random.nextBoolean() ? new TraceRecorder(tables) : null;
        PolicyEvaluator.evaluate(tables, query, match, trace);
        assertEquals(expected.reason, match.reason(), where);
        assertEquals(
                String.valueOf(expected.deciding),
                match.decidingRule() < 0 ? "null" : name(tables, match.decidingScope(), match.decidingRule()),
                where);
        assertEquals(expected.matched.toString(), matched(tables), where);
        assertEquals(expected.warnings().toString(), warnings(tables), where);
        assertEquals(
                expected.errors.stream().map(rule -> rule.rule().id()).sorted().toList(), errors(tables), where);
        for (int scope = 0; scope < chain.size(); scope++) {
            assertEquals(expected.authority.get(scope), match.authority(scope), where + ", authority of " + scope);
        }
        if (trace != null) {
            assertEquals(expected.covering.toString(), trace.covering.toString(), where);
            assertEquals(expected.matched.toString(), trace.matched.toString(), where);
        }
        seen.merge(expected.reason, 1, Integer::sum);
    }

    private void fill(
            final Random random,
            final Registry registry,
            final PolicyTables tables,
            final List<String> chain,
            final ReferencePolicy.Question question) {
        query.reset(question.operation())
                .actor(
                        question.actorType() == null
                                ? -1
                                : registry.actorTypes().find(question.actorType()),
                        tables.actorIds().find(question.actorId()));
        chain.forEach(scope -> query.scope(tables.findPolicy(scope)));
        for (final String role : question.roles()) {
            query.addRole(tables.roles().find(role));
        }
        if (random.nextBoolean()) {
            query.addRole(tables.roles().size() + 5); // a role that only the directory knows
        }
        for (final String scope : question.tokenScopes()) {
            query.addTokenScope(tables.tokenScopes().find(scope));
        }
    }

    private static List<String> chain(final Random random) {
        final List<String> chain = new ArrayList<>();
        for (int scope = 0; scope < MAX_SCOPES; scope++) {
            if (scope == 0 || random.nextInt(4) != 0) {
                chain.add("scope-" + scope);
            }
        }
        return chain;
    }

    /** Rule ids are unique in the whole snapshot here, so that lists can be compared by name. */
    private static Map<String, PolicyDef> policies(final Random random, final int operations) {
        final Map<String, PolicyDef> policies = new LinkedHashMap<>();
        // few kinds of rules in a world, so that chains get past the first scope often enough
        final boolean strict = random.nextInt(3) == 0;
        final List<Integer> scopes =
                new ArrayList<>(IntStream.range(0, MAX_SCOPES).boxed().toList());
        java.util.Collections.shuffle(scopes, random);
        for (final int scope : scopes) {
            if (random.nextInt(8) != 0) {
                final List<RuleDef> rules = new ArrayList<>();
                final int count = random.nextInt(10) == 0 ? random.nextInt(150) : random.nextInt(6);
                for (int i = 0; i < count; i++) {
                    rules.add(rule(random, "s" + scope + "r" + i, operations, strict));
                }
                policies.put("scope-" + scope, new PolicyDef("scope-" + scope, rules));
            }
        }
        return policies;
    }

    private static RuleDef rule(final Random random, final String id, final int operations, final boolean strict) {
        final int roll = random.nextInt(strict ? 8 : 24);
        final Effect effect = roll == 0
                ? Effect.DENY
                : roll == 1
                        ? Effect.RESTRICT
                        : roll == 2 ? Effect.WARN : roll % 2 == 0 ? Effect.ALLOW : Effect.DELEGATE;
        final WhoDef who = new WhoDef(
                maybe(random, PolicyFixture.ACTOR_TYPES),
                maybe(random, IDS),
                maybe(random, ROLES),
                maybe(random, ROLES.subList(0, 3)),
                maybe(random, TOKENS));
        return PolicyFixture.rule(id, effect, who, pick(random, CONDITIONS), what(random, operations));
    }

    /** One operation, all of a product (as a prefix expands), all, or none. */
    private static int[] what(final Random random, final int operations) {
        final int product = random.nextInt(3);
        return switch (random.nextInt(8)) {
            case 0 -> new int[0];
            case 1, 2 -> new int[] {random.nextInt(operations)};
            case 3, 4 ->
                IntStream.range(0, operations).filter(i -> i % 3 == product).toArray();
            default -> IntStream.range(0, operations).toArray();
        };
    }

    private static List<String> maybe(final Random random, final List<String> names) {
        return random.nextInt(4) != 0
                ? List.of()
                : subset(random, names).stream().sorted().toList();
    }

    private static Set<String> subset(final Random random, final List<String> names) {
        final Set<String> subset = new HashSet<>();
        for (final String name : names) {
            if (random.nextInt(3) != 0) {
                subset.add(name);
            }
        }
        return subset;
    }

    private static String pick(final Random random, final List<String> names) {
        return names.get(random.nextInt(names.size()));
    }

    private static String name(final PolicyTables tables, final int scope, final int rule) {
        return scope + ":" + tables.ruleName(rule);
    }

    private String matched(final PolicyTables tables) {
        return Arrays.toString(IntStream.range(0, match.matchedCount())
                .mapToObj(i -> name(tables, match.matchedScope(i), match.matchedRule(i)))
                .toArray());
    }

    private String warnings(final PolicyTables tables) {
        return Arrays.toString(IntStream.range(0, match.warnCount())
                .mapToObj(i -> name(tables, match.warnScope(i), match.warnRule(i)))
                .toArray());
    }

    private List<String> errors(final PolicyTables tables) {
        return IntStream.range(0, match.errorCount())
                .mapToObj(i -> tables.ruleName(match.errorRule(i)))
                .sorted()
                .toList();
    }

    private static final class TraceRecorder implements PolicyTrace {
        private final PolicyTables tables;
        private final List<String> covering = new ArrayList<>();
        private final List<String> matched = new ArrayList<>();

        TraceRecorder(final PolicyTables tables) {
            this.tables = tables;
        }

        @Override
        public void rule(
                final int chainIndex,
                final int ruleId,
                final boolean ruleMatched,
                final boolean error,
                final String detail) {
            covering.add(name(tables, chainIndex, ruleId));
            if (ruleMatched) {
                matched.add(name(tables, chainIndex, ruleId));
            }
            assertTrue(!detail.isEmpty());
            assertEquals(ruleMatched || error, !detail.endsWith(" is false") && !detail.contains(" needed, "), detail);
        }

        @Override
        public String actorType() {
            return "x";
        }

        @Override
        public String actorId() {
            return "x";
        }

        @Override
        public String heldRoles() {
            return "";
        }

        @Override
        public String heldTokenScopes() {
            return "";
        }
    }
}
