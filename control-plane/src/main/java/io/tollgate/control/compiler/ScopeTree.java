/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Position;
import io.tollgate.control.source.ScopePath;
import io.tollgate.v1.ScopeLevel;
import io.tollgate.v1.ScopeRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All scopes by path, and the order in which they travel. */
final class ScopeTree {
    /** With more, looking for the nearest one costs more than it helps. */
    private static final int MOST_SUGGESTED = 1_000;

    private final ScopeNode global;
    private final Map<String, ScopeNode> plans = new TreeMap<>(Utf8.ORDER);
    private final Map<String, Organization> organizations = new TreeMap<>(Utf8.ORDER);
    private final Set<String> broken = new HashSet<>();

    /** An organization and what lies below, by path. */
    private static final class Organization {
        private final ScopeNode node;
        private final Map<String, ScopeNode> below = new HashMap<>();

        Organization(ScopeNode node) {
            this.node = node;
        }
    }

    ScopeTree(Position at) {
        global = new ScopeNode(ScopePath.GLOBAL, at, null);
    }

    ScopeNode global() {
        return global;
    }

    ScopeNode addPlan(String id, Position at) {
        ScopeNode node = new ScopeNode(ScopePath.plan(id), at, global);
        plans.put(id, node);
        return node;
    }

    ScopeNode addOrganization(String id, Position at) {
        ScopeNode node = new ScopeNode(ScopePath.organization(id), at, global);
        organizations.put(id, new Organization(node));
        return node;
    }

    /** Adds a scope below an organization; the first of equal paths stays. */
    ScopeNode add(ScopePath path, Position at, ScopeNode parent) {
        ScopeNode node = new ScopeNode(path, at, parent);
        Organization organization = organizations.get(path.organization());
        if (organization != null) {
            organization.below.putIfAbsent(path.path(), node);
        }
        return node;
    }

    /** {@return the scope, or null} */
    @Nullable
    ScopeNode find(ScopePath path) {
        return switch (path.level()) {
            case SCOPE_LEVEL_GLOBAL -> global;
            case SCOPE_LEVEL_PLAN -> plans.get(path.id());
            case SCOPE_LEVEL_ORGANIZATION -> {
                Organization organization = organizations.get(path.id());
                yield organization == null ? null : organization.node;
            }
            default -> {
                Organization organization = organizations.get(path.organization());
                yield organization == null ? null : organization.below.get(path.path());
            }
        };
    }

    /** Remembers a scope that is written with mistakes, so that who refers to it makes no second one. */
    void markBroken(ScopePath path) {
        broken.add(path.path());
    }

    /** Remembers that all scopes of a level in an organization are unknown, because where they should be is a mistake. */
    void markBroken(String organizationId, ScopeLevel level) {
        broken.add(organizationId + "/" + level);
    }

    /** {@return whether a scope is missing only because of a mistake that is reported already} */
    boolean isBroken(ScopePath path) {
        return broken.contains(path.path()) || broken.contains(path.organization() + "/" + path.level());
    }

    Set<String> organizationIds() {
        return organizations.keySet();
    }

    /** {@return the ids of a level within an organization to suggest one of; none when there are too many to look through} */
    Set<String> ids(String organizationId, ScopeLevel level) {
        return isLarge(organizationId) ? Set.of() : allIds(organizationId, level);
    }

    private boolean isLarge(String organizationId) {
        Organization organization = organizations.get(organizationId);
        return organization != null && organization.below.size() > MOST_SUGGESTED;
    }

    /** {@return the ids of a level within an organization} */
    Set<String> allIds(String organizationId, ScopeLevel level) {
        Set<String> ids = new TreeSet<>(Utf8.ORDER);
        Organization organization = organizations.get(organizationId);
        if (organization != null) {
            organization.below.values().stream()
                    .filter(node -> node.path().level() == level)
                    .forEach(node -> ids.add(node.path().id()));
        }
        return ids;
    }

    /** {@return paths that one may have meant by an unknown one: of the same organization, or the organizations and plans} */
    Set<String> candidates(ScopePath path) {
        Set<String> candidates = new TreeSet<>(Utf8.ORDER);
        Organization organization = organizations.get(path.organization());
        if (organization != null) {
            candidates.addAll(isLarge(path.organization()) ? Set.of() : organization.below.keySet());
        } else if (organizations.size() <= MOST_SUGGESTED) {
            candidates.add(ScopePath.GLOBAL.path());
            plans.keySet().forEach(id -> candidates.add(ScopePath.plan(id).path()));
            organizations
                    .keySet()
                    .forEach(id -> candidates.add(ScopePath.organization(id).path()));
        }
        return candidates;
    }

    /** {@return the scope, or null after saying that there is none} */
    @Nullable
    ScopeNode require(Compilation compilation, Position at, ScopePath path) {
        ScopeNode node = find(path);
        if (node == null && !isBroken(path)) {
            if (!path.organization().isEmpty() && !organizations.containsKey(path.organization())) {
                compilation.unknown(at, "organization", path.organization(), organizations.keySet());
            } else {
                compilation.unknown(at, "scope", path.path(), candidates(path));
            }
        }
        return node;
    }

    /** {@return every scope, in travelling order} */
    List<ScopeNode> ordered() {
        List<ScopeNode> ordered = new ArrayList<>();
        ordered.add(global);
        ordered.addAll(plans.values());
        Comparator<ScopeNode> order = Comparator.comparing(
                        (ScopeNode node) -> node.path().level())
                .thenComparing(node -> node.path().path(), Utf8.ORDER);
        for (Organization organization : organizations.values()) {
            ordered.add(organization.node);
            organization.below.values().stream().sorted(order).forEach(ordered::add);
        }
        return ordered;
    }

    List<ScopeRecord> records() {
        return ordered().stream().map(ScopeNode::build).toList();
    }
}
