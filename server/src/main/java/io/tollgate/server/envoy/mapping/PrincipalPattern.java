/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code spiffe://acme/org/{organization}/sa/*}: one name in braces stands for the part that is taken, {@code *} for a part that may be
 * anything; neither holds a slash. Immutable.
 */
final class PrincipalPattern {
    private static final Pattern NAME = Pattern.compile("\\{[a-z][a-z0-9_]*}");
    private final Pattern pattern;

    private PrincipalPattern(final Pattern pattern) {
        this.pattern = pattern;
    }

    /** @throws IllegalArgumentException when there is not exactly one name in braces */
    static PrincipalPattern of(final String text) {
        final Matcher name = NAME.matcher(text);
        if (!name.find()) {
            throw new IllegalArgumentException("has no name in braces, like {actor}");
        }
        final String before = text.substring(0, name.start());
        final String after = text.substring(name.end());
        if (NAME.matcher(after).find()) {
            throw new IllegalArgumentException("has several names in braces; one part can be taken");
        }
        return new PrincipalPattern(Pattern.compile(parts(before) + "([^/]+)" + parts(after)));
    }

    private static String parts(final String text) {
        return Arrays.stream(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining("[^/]+"));
    }

    @Nullable
    String part(final String principal) {
        final Matcher matcher = pattern.matcher(principal);
        return matcher.matches() ? matcher.group(1) : null;
    }
}
