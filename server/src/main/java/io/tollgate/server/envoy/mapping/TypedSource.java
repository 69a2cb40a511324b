/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import io.tollgate.server.envoy.mapping.Refusal.Kind;
import io.tollgate.v1.AttributeValue;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The value of an attribute, of the type that the registry declares for it. Immutable. */
record TypedSource(ValueSource source, Type type) {
    enum Type {
        STRING,
        INT,
        DOUBLE,
        BOOL;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** {@return the value, or null when the source has none: conditions then find the attribute missing} */
    @Nullable
    AttributeValue read(final CheckFacts facts, final Map<String, String> path) throws Refusal {
        final String text = source.read(facts, path);
        if (text == null) {
            return null;
        }
        final AttributeValue.Builder value = AttributeValue.newBuilder();
        try {
            switch (type) {
                case STRING -> value.setStringValue(text);
                case INT -> value.setIntValue(Long.parseLong(text));
                case DOUBLE -> value.setDoubleValue(Double.parseDouble(text));
                case BOOL -> {
                    if (!text.equals("true") && !text.equals("false")) {
                        throw wrong();
                    }
                    value.setBoolValue(text.equals("true"));
                }
            }
        } catch (final NumberFormatException e) {
            throw wrong();
        }
        return value.build();
    }

    private Refusal wrong() {
        return new Refusal(Kind.VALUE, "It is no " + type.word() + ": " + source.words() + ".");
    }
}
