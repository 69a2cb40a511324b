/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core;

import org.jspecify.annotations.Nullable;

/** May the caller go on? Codes are those of {@code tollgate.v1.Outcome}. */
public enum Outcome {
    ALLOW(1),
    /** Go on, and show the warnings to somebody. */
    WARN(2),
    DENY(3);

    private static final Outcome[] BY_CODE = index();

    private final int code;

    Outcome(final int code) {
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
    public static @Nullable Outcome ofCode(final int code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    }

    private static Outcome[] index() {
        int max = 0;
        for (final Outcome value : values()) {
            max = Math.max(max, value.code);
        }
        final Outcome[] index = new Outcome[max + 1];
        for (final Outcome value : values()) {
            index[value.code] = value;
        }
        return index;
    }
}
