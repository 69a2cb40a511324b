/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

import java.util.function.UnaryOperator;

/**
 * The rules of one scope as bit sets. Rule i of the policy is bit i; a set is {@code words} longs of {@link #bits}, named by where it
 * starts. Immutable.
 */
final class Policy {
    /** Class of an operation that no rule covers. */
    static final short NO_CLASS = 0;

    /** Number in the tables of bit 0. */
    final int firstRule;

    final int ruleCount;
    final int words;
    final long[] bits;
    /** By operation id; the operations of a class are covered by the same rules. Shared by policies that are alike in this. */
    final short[] operationClasses;
    /** Sets by operation class, from class 1. */
    final int operationSets;
    /** Sets of the rules that a type satisfies, by actor type id plus 1; first the set of a type that no rule names. */
    final int typeSets;

    final int typeCount;
    /** Rules that any id satisfies; then a set for each of actorIds, those included. */
    final int idSets;

    final int[] actorIds;
    /** Rules without roles; then a set for each of roles that a rule is known by (roles_any, or one of roles_all), those not included. */
    final int roleSets;

    final int[] roles;
    /** Rules without token scopes; then a set for each of tokenScopes that a rule is known by, those not included. */
    final int tokenScopeSets;

    final int[] tokenScopes;
    /** Sets by effect code, from code 1. */
    final int effectSets;
    /** Rules that the sets do not settle: roles_all of which only one is in the sets, several token scopes, a condition. */
    final int detailSet;

    Policy(final PolicyCompiler from, final UnaryOperator<short[]> shared) {
        firstRule = from.firstRule;
        ruleCount = from.ruleCount;
        words = from.words;
        bits = from.bits();
        operationClasses = shared.apply(from.operationClasses);
        operationSets = from.operationSets;
        typeSets = from.typeSets;
        typeCount = from.typeCount;
        idSets = from.idSets;
        actorIds = from.actorIds;
        roleSets = from.roleSets;
        roles = from.roles;
        tokenScopeSets = from.tokenScopeSets;
        tokenScopes = from.tokenScopes;
        effectSets = from.effectSets;
        detailSet = from.detailSet;
    }

    /** {@return set of an operation, or NONE when no rule covers it} */
    int operationSet(final int operation) {
        final int operationClass = operationClasses[operation];
        return operationClass == NO_CLASS ? PolicyMatch.NONE : operationSets + (operationClass - 1) * words;
    }

    int typeSet(final int actorType) {
        final boolean known = actorType >= 0 && actorType < typeCount;
        return known ? typeSets + (actorType + 1) * words : typeSets;
    }

    int idSet(final int actorId) {
        return idSets + (find(actorIds, actorId) + 1) * words;
    }

    /** {@return set of a role, or NONE} */
    int roleSet(final int role) {
        final int index = find(roles, role);
        return index < 0 ? PolicyMatch.NONE : roleSets + (index + 1) * words;
    }

    /** {@return set of a token scope, or NONE} */
    int tokenScopeSet(final int tokenScope) {
        final int index = find(tokenScopes, tokenScope);
        return index < 0 ? PolicyMatch.NONE : tokenScopeSets + (index + 1) * words;
    }

    int effectSet(final int effectCode) {
        return effectSets + (effectCode - 1) * words;
    }

    private static int find(final int[] sorted, final int symbol) {
        int low = 0;
        int high = sorted.length - 1;
        while (low <= high) {
            final int middle = low + high >>> 1;
            if (sorted[middle] < symbol) {
                low = middle + 1;
            } else if (sorted[middle] > symbol) {
                high = middle - 1;
            } else {
                return middle;
            }
        }
        return -1;
    }
}
