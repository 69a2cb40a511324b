/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import io.tollgate.cli.ratelimit.Choices.Role;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds a scope for each limit. A scope has room for {@value #MAX_LIMITS}; a limit with one counter can stand at any project, so that these
 * are made as they fill up.
 */
final class Places {
    static final int MAX_LIMITS = 32;

    private static final String GLOBAL = "global";

    private final Choices choices;
    private final Names projects = new Names();
    private final Map<String, Integer> limits = new HashMap<>();
    private final Map<String, String> homes = new HashMap<>();

    Places(final Choices choices, final KnownValues values) {
        this.choices = choices;
        if (!choices.project().isEmpty()) {
            values.in("", choices.project()).forEach(projects::take);
        }
    }

    /** {@return the limit with its scope, or null when there is no room} */
    @Nullable
    Limit place(final Limit limit) {
        final Map<Role, String> holders = limit.holders();
        final String organization = "org:" + choices.organization();
        if (holders.isEmpty()) {
            String home = homes.computeIfAbsent(limit.product(), projects::of);
            if (!fits(organization + "/project:" + home)) {
                home = projects.of(limit.product());
                homes.put(limit.product(), home);
                fits(organization + "/project:" + home);
            }
            return at(limit, home, organization + "/project:" + home, "");
        }
        final String each = holders.containsKey(Role.ACTOR)
                ? "principal"
                : holders.containsKey(Role.PROJECT) ? "project" : "organization";
        if (!holders.containsKey(Role.TENANT) && fits(organization)) {
            return at(limit, "", organization, each);
        }
        return fits(GLOBAL) ? at(limit, "", GLOBAL, each) : null;
    }

    private boolean fits(final String scope) {
        final int before = limits.getOrDefault(scope, 0);
        if (before == MAX_LIMITS) {
            return false;
        }
        limits.put(scope, before + 1);
        return true;
    }

    private static Limit at(final Limit limit, final String home, final String scope, final String each) {
        return new Limit(
                limit.leaf(),
                limit.requests(),
                limit.id(),
                limit.product(),
                limit.action(),
                limit.dimension(),
                limit.holders(),
                home,
                scope,
                each);
    }
}
