/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core;

import org.jspecify.annotations.Nullable;

/** How loud a warning is. Codes are those of {@code tollgate.v1.Severity}. */
public enum Severity {
    INFO(1),
    WARNING(2),
    CRITICAL(3);

    private static final Severity[] BY_CODE = index();

    private final int code;

    Severity(final int code) {
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
    public static @Nullable Severity ofCode(final int code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    }

    private static Severity[] index() {
        int max = 0;
        for (final Severity value : values()) {
            max = Math.max(max, value.code);
        }
        final Severity[] index = new Severity[max + 1];
        for (final Severity value : values()) {
            index[value.code] = value;
        }
        return index;
    }
}
