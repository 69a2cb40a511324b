/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import io.tollgate.v1.ScopeRecord;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.agrona.collections.LongHashSet;

/**
 * The order of the DIRECTORY section, so that a reader can build while it reads: what a record refers to comes before it.
 *
 * <pre>
 *   global
 *   plans
 *   organization by organization, each directly followed by all that lies below it
 * </pre>
 *
 * Within an organization a parent, an owner and a bound project come before what names them. Every path comes once.
 *
 * <p>Remembers the organizations and, as 64-bit hashes, the paths of the current one only. Two paths of one organization with equal hashes
 * would be taken for the same (in an organization of a million, once in 40 million times).
 */
final class DirectoryOrder {
    private static final String GLOBAL = "global";

    private final Set<String> plans = new HashSet<>();
    private final Set<String> organizations = new HashSet<>();
    private final LongHashSet below = new LongHashSet();
    private String organization = "";
    private boolean global;

    /** Takes the next record, or says why it cannot be next. */
    void accept(ScopeRecord scope) {
        String path = scope.getScope().getPath();
        switch (scope.getScope().getLevel()) {
            case SCOPE_LEVEL_GLOBAL -> {
                require(!global && path.equals(GLOBAL), path, "the one global scope comes first");
                global = true;
            }
            case SCOPE_LEVEL_PLAN -> {
                require(global && organizations.isEmpty(), path, "plans follow global and come before organizations");
                require(!plans.contains(path), path, "it came before");
                refers(path, scope.getParentPath(), "parent");
                plans.add(path);
            }
            case SCOPE_LEVEL_ORGANIZATION -> organization(scope, path);
            case SCOPE_LEVEL_DEPARTMENT, SCOPE_LEVEL_PROJECT, SCOPE_LEVEL_PRINCIPAL, SCOPE_LEVEL_API_KEY ->
                below(scope, path);
            case SCOPE_LEVEL_UNSPECIFIED, UNRECOGNIZED -> require(false, path, "it has no level");
        }
    }

    private void organization(ScopeRecord scope, String path) {
        require(global, path, "global comes first");
        require(!organizations.contains(path), path, "an organization comes once, directly followed by all below it");
        refers(path, scope.getParentPath(), "parent");
        plan(scope, path);
        organizations.add(path);
        organization = path;
        below.clear();
    }

    private void below(ScopeRecord scope, String path) {
        require(
                !organization.isEmpty() && path.startsWith(organization + "/"),
                path,
                "it follows " + (organization.isEmpty() ? "no organization" : organization)
                        + ", not the organization that it lies below");
        require(!below.contains(hash(path)), path, "it came before");
        refers(path, scope.getParentPath(), "parent");
        if (!scope.getOwnerPath().isEmpty()) {
            refers(path, scope.getOwnerPath(), "owner");
        }
        if (!scope.getBoundProjectPath().isEmpty()) {
            refers(path, scope.getBoundProjectPath(), "bound project");
        }
        plan(scope, path);
        below.add(hash(path));
    }

    private void plan(ScopeRecord scope, String path) {
        if (scope.hasSubscription()) {
            refers(path, scope.getSubscription().getPlanPath(), "plan");
        }
    }

    private void refers(String path, String other, String role) {
        boolean known = other.equals(GLOBAL)
                || other.equals(organization)
                || plans.contains(other)
                || below.contains(hash(other));
        require(known, path, "its " + role + " '" + other + "' has not come yet");
    }

    private static void require(boolean condition, String path, String message) {
        if (!condition) {
            throw new IllegalArgumentException("scope '" + path + "' cannot come here: " + message);
        }
    }

    /** FNV-1a over the UTF-8 bytes, mixed. */
    private static long hash(String path) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        hash ^= hash >>> 32;
        hash *= 0x9e3779b97f4a7c15L;
        hash ^= hash >>> 29;
        return hash;
    }
}
