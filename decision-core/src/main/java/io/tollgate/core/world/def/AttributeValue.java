/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import java.util.List;

/** A typed value, as conditions read it and obligations carry it. */
public sealed interface AttributeValue {
    /**
     * Text.
     *
     * @param value the text
     */
    record Text(String value) implements AttributeValue {}

    /**
     * A whole number.
     *
     * @param value the number
     */
    record Whole(long value) implements AttributeValue {}

    /**
     * A floating-point number.
     *
     * @param value the number
     */
    record Real(double value) implements AttributeValue {}

    /**
     * Yes or no.
     *
     * @param value which
     */
    record Flag(boolean value) implements AttributeValue {}

    /**
     * A moment.
     *
     * @param epochMs milliseconds since 1970-01-01T00:00:00Z
     */
    record Moment(long epochMs) implements AttributeValue {}

    /**
     * A list of texts.
     *
     * @param values the texts
     */
    record TextList(List<String> values) implements AttributeValue {
        public TextList {
            values = List.copyOf(values);
        }
    }
}
