/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A checked value of a source file: of the right form, and with its place. */
public sealed interface Value {

    /** {@return where it is written} */
    Position at();

    /**
     * One value.
     *
     * @param parsed see {@link ScalarKind}; null for an INT_OR_NULL that is null
     */
    record Scalar(Position at, String text, @Nullable Object parsed) implements Value {

        /** {@return the parsed value} */
        public <T> T as(Class<T> type) {
            return Objects.requireNonNull(type.cast(parsed), text);
        }
    }

    /** A list; what was wrong in it is left out. */
    record Items(Position at, List<Value> items) implements Value {}

    /**
     * A mapping whose keys the author chose; what was wrong in it is left out.
     *
     * @param writtenKeys the keys of what was left out as well
     */
    record Entries(Position at, List<Entry> entries, Set<String> writtenKeys) implements Value {}

    /**
     * A key that the author chose and what it holds.
     *
     * @param at of the key
     * @param parsedKey the key by its form: String, {@link PrincipalName} or {@link ScopePath}
     */
    record Entry(Position at, String key, Object parsedKey, Value value) {

        /** {@return the value, which is a mapping with known keys} */
        public Fields fields() {
            return (Fields) value;
        }
    }

    /** A mapping with known keys. */
    final class Fields implements Value {
        private final Position at;
        private final Shape.Fields shape;
        private final Map<String, Value> values = new TreeMap<>();
        private final Map<String, Position> broken = new TreeMap<>();

        Fields(Position at, Shape.Fields shape) {
            this.at = at;
            this.shape = shape;
        }

        void put(String key, Value value) {
            values.put(key, value);
        }

        void markBroken(String key, Position where) {
            broken.put(key, where);
        }

        @Override
        public Position at() {
            return at;
        }

        /** {@return where the value of a key is written; where the mapping starts when it is not} */
        public Position at(String key) {
            Value value = value(key);
            return value == null ? at : value.at();
        }

        /** {@return whether the key is written with a good value} */
        public boolean has(String key) {
            return value(key) != null;
        }

        /** {@return whether the key is written, be its value good or (already reported) wrong} */
        public boolean isWritten(String key) {
            return has(key) || broken.containsKey(key);
        }

        /** {@return the keys that are written, be their values good or wrong} */
        public Set<String> writtenKeys() {
            Set<String> keys = new TreeSet<>(values.keySet());
            keys.addAll(broken.keySet());
            return keys;
        }

        /** {@return the value of a key, or null} */
        public @Nullable Value value(String key) {
            if (!shape.fields().containsKey(key)) {
                throw new IllegalArgumentException("a " + shape.name() + " has no key " + key);
            }
            return values.get(key);
        }

        /** {@return the parsed value of a key, or null when it is not written} */
        public <T> @Nullable T get(String key, Class<T> type) {
            Value value = value(key);
            return value == null ? null : type.cast(((Scalar) value).parsed());
        }

        /** {@return the parsed value of a key, or what counts when it is not written} */
        public <T> T get(String key, Class<T> type, T otherwise) {
            T value = get(key, type);
            return value == null ? otherwise : value;
        }

        /** {@return the text of a key, or empty} */
        public String text(String key) {
            return get(key, String.class, "");
        }

        /** {@return the whole number, duration or time of a key, or what counts when it is not written} */
        public long number(String key, long otherwise) {
            return get(key, Long.class, otherwise);
        }

        /** {@return the flag of a key, or what counts when it is not written} */
        public boolean flag(String key, boolean otherwise) {
            return get(key, Boolean.class, otherwise);
        }

        /** {@return the mapping under a key, or null} */
        public @Nullable Fields fields(String key) {
            return (Fields) value(key);
        }

        /** {@return the single values of the list under a key} */
        public List<Scalar> scalars(String key) {
            return items(key, Scalar.class);
        }

        /** {@return the mappings of the list under a key} */
        public List<Fields> fieldsOf(String key) {
            return items(key, Fields.class);
        }

        /** {@return the texts of the list under a key} */
        public List<String> texts(String key) {
            List<String> texts = new ArrayList<>();
            for (Scalar item : scalars(key)) {
                texts.add(item.as(String.class));
            }
            return texts;
        }

        private <T extends Value> List<T> items(String key, Class<T> type) {
            Value value = value(key);
            List<T> items = new ArrayList<>();
            if (value != null) {
                for (Value item : ((Items) value).items()) {
                    items.add(type.cast(item));
                }
            }
            return items;
        }

        /** {@return the keys of the mapping under a key, those of wrong entries as well} */
        public Set<String> writtenKeys(String key) {
            Value value = value(key);
            return value == null ? Set.of() : ((Entries) value).writtenKeys();
        }

        /** {@return the entries under a key, in the order of the file} */
        public List<Entry> entries(String key) {
            Value value = value(key);
            return value == null ? List.of() : ((Entries) value).entries();
        }
    }
}
