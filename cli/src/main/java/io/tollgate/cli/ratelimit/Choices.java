/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import java.util.Map;
import java.util.Optional;

/**
 * What the user says about the keys of the descriptors.
 *
 * @param organization whose counters those are that name no tenant
 * @param tenant key whose values are organizations; empty = none
 * @param project key whose values are projects; empty = none
 * @param actors keys whose values are actors, with the type of actor
 * @param mergeDomains several files may have one domain
 * @param sidecars that count for themselves, and among which every limit is divided
 * @param leaveOut what cannot be moved is left out and answers OK
 */
public record Choices(
        String organization,
        String tenant,
        String project,
        Map<String, String> actors,
        int sidecars,
        boolean mergeDomains,
        boolean leaveOut) {

    /** What the values of a key are in a directory. */
    enum Role {
        TENANT,
        PROJECT,
        ACTOR
    }

    /** {@return a sidecar's share of a limit: rounded down, and 1 of what is less} */
    long share(final long requests) {
        return requests == 0 ? 0 : Math.max(1, requests / sidecars);
    }

    Optional<Role> role(final String key) {
        if (key.equals(tenant)) {
            return Optional.of(Role.TENANT);
        }
        if (key.equals(project)) {
            return Optional.of(Role.PROJECT);
        }
        return actors.containsKey(key) ? Optional.of(Role.ACTOR) : Optional.empty();
    }
}
