/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import org.jspecify.annotations.Nullable;

/** When a counter starts again. Codes are those of {@code tollgate.v1.Period}. */
public enum Period {
    /** No window. */
    NONE(0),
    SECOND(1),
    MINUTE(2),
    HOURLY(3),
    DAILY(4),
    WEEKLY(5),
    MONTHLY(6),
    QUARTERLY(7),
    HALF_YEARLY(8),
    ANNUAL(9),
    NEVER(10);

    private static final Period[] VALUES = values();

    private final int code;

    Period(final int code) {
        this.code = code;
    }

    /** {@return the number of this value on the wire and in mapped files} */
    public int code() {
        return code;
    }

    /**
     * {@return the value with this code, or null when no value has it}
     *
     * @param code number from the wire or from a mapped file
     */
    public static @Nullable Period ofCode(final int code) {
        for (int i = 0; i < VALUES.length; i++) {
            if (VALUES[i].code == code) {
                return VALUES[i];
            }
        }
        return null;
    }
}
