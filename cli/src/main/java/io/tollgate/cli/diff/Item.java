/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.diff;

import java.util.Comparator;

/**
 * One thing that can change.
 *
 * @param key names it within its kind: "org:lumen/project:rag tokens-per-month"
 */
public record Item(Kind kind, String key) implements Comparable<Item> {
    private static final Comparator<Item> ORDER =
            Comparator.comparing(Item::kind).thenComparing(Item::key);

    @Override
    public int compareTo(Item other) {
        return ORDER.compare(this, other);
    }
}
