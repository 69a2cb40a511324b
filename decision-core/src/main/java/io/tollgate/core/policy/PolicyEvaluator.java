/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

import io.tollgate.core.Effect;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the policies of a chain of scopes (semantics, section 4). Let the chain be s0 = global to sn = leaf; over the rules whose
 * who, what and when match:
 * <ul>
 *   <li>authority(s0) is true; authority(si) is authority(si-1) and si-1 has a matching allow or a matching delegate. A scope without a
 *       policy has neither.
 *   <li>denied: some scope has a matching deny.
 *   <li>restricted: some scope has restrict rules whose what covers the request, and none of them matches.
 *   <li>allowed: some si has authority(si) and a matching allow.
 *   <li>a condition that cannot be evaluated is an error. On a deny or restrict rule it denies; on an allow, delegate or warn rule the
 *       rule does not match. Conditions are evaluated only where who and what match.
 * </ul>
 *
 * <p>Several of these can hold at once; the answer is then the first of: <b>a matching deny (POLICY_DENY), an error on a deny or restrict
 * rule (POLICY_ERROR), a restriction (POLICY_RESTRICTED), no allow (POLICY_NO_GRANT)</b>. A rule that said no is a better explanation
 * than one that could not be asked, and that one than a list that was not met, which might have been the one in error. Among several of
 * one kind the first by scope from global down, then in the order of the policy, is named. An error on a restrict rule denies even where
 * another restrict rule of the scope matches: an error never opens anything.
 *
 * <p>All rules are evaluated whatever is found first, so that the list of matched rules does not depend on it. Stateless, safe for any
 * thread. Without a trace: neither locks, allocates nor throws.
 */
public final class PolicyEvaluator {
    private static final int ALLOW = Effect.ALLOW.code();
    private static final int RESTRICT = Effect.RESTRICT.code();
    private static final int DELEGATE = Effect.DELEGATE.code();

    private PolicyEvaluator() {}

    /**
     * Evaluates.
     *
     * @param tables of the pinned world
     * @param query  who asks for what, where
     * @param match  takes the result
     * @param trace  null except for explain
     */
    public static void evaluate(
            final PolicyTables tables,
            final PolicyQuery query,
            final PolicyMatch match,
            final @Nullable PolicyTrace trace) {
        int rules = 0;
        for (int i = 0; i < query.chainLength; i++) {
            rules += tables.ruleCount(query.chain[i]);
        }
        match.reset(rules);
        boolean authority = true;
        for (int i = 0; i < query.chainLength; i++) {
            if (authority) {
                match.grantAuthority(i);
            }
            final int policyId = query.chain[i];
            authority = policyId != PolicyTables.NO_POLICY
                    && scope(tables, tables.policy(policyId), query, match, i, authority)
                    && authority;
        }
        if (trace != null) {
            RuleExplainer.explain(tables, query, match, trace);
        }
    }

    /** {@return whether the scope has a matching allow or delegate} */
    private static boolean scope(
            final PolicyTables tables,
            final Policy policy,
            final PolicyQuery query,
            final PolicyMatch match,
            final int chainIndex,
            final boolean authority) {
        final int operationSet = policy.operationSet(query.operationId);
        if (operationSet == PolicyMatch.NONE) {
            return false;
        }
        collectSets(policy, query, match);
        final long[] bits = policy.bits;
        final int typeSet = policy.typeSet(query.actorType);
        final int idSet = policy.idSet(query.actorId);
        final int restrictSet = policy.effectSet(RESTRICT);
        final int allowSet = policy.effectSet(ALLOW);
        final int delegateSet = policy.effectSet(DELEGATE);
        int firstRestrict = PolicyMatch.NONE;
        boolean restrictMatched = false;
        boolean passesOn = false;
        for (int word = 0; word < policy.words; word++) {
            final long covering = bits[operationSet + word];
            if (covering == 0) {
                continue;
            }
            final long restricting = covering & bits[restrictSet + word];
            if (restricting != 0 && firstRestrict == PolicyMatch.NONE) {
                firstRestrict = ruleAt(policy, word, restricting);
            }
            long matched = covering & bits[typeSet + word] & bits[idSet + word];
            if (matched != 0) {
                matched &= held(bits, policy.roleSets + word, match.roleSets, match.roleSetCount, word)
                        & held(
                                bits,
                                policy.tokenScopeSets + word,
                                match.tokenScopeSets,
                                match.tokenScopeSetCount,
                                word);
                matched = settle(tables, policy, query, match, chainIndex, word, matched);
                report(tables, policy, match, chainIndex, word, matched);
                restrictMatched |= (matched & restricting) != 0;
                final long allowing = matched & bits[allowSet + word];
                passesOn |= (allowing | matched & bits[delegateSet + word]) != 0;
                if (allowing != 0 && authority) {
                    match.allow(ruleAt(policy, word, allowing), chainIndex);
                }
            }
        }
        if (firstRestrict != PolicyMatch.NONE && !restrictMatched) {
            match.restrict(firstRestrict, chainIndex);
        }
        return passesOn;
    }

