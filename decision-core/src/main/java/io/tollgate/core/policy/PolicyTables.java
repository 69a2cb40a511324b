/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

import io.tollgate.core.Effect;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RuleDef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All policies of a snapshot, compiled: numbers of policies and rules are dense from 0 in the order of the snapshot.
 *
 * <p>The rules of one scope are numbered; for each operation, actor type, actor id, role and token scope there is a bit set of the rules
 * that it satisfies. Matching is ANDing a few longs; only survivors with detail left (roles_all, several token scopes, a condition) are
 * looked at one by one. Operations that are covered by the same rules share one set, and policies alike in this share the map from
 * operations to sets, so that a rule on {@code *} costs little in ten thousand policies.
 *
 * <p>Immutable, safe for any thread.
 */
public final class PolicyTables {
    /** Most steps of the conditions of one scope's rules that cover one operation together, see {@link ConditionProgram#cost()}. */
    public static final int MAX_CONDITION_STEPS = 200_000;
    /** In place of a policy. */
    public static final int NO_POLICY = -1;

    private final SymbolTable scopePaths;
    private final SymbolTable roles;
    private final SymbolTable tokenScopes;
    private final SymbolTable actorIds;
    private final Policy[] policies;
    private final CompiledRule[] rules;
    private final int[] rulePolicies;
    /** Numbers that are kept for policies which are no more. */
    private final BitSet absent;

    private final int presentRules;

    PolicyTables(final PolicyTablesBuilder from) {
        scopePaths = from.scopePaths.build();
        roles = from.roles.build();
        tokenScopes = from.tokenScopes.build();
        actorIds = from.actorIds.build();
        policies = from.policies.toArray(new Policy[0]);
        rules = from.rules.toArray(new CompiledRule[0]);
        absent = from.absent;
        rulePolicies = new int[rules.length];
        Arrays.fill(rulePolicies, NO_POLICY);
        int present = 0;
        for (int policy = 0; policy < policies.length; policy++) {
            for (int i = 0; i < policies[policy].ruleCount; i++) {
                rulePolicies[policies[policy].firstRule + i] = policy;
            }
            present += policies[policy].ruleCount;
        }
        presentRules = present;
    }

    /**
     * Checks and compiles.
     *
     * @param registry   that operations and actor types are of
     * @param policies   of the snapshot, in its order
     * @param conditions makes the programs of the conditions
     * @throws io.tollgate.core.world.def.DefinitionException when a reference does not resolve or a name comes twice
     */
    public static PolicyTables compile(
            final Registry registry, final List<PolicyDef> policies, final ConditionLoader conditions) {
        final PolicyTablesBuilder builder = new PolicyTablesBuilder(registry, conditions);
        for (final PolicyDef policy : policies) {
            builder.add(policy);
        }
        return new PolicyTables(builder);
    }

    /**
     * As {@link #compile}, and policies of scopes that these tables know keep their numbers; those of policies that are no more are kept.
     * Policies that have not changed are not compiled again, and their rules keep their numbers; these tables when none has changed.
     *
     * @param registry   that operations and actor types are of, the same
     * @param policies   all, in any order
     * @param conditions makes the programs of the conditions; those made before must be valid beside them
     * @throws io.tollgate.core.world.def.DefinitionException when a reference does not resolve or a name comes twice
     */
    public PolicyTables continued(
            final Registry registry, final List<PolicyDef> policies, final ConditionLoader conditions) {
        return renewed(policies, new PolicyTablesBuilder(registry, conditions, this), true);
    }

    /** As {@link #continued}, and all policies are compiled again: no rule keeps its number. */
    public PolicyTables renumbered(
            final Registry registry, final List<PolicyDef> policies, final ConditionLoader conditions) {
        return renewed(policies, new PolicyTablesBuilder(registry, conditions), false);
    }

