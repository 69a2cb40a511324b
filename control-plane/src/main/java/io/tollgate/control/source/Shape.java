/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a YAML value has to look like. The one description that the reader checks and the JSON Schemas in docs/schema are made from. */
sealed interface Shape {

    /**
     * One value.
     *
     * @param kind its form
     * @param min for INT: the least
     * @param max for INT: the most
     * @param allowed for CHOICE: the words
     */
    record Scalar(ScalarKind kind, long min, long max, List<String> allowed) implements Shape {}

    /** A list of equal things. */
    record ListOf(Shape element, int max) implements Shape {}

    /** A mapping from names, which the author chooses, to equal things. */
    record MapOf(ScalarKind key, Shape value, int max) implements Shape {}

    /**
     * A mapping with known keys.
     *
     * @param name what this is, in messages: "rule"
     * @param fields in the order of the documentation
     */
    record Fields(String name, Map<String, Field> fields) implements Shape {

        /** {@return the keys that may be written} */
        List<String> keys() {
            return new ArrayList<>(fields.keySet());
        }
    }

    /**
     * A key and what it holds.
     *
     * @param required whether it must be written
     * @param doc one line for editors
     */
    record Field(String key, Shape shape, boolean required, String doc) {}

    static Shape of(ScalarKind kind) {
        return new Scalar(kind, 0, Long.MAX_VALUE, List.of());
    }

    static Shape integer(long min, long max) {
        return new Scalar(ScalarKind.INT, min, max, List.of());
    }

    static Shape choice(String... words) {
        return new Scalar(ScalarKind.CHOICE, 0, 0, List.of(words));
    }

    static Shape list(ScalarKind kind) {
        return new ListOf(of(kind), SourceLimits.MAX_ENTRIES);
    }

    static Shape list(Shape element) {
        return new ListOf(element, SourceLimits.MAX_ENTRIES);
    }

    static Shape map(ScalarKind key, Shape value) {
        return new MapOf(key, value, SourceLimits.MAX_ENTRIES);
    }

    static Shape map(ScalarKind key, Shape value, int max) {
        return new MapOf(key, value, max);
    }

    static Fields fields(String name, Field... fields) {
        Map<String, Field> byKey = new LinkedHashMap<>();
        for (Field field : fields) {
            byKey.put(field.key(), field);
        }
        return new Fields(name, byKey);
    }

    static Field required(String key, Shape shape, String doc) {
        return new Field(key, shape, true, doc);
    }

    static Field optional(String key, Shape shape, String doc) {
        return new Field(key, shape, false, doc);
    }
}
