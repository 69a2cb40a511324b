/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import io.tollgate.cli.ratelimit.Choices.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A test for each limit that somebody can reach: all of it, one more, somebody else, and the next window. */
final class TestText {
    private static final String START = "2026-01-01T00:00:00Z";

    /** Who asks. */
    private record Asker(String organization, String project, String actor) {}

    private final Conversion conversion;
    private final Text text = new Text();
    private boolean any;

    TestText(final Conversion conversion) {
        this.conversion = conversion;
        text.line(0, "# Each limit: all of it at once, one more, somebody else, and the next window.");
        text.line(0, "tests:");
        conversion.limits().forEach(this::limit);
    }

    @Override
    public String toString() {
        return any ? text.toString() : "tests: []\n";
    }

    private void limit(final Limit limit) {
        final List<Asker> askers = askers(limit);
        if (askers.isEmpty()) {
            return;
        }
        any = true;
        final Asker asker = askers.get(0);
        final long most = limit.requests();
        text.line(
                        1,
                        "- name: "
                                + Text.of(limit.id() + ": " + most + " per "
                                        + limit.unit().word()))
                .line(2, "at: " + START)
                .line(2, "request:")
                .line(3, "mode: consume")
                .line(3, who(limit, asker))
                .line(3, where(asker))
                .line(
                        3,
                        "target: { product: " + Text.of(limit.product()) + ", resource_type: " + Limit.RESOURCE_TYPE
                                + ", action: " + Text.of(limit.action()) + " }")
                .line(3, usage(1))
                .line(2, "steps:");
        final String over = limit.soft()
                ? "outcome: warn, reason: OVER_SOFT_LIMIT"
                : "outcome: deny, limit: " + Text.of(limit.id());
        if (most > 0) {
            step("", usage(most), "outcome: allow, remaining: 0");
        }
        step("", usage(1), over);
        if (most == 0) {
            return;
        }
        if (askers.size() > 1) {
            final Asker other = askers.get(1);
            step("", who(limit, other) + ", " + where(other), "outcome: allow");
        }
        step("after: " + limit.nextWindow() + ", ", usage(most), "outcome: allow");
    }

    private void step(final String when, final String request, final String expected) {
        text.line(3, "- { " + when + "request: { " + request + " }, expect: { " + expected + " } }");
    }

    private static String usage(final long requests) {
        return "usage: { " + Limit.UNIT + ": " + requests + " }";
    }

    private String who(final Limit limit, final Asker asker) {
        final String key = limit.holders().get(Role.ACTOR);
        final String type = key == null ? null : conversion.choices().actors().get(key);
        return "actor: { type: " + Text.of(type == null ? Limit.SERVICE_TYPE : type) + ", id: " + Text.of(asker.actor())
                + " }";
    }

    private static String where(final Asker asker) {
        return "place: { organization: " + Text.of(asker.organization())
                + (asker.project().isEmpty() ? "" : ", project: " + Text.of(asker.project())) + " }";
    }

    /** {@return two with counters of their own, or one, or none where nobody is known} */
    private List<Asker> askers(final Limit limit) {
        final Map<Role, String> holders = limit.holders();
        final boolean tenants = holders.containsKey(Role.TENANT);
        final List<Asker> askers = new ArrayList<>();
        for (final String tenant : tenants ? conversion.values().tenants() : List.of("")) {
            final String organization = tenants ? tenant : conversion.choices().organization();
            for (final String project : known(holders.get(Role.PROJECT), tenant, limit.home())) {
                for (final String actor : known(holders.get(Role.ACTOR), tenant, Limit.SERVICE_ID)) {
                    askers.add(new Asker(organization, project, actor));
                    if (askers.size() == 2) {
                        return askers;
                    }
                }
            }
        }
        return askers;
    }

    private Set<String> known(final @Nullable String key, final String tenant, final String otherwise) {
        return key == null
                ? Set.of(otherwise)
                : new TreeSet<>(conversion.values().in(tenant, key));
    }
}
