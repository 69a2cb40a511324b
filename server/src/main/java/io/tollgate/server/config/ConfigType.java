/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import com.fasterxml.jackson.core.JsonToken;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What kind of value a key takes.
 *
 * @param name     for the reference table: "integer, ms"
 * @param expected what to write, for messages: "a whole number of milliseconds from 1 to 60000, for instance 250"
 * @param tokens   which YAML scalars are taken
 * @param check    {@return null when the text is good, else what is wrong with it}
 */
record ConfigType(String name, String expected, Tokens tokens, UnaryOperator<@Nullable String> check) {
    enum Tokens {
        TEXT,
        INTEGER,
        /** With a fraction or without. */
        DECIMAL,
        BOOLEAN,
        /** Texts with commas between them, or a sequence of texts. */
        LIST
    }

    /** {@return a whole number between two bounds, both included} */
    static ConfigType integer(final String unit, final long min, final long max) {
        final String expected = "a whole number of " + unit + " from " + min + " to " + max;
        return new ConfigType("integer, " + min + " to " + max, expected, Tokens.INTEGER, text -> {
            final Long value = number(text);
            return value != null && value >= min && value <= max ? null : "is not " + expected;
        });
    }

    /** {@return true or false} */
    static ConfigType bool() {
        final String expected = "true or false";
        return new ConfigType(
                "boolean", expected, Tokens.BOOLEAN, text -> isBoolean(text) ? null : "is not " + expected);
    }

    /** {@return any text that fits the pattern} */
    static ConfigType text(final String name, final String pattern, final String expected) {
        return new ConfigType(
                name,
                expected,
                Tokens.TEXT,
                text -> text != null && text.matches(pattern) ? null : "is not " + expected);
    }

    /** {@return a path of the file system, empty = none} */
    static ConfigType path() {
        final String expected = "a path of the file system";
        return new ConfigType(
                "path",
                expected,
                Tokens.TEXT,
                text -> text != null && text.indexOf('\0') < 0 ? null : "is not " + expected);
    }

    /** {@return host and port of something to listen on or to call, empty = none} */
    static ConfigType address() {
        return new ConfigType(
                "host:port",
                "host:port, for instance 127.0.0.1:7070 or [::1]:7070",
                Tokens.TEXT,
                HostPort::problemWith);
    }

    /** {@return a share of a hundred, with up to four digits after the point} */
    static ConfigType percent() {
        final String expected = "a percentage from 0 to 100, for instance 2.5";
        return new ConfigType(
                "number, 0 to 100",
                expected,
                Tokens.DECIMAL,
                text -> text != null && text.matches("100(\\.0{1,4})?|[0-9]{1,2}(\\.[0-9]{1,4})?")
                        ? null
                        : "is not " + expected);
    }

    /** {@return several texts, written as a sequence or with commas between them; empty = none} */
    static ConfigType list(final String name, final UnaryOperator<@Nullable String> check, final String expected) {
        return new ConfigType(name, expected, Tokens.LIST, text -> check.apply(text == null ? "" : text));
    }

    boolean takes(final JsonToken token) {
        return switch (tokens) {
            case INTEGER -> token == JsonToken.VALUE_NUMBER_INT;
            case DECIMAL -> token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT;
            case BOOLEAN -> token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE;
            case TEXT, LIST -> token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT;
        };
    }

    /** {@return the number that the text is, with underscores between digits allowed, or null} */
    static @Nullable Long number(final @Nullable String text) {
        if (text == null || !text.matches("-?[0-9](_?[0-9])*")) {
            return null;
        }
        try {
            return Long.valueOf(text.replace("_", ""));
        } catch (final NumberFormatException ignored) {
            return null; // more digits than a long has
        }
    }

    private static boolean isBoolean(final @Nullable String text) {
        return "true".equals(text) || "false".equals(text);
    }
}
