/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import io.tollgate.server.envoy.mapping.Refusal.Kind;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.StringList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The value of an attribute, of the type that the registry declares for it. Immutable.
 *
 * @param source of a single value; null = it is a list
 * @param list   of type STRING_LIST; null = it is a single value
 */
record TypedSource(@Nullable ValueSource source, @Nullable ListSource list, Type type) {
    enum Type {
        STRING(Form.TEXT),
        INT(Form.WHOLE),
        DOUBLE(Form.REAL),
        BOOL(Form.FLAG),
        TIMESTAMP(Form.MOMENT),
        /** A timestamp, written in seconds since 1970, as tokens do. */
        TIMESTAMP_S(Form.WHOLE),
        TIMESTAMP_MS(Form.WHOLE),
        STRING_LIST(Form.TEXT);

        private final Form form;

        Type(final Form form) {
            this.form = form;
        }

        Form form() {
            return form;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final long MS_PER_SECOND = 1_000;

    /** {@return the value, or null when the source has none: conditions then find the attribute missing} */
    @Nullable
    AttributeValue read(final CheckFacts facts, final Map<String, String> path) throws Refusal {
        if (list != null) {
            final List<String> texts = list.read(facts, path);
            return texts == null
                    ? null
                    : AttributeValue.newBuilder()
                            .setStringList(StringList.newBuilder().addAllValues(texts))
                            .build();
        }
        final ValueSource from = Objects.requireNonNull(source);
        final String text = from.read(facts, path);
        if (text == null) {
            return null;
        }
        // any text will do, and nobody needs words for what is wrong with it
        return type == Type.STRING
                ? AttributeValue.newBuilder().setStringValue(text).build()
                : value(text, type, from.words());
    }

    /**
     * {@return the value of that type}
     *
     * @param type  of a single value
     * @param words where the text comes from, for messages
     */
    static AttributeValue value(final String text, final Type type, final String words) throws Refusal {
        if (type.form().accept(text) == null) {
            throw wrong(type, words);
        }
        final AttributeValue.Builder value = AttributeValue.newBuilder();
        switch (type) {
            case STRING -> value.setStringValue(text);
            case INT -> value.setIntValue(Long.parseLong(text));
            case DOUBLE -> value.setDoubleValue(Double.parseDouble(text));
            case BOOL -> value.setBoolValue(text.equals("true"));
            case TIMESTAMP_MS -> value.setTimestampMs(Long.parseLong(text));
            case TIMESTAMP_S -> {
                final long seconds = Long.parseLong(text);
                if (Math.abs(seconds) > Long.MAX_VALUE / MS_PER_SECOND) {
                    throw wrong(type, words);
                }
                value.setTimestampMs(seconds * MS_PER_SECOND);
            }
            case TIMESTAMP ->
                value.setTimestampMs(Objects.requireNonNull(Form.moment(text)).toEpochMilli());
            case STRING_LIST -> throw new IllegalStateException("a list has no single value");
        }
        return value.build();
    }

    private static Refusal wrong(final Type type, final String words) {
        return new Refusal(Kind.VALUE, "It is no " + type.word() + ": " + words + ".");
    }
}
