/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import io.tollgate.core.world.def.AttributeType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Types of what conditions compute. Codes are part of the program format. */
public enum ValueType {
    BOOL(1),
    /** 64 bits with sign; overflow is an error. */
    INT(2),
    /** IEEE 754, 64 bits. */
    DOUBLE(3),
    /** UTF-8, ordered by code point. */
    STRING(4),
    /** Whole milliseconds since 1970, in the years 1 to 9999. */
    TIMESTAMP(5),
    /** Whole milliseconds. */
    DURATION(6),
    /** Texts; only variables are lists. */
    STRING_LIST(7);

    private static final ValueType[] VALUES = values();

    private final int code;

    ValueType(final int code) {
        this.code = code;
    }

    /** {@return the number of this value in programs} */
    public int code() {
        return code;
    }

    /** {@return the name that people see, "string_list"} */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** {@return whether it is kept in 64 bits} */
    boolean isWhole() {
        return this == INT || this == TIMESTAMP || this == DURATION;
    }

    static @Nullable ValueType ofCode(final int code) {
        return code < 1 || code > VALUES.length ? null : VALUES[code - 1];
    }

    /** {@return the type that an attribute has in conditions} */
    public static ValueType of(final AttributeType type) {
        return switch (type) {
            case STRING -> STRING;
            case INT -> INT;
            case DOUBLE -> DOUBLE;
            case BOOL -> BOOL;
            case TIMESTAMP -> TIMESTAMP;
            case STRING_LIST -> STRING_LIST;
        };
    }
}
