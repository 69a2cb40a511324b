/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Several texts out of one or more sources: all that they have, each text once. Immutable. */
record ListSource(List<Part> parts) {
    /** What stands between the texts of one value. */
    enum Split {
        /** As OAuth writes scopes, RFC 6749 section 3.3. */
        SPACE,
        COMMA,
        /** It is one text. */
        NONE;

        /** Adds the texts of a value, without the empty ones. */
        void split(final String value, final List<String> to) {
            if (this == NONE) {
                to.add(value);
                return;
            }
            final char between = this == SPACE ? ' ' : ',';
            int from = 0;
            for (int i = 0; i <= value.length(); i++) {
                if (i == value.length() || value.charAt(i) == between) {
                    final String each = value.substring(from, i).strip();
                    if (!each.isEmpty()) {
                        to.add(each);
                    }
                    from = i + 1;
                }
            }
        }
    }

    record Part(ValueSource source, Split split) {}

    /** {@return the texts; null = no source has a value} */
    @Nullable
    List<String> read(final CheckFacts facts, final Map<String, String> path) throws Refusal {
        final List<String> texts = new ArrayList<>();
        boolean found = false;
        for (int i = 0; i < parts.size(); i++) {
            final Part part = parts.get(i);
            found |= part.source().readAll(facts, path, part.split(), texts);
        }
        if (!found) {
            return null;
        }
        return texts.size() < 2 ? texts : List.copyOf(new LinkedHashSet<>(texts));
    }
}
