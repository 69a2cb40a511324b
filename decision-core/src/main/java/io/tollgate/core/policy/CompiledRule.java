/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

import io.tollgate.core.world.def.RuleDef;
import org.jspecify.annotations.Nullable;

/**
 * A rule with its names as symbols.
 *
 * @param def         as the snapshot has it, for names and texts
 * @param effectCode  {@link io.tollgate.core.Effect#code()}
 * @param operations  operation ids
 * @param actorTypes  registered types; empty = any
 * @param actorIds    empty = any
 * @param rolesAny    empty = any
 * @param rolesAll    empty = none needed
 * @param tokenScopes all needed; empty = none
 * @param condition   null = always
 */
@SuppressWarnings("ArrayRecordComponent") // inside this package, never compared
record CompiledRule(
        RuleDef def,
        int effectCode,
        int[] operations,
        int[] actorTypes,
        int[] actorIds,
        int[] rolesAny,
        int[] rolesAll,
        int[] tokenScopes,
        @Nullable ConditionProgram condition) {

    /** {@return whether bit sets alone do not settle that it matches} */
    boolean hasDetail() {
        final int settledRoles = rolesAny.length > 0 ? 0 : 1;
        return rolesAll.length > settledRoles || tokenScopes.length > 1 || condition != null;
    }

    boolean covers(final int operation) {
        for (final int each : operations) {
            if (each == operation) {
                return true;
            }
        }
        return false;
    }
}
