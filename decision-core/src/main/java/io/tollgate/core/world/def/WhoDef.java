/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import java.util.List;

/**
 * Whom a rule is about. All lists must be satisfied; an empty list is satisfied by anybody.
 *
 * @param actorTypes  one of them
 * @param actorIds    one of them
 * @param rolesAny    at least one of them held
 * @param rolesAll    all of them held
 * @param tokenScopes all of them in the caller's token
 */
public record WhoDef(
        List<String> actorTypes,
        List<String> actorIds,
        List<String> rolesAny,
        List<String> rolesAll,
        List<String> tokenScopes) {
    /** Anybody. */
    public static final WhoDef ANYBODY = new WhoDef(List.of(), List.of(), List.of(), List.of(), List.of());

    public WhoDef {
        actorTypes = List.copyOf(actorTypes);
        actorIds = List.copyOf(actorIds);
        rolesAny = List.copyOf(rolesAny);
        rolesAll = List.copyOf(rolesAll);
        tokenScopes = List.copyOf(tokenScopes);
    }
}
