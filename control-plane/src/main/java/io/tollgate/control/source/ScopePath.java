/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import io.tollgate.v1.ScopeLevel;
import io.tollgate.v1.ScopeRef;
import java.util.Set;

/**
 * A scope as people write it, and as it is called on the wire:
 *
 * <pre>
 *   global
 *   plan:pro
 *   org:acme
 *   org:acme/department:research
 *   org:acme/project:rag
 *   org:acme/user:ana            a principal: its actor type and id
 *   org:acme/key:rag-prod        an API key
 * </pre>
 *
 * Ids hold no slash, so that a path has one reading.
 *
 * @param level its level
 * @param organization empty for global and plans
 * @param actorType principals only
 * @param id the last name of the path; "global" for the top
 */
public record ScopePath(ScopeLevel level, String organization, String actorType, String id) {
    /** The top. */
    public static final ScopePath GLOBAL = new ScopePath(ScopeLevel.SCOPE_LEVEL_GLOBAL, "", "", "global");

    /** What cannot be an actor type, because it starts other paths. */
    public static final Set<String> RESERVED_TYPES =
            Set.of("global", "plan", "org", "organization", "department", "project", "key", "principal");

    /** {@return the path of a plan} */
    public static ScopePath plan(String id) {
        return new ScopePath(ScopeLevel.SCOPE_LEVEL_PLAN, "", "", id);
    }

    /** {@return the path of an organization} */
    public static ScopePath organization(String id) {
        return new ScopePath(ScopeLevel.SCOPE_LEVEL_ORGANIZATION, id, "", id);
    }

    /** {@return the path of a department} */
    public static ScopePath department(String organization, String id) {
        return new ScopePath(ScopeLevel.SCOPE_LEVEL_DEPARTMENT, organization, "", id);
    }

    /** {@return the path of a project} */
    public static ScopePath project(String organization, String id) {
        return new ScopePath(ScopeLevel.SCOPE_LEVEL_PROJECT, organization, "", id);
    }

    /** {@return the path of a principal} */
    public static ScopePath principal(String organization, PrincipalName name) {
        return new ScopePath(ScopeLevel.SCOPE_LEVEL_PRINCIPAL, organization, name.type(), name.id());
    }

    /** {@return the path of an API key} */
    public static ScopePath apiKey(String organization, String id) {
        return new ScopePath(ScopeLevel.SCOPE_LEVEL_API_KEY, organization, "", id);
    }

    /** {@return the scope as it is written} */
    public String path() {
        return switch (level) {
            case SCOPE_LEVEL_GLOBAL -> "global";
            case SCOPE_LEVEL_PLAN -> "plan:" + id;
            case SCOPE_LEVEL_ORGANIZATION -> "org:" + id;
            case SCOPE_LEVEL_DEPARTMENT -> "org:" + organization + "/department:" + id;
            case SCOPE_LEVEL_PROJECT -> "org:" + organization + "/project:" + id;
            case SCOPE_LEVEL_PRINCIPAL -> "org:" + organization + "/" + actorType + ":" + id;
            case SCOPE_LEVEL_API_KEY -> "org:" + organization + "/key:" + id;
            case SCOPE_LEVEL_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalStateException("no path for " + level);
        };
    }

    /** {@return the scope as it travels} */
    public ScopeRef ref() {
        return ScopeRef.newBuilder().setLevel(level).setPath(path()).build();
    }

    @Override
    public String toString() {
        return path();
    }
}
