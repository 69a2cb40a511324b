/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/projects/{project}/launch}: names stand for one segment each, {@code *} for any one, {@code **} at the end for the rest.
 * Immutable.
 */
public final class PathTemplate {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");
    private static final String ONE = "*";
    private static final String REST = "**";

    private final String text;
    /** Literal, {name}, * or **. */
    private final List<String> parts;

    /** By the place of the part. */
    private final Map<Integer, String> names = new HashMap<>();

    private final boolean isOpen;

    private PathTemplate(final String text, final List<String> parts) {
        this.text = text;
        this.parts = List.copyOf(parts);
        for (int i = 0; i < parts.size(); i++) {
            if (isName(parts.get(i))) {
                names.put(i, nameOf(parts.get(i)));
            }
        }
        isOpen = !parts.isEmpty() && isRest(parts.get(parts.size() - 1));
    }

    /**
     * Reads a template.
     *
     * @throws IllegalArgumentException saying what is wrong, without the template's text
     */
    static PathTemplate of(final String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("must start with a slash");
        }
        final List<String> parts = new ArrayList<>();
        final Set<String> names = new HashSet<>();
        final String[] written =
                text.length() == 1 ? new String[0] : text.substring(1).split("/", -1);
        for (int i = 0; i < written.length; i++) {
            final String part = written[i];
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new IllegalArgumentException("has an empty or dot segment, which no request may have");
            }
            if (isRest(part) && i < written.length - 1) {
                throw new IllegalArgumentException("has " + part + " before its end");
            }
            if (isName(part)) {
                final String name = nameOf(part);
                if (!NAME.matcher(name).matches()) {
                    throw new IllegalArgumentException("has {" + name + "}; a name is lower-case letters, digits, _");
                }
                if (!names.add(name)) {
                    throw new IllegalArgumentException("has {" + name + "} twice");
                }
            } else if (part.contains("{") || part.contains("}") || part.contains("%") || part.contains("?")) {
                throw new IllegalArgumentException(
                        "has the segment " + part + "; write a name in braces as a whole segment, and no escapes");
            }
            parts.add(part);
        }
        return new PathTemplate(text, parts);
    }

    private static boolean isName(final String part) {
        return part.length() > 2 && part.startsWith("{") && part.endsWith("}");
    }

    private static boolean isRest(final String part) {
        return part.equals(REST) || isName(part) && part.endsWith("**}");
    }

    private static String nameOf(final String part) {
        final String inner = part.substring(1, part.length() - 1);
        return inner.endsWith(REST) ? inner.substring(0, inner.length() - REST.length()) : inner;
    }

    /** {@return the names in it} */
    Set<String> names() {
        final Set<String> names = new HashSet<>();
        for (final String part : parts) {
            if (isName(part)) {
                names.add(nameOf(part));
            }
        }
        return names;
    }

    /** {@return what the names stand for, or null when the path is not like this} */
    @Nullable
    Map<String, String> match(final SafePath path) {
        final int fixed = isOpen ? parts.size() - 1 : parts.size();
        if (isOpen ? path.size() < fixed : path.size() != fixed) {
            return null;
        }
        for (int i = 0; i < fixed; i++) {
            final String part = parts.get(i);
            if (!isName(part) && !part.equals(ONE) && !part.equals(path.segment(i))) {
                return null;
            }
        }
        if (names.isEmpty()) {
            return Map.of();
        }
        final Map<String, String> values = new HashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            final String name = names.get(i);
            if (name != null) {
                values.put(name, i < fixed ? path.segment(i) : path.from(i));
            }
        }
        return values;
    }

    /** {@return the same for templates that match the same paths} */
    String shape() {
        final StringBuilder shape = new StringBuilder();
        for (final String part : parts) {
            shape.append('/').append(isRest(part) ? REST : isName(part) ? ONE : part);
        }
        return shape.toString();
    }

    @Override
    public String toString() {
        return text;
    }
}
