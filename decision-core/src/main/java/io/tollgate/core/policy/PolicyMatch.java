/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

import io.tollgate.core.Effect;
import io.tollgate.core.Reason;

/**
 * What policies said. Scratch of one worker, overwritten by every evaluation. Grows when a chain has more rules than any before; in a
 * steady state allocates nothing.
 */
public final class PolicyMatch {
    /** In place of a rule or a scope. */
    public static final int NONE = -1;

    private static final int DENY = Effect.DENY.code();
    private static final int WARN = Effect.WARN.code();
    private static final int RESTRICT = Effect.RESTRICT.code();
    private static final int FIRST_CAPACITY = 256;

    private int[] matchedRules = new int[FIRST_CAPACITY];
    private int[] matchedScopes = new int[FIRST_CAPACITY];
    private int matchedCount;
    private int[] warnRules = new int[FIRST_CAPACITY];
    private int[] warnScopes = new int[FIRST_CAPACITY];
    private int warnCount;
    private int[] errorRules = new int[FIRST_CAPACITY];
    private int errorCount;
    private int authority;
    private int denyRule;
    private int denyScope;
    private int failedRule;
    private int failedScope;
    private int restrictRule;
    private int restrictScope;
    private int allowRule;
    private int allowScope;

    /** Bits of the roles and token scopes of the policy at hand: offsets into its bits. */
    final int[] roleSets;

    final int[] tokenScopeSets;
    int roleSetCount;
    int tokenScopeSetCount;

    /**
     * Sets the room.
     *
     * @param maxRoles       of the queries
     * @param maxTokenScopes of the queries
     */
    public PolicyMatch(final int maxRoles, final int maxTokenScopes) {
        roleSets = new int[maxRoles];
        tokenScopeSets = new int[maxTokenScopes];
        reset(0);
    }

    /** {@return OK, POLICY_DENY, POLICY_ERROR, POLICY_RESTRICTED or POLICY_NO_GRANT} */
    public Reason reason() {
        if (denyRule != NONE) {
            return Reason.POLICY_DENY;
        }
        if (failedRule != NONE) {
            return Reason.POLICY_ERROR;
        }
        if (restrictRule != NONE) {
            return Reason.POLICY_RESTRICTED;
        }
        return allowRule != NONE ? Reason.OK : Reason.POLICY_NO_GRANT;
    }

    /**
     * {@return the rule that decided, number in the tables: the deny, the rule in error, the first restrict rule of the scope that narrows,
     * or the allow; {@link #NONE} when nothing granted}
     */
    public int decidingRule() {
        return denyRule != NONE
                ? denyRule
                : failedRule != NONE ? failedRule : restrictRule != NONE ? restrictRule : allowRule;
    }

    /** {@return position in the chain of the scope whose rule decided, or {@link #NONE}} */
    public int decidingScope() {
        return denyRule != NONE
                ? denyScope
                : failedRule != NONE ? failedScope : restrictRule != NONE ? restrictScope : allowScope;
    }

    /** {@return how many rules matched, whatever their effect} */
    public int matchedCount() {
        return matchedCount;
    }

    /** {@return a rule that matched, number in the tables; by scope from global down, then in the order of the policy} */
    public int matchedRule(final int index) {
        return matchedRules[index];
    }

    /** {@return position in the chain of the matched rule's scope} */
    public int matchedScope(final int index) {
        return matchedScopes[index];
    }

    /** {@return how many warn rules matched} */
    public int warnCount() {
        return warnCount;
    }

    /** {@return a warn rule that matched, number in the tables} */
    public int warnRule(final int index) {
        return warnRules[index];
    }

    /** {@return position in the chain of the warn rule's scope} */
    public int warnScope(final int index) {
        return warnScopes[index];
    }

    /** {@return how many rules, whatever their effect, have a condition that could not be evaluated} */
    public int errorCount() {
        return errorCount;
    }

    /** {@return a rule whose condition could not be evaluated, number in the tables} */
    public int errorRule(final int index) {
        return errorRules[index];
    }

    /** {@return whether a scope of the chain may say yes} */
    public boolean authority(final int chainIndex) {
        return (authority & 1 << chainIndex) != 0;
    }

    void reset(final int rules) {
        if (matchedRules.length < rules) {
            matchedRules = new int[rules];
            matchedScopes = new int[rules];
            warnRules = new int[rules];
            warnScopes = new int[rules];
            errorRules = new int[rules];
        }
        matchedCount = 0;
        warnCount = 0;
        errorCount = 0;
        authority = 0;
        denyRule = NONE;
        denyScope = NONE;
        failedRule = NONE;
        failedScope = NONE;
        restrictRule = NONE;
        restrictScope = NONE;
        allowRule = NONE;
        allowScope = NONE;
    }

    void grantAuthority(final int chainIndex) {
        authority |= 1 << chainIndex;
    }

    void addMatched(final int rule, final int scope, final int effect) {
        matchedRules[matchedCount] = rule;
        matchedScopes[matchedCount++] = scope;
        if (effect == WARN) {
            warnRules[warnCount] = rule;
            warnScopes[warnCount++] = scope;
        } else if (effect == DENY && denyRule == NONE) {
            denyRule = rule;
            denyScope = scope;
        }
    }

    void addError(final int rule, final int scope, final int effect) {
        errorRules[errorCount++] = rule;
        if (failedRule == NONE && (effect == DENY || effect == RESTRICT)) {
            failedRule = rule;
            failedScope = scope;
        }
    }

    void restrict(final int rule, final int scope) {
        if (restrictRule == NONE) {
            restrictRule = rule;
            restrictScope = scope;
        }
    }

    void allow(final int rule, final int scope) {
        if (allowRule == NONE) {
            allowRule = rule;
            allowScope = scope;
        }
    }

    boolean isMatched(final int rule) {
        return contains(matchedRules, matchedCount, rule);
    }

    boolean isError(final int rule) {
        return contains(errorRules, errorCount, rule);
    }

    private static boolean contains(final int[] rules, final int count, final int rule) {
        for (int i = 0; i < count; i++) {
            if (rules[i] == rule) {
                return true;
            }
        }
        return false;
    }
}
