/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Value;
import io.tollgate.v1.ScopeLevel;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Whom a rule is about: actor types must be registered, actors should exist, roles should be somebody's. */
final class WhoChecks {
    private final Compilation compilation;
    private final Registry registry;
    private final ScopeTree tree;
    private final Set<String> knownRoles;
    private final Map<String, Set<String>> actors = new HashMap<>();

    /** @param directoryRoles what counts as known when the registry declares no roles */
    WhoChecks(Compilation compilation, Registry registry, ScopeTree tree, Set<String> directoryRoles) {
        this.compilation = compilation;
        this.registry = registry;
        this.tree = tree;
        this.knownRoles = registry.declaredRoles().isEmpty() ? directoryRoles : registry.declaredRoles();
    }

    void check(ScopeNode node, Value.Fields who) {
        for (Value.Scalar item : who.scalars("actor_types")) {
            if (!registry.actorTypes().contains(item.as(String.class))) {
                compilation.unknown(item.at(), "actor type", item.as(String.class), registry.actorTypes());
            }
        }
        Set<String> ids = actors.computeIfAbsent(node.path().organization(), this::actorIds);
        for (Value.Scalar item : who.scalars("actor_ids")) {
            String id = item.as(String.class);
            if (!ids.contains(id)) {
                compilation.warning(
                        item.at(),
                        Code.UNKNOWN_ACTOR,
                        "nobody "
                                + (node.path().organization().isEmpty()
                                        ? "in the directory"
                                        : "below " + "org:" + node.path().organization())
                                + " has the id " + Quoted.of(id),
                        Compilation.nearestOf(id, ids));
            }
        }
        roles(who, "roles_any");
        roles(who, "roles_all");
    }

    private void roles(Value.Fields who, String key) {
        for (Value.Scalar item : who.scalars(key)) {
            String role = item.as(String.class);
            if (!knownRoles.isEmpty() && !knownRoles.contains(role)) {
                compilation.warning(
                        item.at(),
                        Code.UNKNOWN_ROLE,
                        registry.declaredRoles().isEmpty()
                                ? "nobody in the directory has the role " + Quoted.of(role)
                                : "role " + Quoted.of(role) + " is not among the registry's roles",
                        Compilation.nearestOf(role, knownRoles));
            }
        }
    }

    private Set<String> actorIds(String organization) {
        Set<String> ids = new TreeSet<>();
        for (String id : organization.isEmpty() ? tree.organizationIds() : Set.of(organization)) {
            ids.addAll(tree.allIds(id, ScopeLevel.SCOPE_LEVEL_PRINCIPAL));
            ids.addAll(tree.allIds(id, ScopeLevel.SCOPE_LEVEL_API_KEY));
        }
        return ids;
    }
}
