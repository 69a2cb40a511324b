/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names of what the decision log can leave out, as the configuration writes them: fields of a request, and attributes by name or, with
 * {@code *}, all of a group. No state.
 */
public final class MaskNames {
    /** Fields that are left out whole. */
    public static final List<String> FIELDS = List.of(
            "correlation_id",
            "idempotency_key",
            "actor.type",
            "actor.id",
            "actor.roles",
            "actor.scopes",
            "actor.api_key",
            "place.organization",
            "place.department",
            "place.project",
            "target.resource_id",
            "current_usage");

    /** What stands before the name of an attribute. */
    public static final List<String> ATTRIBUTE_GROUPS =
            List.of("attributes.", "actor.attributes.", "resource_attributes.");

    private static final String LONG_RESOURCE_GROUP = "target.resource_attributes.";
    private static final String ATTRIBUTE_NAME = "[A-Za-z0-9_.-]{1,128}";

    private MaskNames() {}

    /** {@return the names of a list written with commas, in order, each once} */
    public static List<String> list(final String text) {
        final List<String> names = new ArrayList<>();
        for (final String part : text.split(",", -1)) {
            final String name = plain(part.strip());
            if (!name.isEmpty() && !names.contains(name)) {
                names.add(name);
            }
        }
        return List.copyOf(names);
    }

    /** {@return what is wrong with such a list, or null} */
    static @Nullable String problemWith(final @Nullable String text) {
        for (final String name : list(text == null ? "" : text)) {
            if (!FIELDS.contains(name) && !isAttribute(name)) {
                return "has '" + name + "', which cannot be masked" + hint(name) + "; known are "
                        + String.join(", ", FIELDS)
                        + ", and attributes.NAME, actor.attributes.NAME, resource_attributes.NAME with a name or *";
            }
        }
        return null;
    }

    private static String plain(final String name) {
        return name.startsWith(LONG_RESOURCE_GROUP) ? name.substring("target.".length()) : name;
    }

    private static boolean isAttribute(final String name) {
        for (final String group : ATTRIBUTE_GROUPS) {
            if (name.startsWith(group)) {
                final String rest = name.substring(group.length());
                return rest.equals("*") || rest.matches(ATTRIBUTE_NAME);
            }
        }
        return false;
    }

    private static String hint(final String name) {
        for (final String group : ATTRIBUTE_GROUPS) {
            if (group.substring(0, group.length() - 1).equals(name)) {
                return "; did you mean " + group + "*?";
            }
        }
        final String nearest = Nearest.of(name, FIELDS);
        return nearest == null ? "" : "; did you mean " + nearest + "?";
    }
}
