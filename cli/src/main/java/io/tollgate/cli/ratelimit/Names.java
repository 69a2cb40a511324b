/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import java.util.HashSet;
import java.util.Set;

/** Makes names of a bundle out of any text, each once. */
final class Names {
    private static final int LONGEST = 120;

    private final Set<String> taken = new HashSet<>();

    /** {@return the text with '-' for what a name cannot have, and a number where that is taken} */
    String of(final String text) {
        final String plain = plain(text);
        String name = plain;
        for (int i = 2; !taken.add(name); i++) {
            name = plain + "-" + i;
        }
        return name;
    }

    /** Nobody else gets this one. */
    void take(final String name) {
        taken.add(name);
    }

    static String plain(final String text) {
        final String clean = text.replaceAll("[^A-Za-z0-9_.]+", "-").replaceAll("^[-.]+|[-.]+$", "");
        final String name = clean.isEmpty() ? "any" : clean;
        return name.length() > LONGEST ? name.substring(0, LONGEST) : name;
    }
}
