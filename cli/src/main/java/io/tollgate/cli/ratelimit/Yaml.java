/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import io.tollgate.control.source.Position;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of a YAML file; at most one of text, items and pairs is not null, and none of them for null.
 *
 * @param pairs in the order of the file, what {@code <<} brings after what is written
 */
record Yaml(Position at, @Nullable String text, @Nullable List<Yaml> items, @Nullable Map<Yaml, Yaml> pairs) {

    boolean isNull() {
        return text == null && items == null && pairs == null;
    }

    String form() {
        if (isNull()) {
            return "nothing";
        }
        return items != null ? "a list" : pairs != null ? "a mapping" : "'" + text + "'";
    }

    /** Identity: a key is the place where it stands. */
    @Override
    public boolean equals(final @Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
