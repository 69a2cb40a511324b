/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.diff;

import java.util.List;

/**
 * What became of one thing.
 *
 * @param fields that differ; of what was added or removed, all that it says
 */
public record Change(Item item, Type type, List<Field> fields) {
    /** How it changed. */
    public enum Type {
        ADDED,
        REMOVED,
        CHANGED
    }

    /** One field; empty = it says nothing. */
    public record Field(String name, String before, String after) {}
}
