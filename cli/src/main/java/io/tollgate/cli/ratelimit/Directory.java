/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import io.tollgate.cli.ratelimit.Choices.Role;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Who has to be registered for the limits of a bundle. */
final class Directory {
    private final Choices choices;
    private final KnownValues values;
    private final Map<String, Organization> organizations = new TreeMap<>();

    Directory(final Choices choices, final KnownValues values) {
        this.choices = choices;
        this.values = values;
    }

    Map<String, Organization> of(final List<Limit> limits) {
        organization(choices.organization());
        for (final Limit limit : limits) {
            if (!limit.home().isEmpty()) {
                organization(choices.organization()).projects().add(limit.home());
            }
            if (limit.holders().containsKey(Role.TENANT)) {
                values.tenants().forEach(tenant -> register(limit, tenant, organization(tenant)));
            } else {
                register(limit, "", organization(choices.organization()));
            }
        }
        return organizations;
    }

    private Organization organization(final String id) {
        final Organization organization = organizations.computeIfAbsent(id, any -> new Organization());
        organization.principals().add(Limit.SERVICE_TYPE + ":" + Limit.SERVICE_ID);
        return organization;
    }

    private void register(final Limit limit, final String tenant, final Organization organization) {
        final String actor = limit.holders().get(Role.ACTOR);
        if (actor != null) {
            final String type = choices.actors().get(actor);
            values.in(tenant, actor).forEach(id -> organization.principals().add(type + ":" + id));
        }
        final String project = limit.holders().get(Role.PROJECT);
        if (project != null) {
            organization.projects().addAll(values.in(tenant, project));
        }
    }
}
