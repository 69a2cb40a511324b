/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import org.jspecify.annotations.Nullable;

/** Parts of a timestamp in a time zone, with the names and origins of CEL. Codes are part of the program format. */
public enum CalendarField {
    YEAR(1, "getFullYear"),
    /** January is 0. */
    MONTH(2, "getMonth"),
    /** The first is 1. */
    DATE(3, "getDate"),
    /** The first is 0. */
    DAY_OF_MONTH(4, "getDayOfMonth"),
    /** The first of January is 0. */
    DAY_OF_YEAR(5, "getDayOfYear"),
    /** Sunday is 0. */
    DAY_OF_WEEK(6, "getDayOfWeek"),
    HOURS(7, "getHours"),
    MINUTES(8, "getMinutes"),
    SECONDS(9, "getSeconds"),
    MILLISECONDS(10, "getMilliseconds");

    private static final CalendarField[] VALUES = values();

    private final int code;
    private final String label;

    CalendarField(final int code, final String label) {
        this.code = code;
        this.label = label;
    }

    /** {@return the number of this value in programs} */
    public int code() {
        return code;
    }

    /** {@return the function of CEL} */
    public String label() {
        return label;
    }

    static @Nullable CalendarField ofCode(final int code) {
        return code < 1 || code > VALUES.length ? null : VALUES[code - 1];
    }
}