    private PolicyTables renewed(final List<PolicyDef> all, final PolicyTablesBuilder builder, final boolean keeping) {
        final Map<String, PolicyDef> known = new HashMap<>();
        final List<PolicyDef> added = new ArrayList<>();
        for (final PolicyDef policy : all) {
            final boolean isNew = scopePaths.find(policy.scopePath()) == SymbolTable.MISSING;
            if (isNew || known.putIfAbsent(policy.scopePath(), policy) != null) {
                added.add(policy);
            }
        }
        boolean same = keeping && added.isEmpty();
        for (int i = 0; i < policyCount(); i++) {
            final PolicyDef policy = known.get(scopePath(i));
            if (policy == null) {
                builder.absent.set(i);
            }
            final List<RuleDef> wanted = policy == null ? List.of() : policy.rules();
            if (keeping && isSame(i, wanted)) {
                builder.keep(scopePath(i), policies[i]);
                same &= absent.get(i) == (policy == null);
            } else {
                builder.add(new PolicyDef(scopePath(i), wanted));
                same = false;
            }
        }
        added.forEach(builder::add);
        return same ? this : new PolicyTables(builder);
    }

    private boolean isSame(final int policy, final List<RuleDef> wanted) {
        if (policies[policy].ruleCount != wanted.size()) {
            return false;
        }
        for (int i = 0; i < wanted.size(); i++) {
            if (!rule(policies[policy].firstRule + i).equals(wanted.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** {@return rules that policies have, less numbers of rules that are no more} */
    public int presentRuleCount() {
        return presentRules;
    }

    /** {@return how many policies, those that are no more included} */
    public int policyCount() {
        return policies.length;
    }

    /** {@return path of the scope that a policy belongs to} */
    public String scopePath(final int policyId) {
        return scopePaths.name(policyId);
    }

    /** {@return whether a policy is there, and not only its number} */
    public boolean present(final int policyId) {
        return !absent.get(policyId);
    }

    /** {@return the policy of a scope, or {@link #NO_POLICY}; allocates} */
    public int findPolicy(final String scopePath) {
        final int policy = scopePaths.find(scopePath);
        return policy == SymbolTable.MISSING || absent.get(policy) ? NO_POLICY : policy;
    }

    /** {@return how many rules a policy has; 0 for {@link #NO_POLICY}} */
    public int ruleCount(final int policyId) {
        return policyId < 0 ? 0 : policies[policyId].ruleCount;
    }

    /** {@return how many numbers rules have; some may be of rules that are no more, see {@link #presentRuleCount}} */
    public int ruleCount() {
        return rules.length;
    }

    /** {@return the policy that a rule belongs to; {@link #NO_POLICY} of a rule that is no more} */
    public int policyOf(final int ruleId) {
        return rulePolicies[ruleId];
    }

    /** {@return id of a rule as written in the bundle} */
    public String ruleName(final int ruleId) {
        return rules[ruleId].def().id();
    }

    /** {@return what a rule does when it matches} */
    public Effect effect(final int ruleId) {
        return rules[ruleId].def().effect();
    }

    /** {@return shown to users on deny and warn} */
    public String message(final int ruleId) {
        return rules[ruleId].def().message();
    }

    /** {@return where a rule is written} */
    public String source(final int ruleId) {
        return rules[ruleId].def().source();
    }

    /** {@return a rule as the snapshot has it} */
    public RuleDef rule(final int ruleId) {
        return rules[ruleId].def();
    }

    /** {@return roles that rules name} */
    public SymbolTable roles() {
        return roles;
    }

    /** {@return token scopes that rules name} */
    public SymbolTable tokenScopes() {
        return tokenScopes;
    }

    /** {@return actor ids that rules name} */
    public SymbolTable actorIds() {
        return actorIds;
    }

    List<CompiledRule> compiledRules() {
        return Arrays.asList(rules);
    }

    Policy policy(final int policyId) {
        return policies[policyId];
    }

    CompiledRule compiledRule(final int ruleId) {
        return rules[ruleId];
    }
}
