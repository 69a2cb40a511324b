/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import java.util.List;

/** A typed value, as conditions read it and obligations carry it. */
public sealed interface AttributeValue {
    /** {@return its type} */
    AttributeType type();

    /**
     * Text.
     *
     * @param value the text
     */
    record Text(String value) implements AttributeValue {
        @Override
        public AttributeType type() {
            return AttributeType.STRING;
        }
    }

    /**
     * A whole number.
     *
     * @param value the number
     */
    record Whole(long value) implements AttributeValue {
        @Override
        public AttributeType type() {
            return AttributeType.INT;
        }
    }

    /**
     * A floating-point number.
     *
     * @param value the number
     */
    record Real(double value) implements AttributeValue {
        @Override
        public AttributeType type() {
            return AttributeType.DOUBLE;
        }
    }

    /**
     * Yes or no.
     *
     * @param value which
     */
    record Flag(boolean value) implements AttributeValue {
        @Override
        public AttributeType type() {
            return AttributeType.BOOL;
        }
    }

    /**
     * A moment.
     *
     * @param epochMs milliseconds since 1970-01-01T00:00:00Z
     */
    record Moment(long epochMs) implements AttributeValue {
        @Override
        public AttributeType type() {
            return AttributeType.TIMESTAMP;
        }
    }

    /**
     * A list of texts.
     *
     * @param values the texts
     */
    record TextList(List<String> values) implements AttributeValue {
        public TextList {
            values = List.copyOf(values);
        }

        @Override
        public AttributeType type() {
            return AttributeType.STRING_LIST;
        }
    }
}