    private static void collectSets(final Policy policy, final PolicyQuery query, final PolicyMatch match) {
        match.roleSetCount = 0;
        if (policy.roles.length > 0) {
            for (int i = 0; i < query.roleCount; i++) {
                final int set = policy.roleSet(query.roles[i]);
                if (set != PolicyMatch.NONE) {
                    match.roleSets[match.roleSetCount++] = set;
                }
            }
        }
        match.tokenScopeSetCount = 0;
        if (policy.tokenScopes.length > 0) {
            for (int i = 0; i < query.tokenScopeCount; i++) {
                final int set = policy.tokenScopeSet(query.tokenScopes[i]);
                if (set != PolicyMatch.NONE) {
                    match.tokenScopeSets[match.tokenScopeSetCount++] = set;
                }
            }
        }
    }

    /** {@return a word of the rules that do not ask, or for one of what is held} */
    private static long held(final long[] bits, final int unasked, final int[] sets, final int count, final int word) {
        long rules = bits[unasked];
        for (int i = 0; i < count; i++) {
            rules |= bits[sets[i] + word];
        }
        return rules;
    }

    /** {@return the rules of a word that match also in what the sets do not settle} */
    private static long settle(
            final PolicyTables tables,
            final Policy policy,
            final PolicyQuery query,
            final PolicyMatch match,
            final int chainIndex,
            final int word,
            final long candidates) {
        long matched = candidates;
        long open = candidates & policy.bits[policy.detailSet + word];
        while (open != 0) {
            final long bit = Long.lowestOneBit(open);
            open ^= bit;
            final int ruleId = ruleAt(policy, word, bit);
            final CompiledRule rule = tables.compiledRule(ruleId);
            if (!holdsAll(rule, query)) {
                matched ^= bit;
            } else if (rule.condition() != null) {
                final int value = rule.condition().evaluate(query.input);
                if (value != ConditionProgram.TRUE) {
                    matched ^= bit;
                    if (value != ConditionProgram.FALSE) {
                        match.addError(ruleId, chainIndex, rule.effectCode());
                    }
                }
            }
        }
        return matched;
    }

    private static boolean holdsAll(final CompiledRule rule, final PolicyQuery query) {
        for (int i = 0; i < rule.rolesAll().length; i++) {
            if (!query.holdsRole(rule.rolesAll()[i])) {
                return false;
            }
        }
        for (int i = 0; i < rule.tokenScopes().length; i++) {
            if (!query.hasTokenScope(rule.tokenScopes()[i])) {
                return false;
            }
        }
        return true;
    }

    private static void report(
            final PolicyTables tables,
            final Policy policy,
            final PolicyMatch match,
            final int chainIndex,
            final int word,
            final long matched) {
        long left = matched;
        while (left != 0) {
            final int ruleId = ruleAt(policy, word, left);
            match.addMatched(ruleId, chainIndex, tables.compiledRule(ruleId).effectCode());
            left &= left - 1;
        }
    }

    /** {@return number in the tables of the lowest bit} */
    private static int ruleAt(final Policy policy, final int word, final long bits) {
        return policy.firstRule + (word << 6) + Long.numberOfTrailingZeros(bits);
    }
}
