/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.engine.Decision;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldFacts;
import io.tollgate.v1.Actor;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.Place;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Whose API key the last request came with, and where it counts, for those who pass it on to a service. Names are kept while the same
 * world answers. Belongs to one thread.
 */
final class KeyHolder {
    private static final int MAX_NAMES = 2_048;

    private final ScopeRow row = new ScopeRow();
    private final Long2ObjectHashMap<String> names = new Long2ObjectHashMap<>();
    private @Nullable WorldFacts of;
    private boolean found;
    private String organization = "";
    private String department = "";
    private String project = "";
    private String actorType = "";
    private String actorId = "";

    void forget() {
        found = false;
    }

    /** Reads what a decision found; its world is pinned. */
    void read(final DecisionRequest request, final Decision decision) {
        final World world = decision.world();
        found = world != null && request.hasApiKey() && decision.chainLength() > 0;
        if (world == null || !found) {
            return;
        }
        if (world.facts() != of || names.size() > MAX_NAMES) {
            names.clear();
            of = world.facts();
        }
        organization = department = project = actorType = actorId = "";
        for (int i = 0; i < decision.chainLength(); i++) {
            read(world, decision.chainRow(i));
        }
    }

    private void read(final World world, final long each) {
        final int level = row.wrap(world, each).levelCode();
        if (level == ScopeLevel.ORGANIZATION.code()) {
            organization = name(each);
        } else if (level == ScopeLevel.DEPARTMENT.code()) {
            department = name(each);
        } else if (level == ScopeLevel.PROJECT.code()) {
            project = name(each);
        } else if (level == ScopeLevel.PRINCIPAL.code()) {
            actorId = name(each);
            actorType =
                    row.actorTypeId() < 0 ? "" : world.registry().actorTypes().name(row.actorTypeId());
        }
    }

    private String name(final long each) {
        String name = names.get(each);
        if (name == null) {
            name = row.id();
            names.put(each, name);
        }
        return name;
    }

    /** {@return the question, with place and actor as they were found when a key named them} */
    DecideRequest in(final DecideRequest question) {
        return found
                ? question.toBuilder()
                        .setPlace(Place.newBuilder()
                                .setOrganization(organization)
                                .setDepartment(department)
                                .setProject(project))
                        .setActor(Actor.newBuilder().setType(actorType).setId(actorId))
                        .build()
                : question;
    }
}
