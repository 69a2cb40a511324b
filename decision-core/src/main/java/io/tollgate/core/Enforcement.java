/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core;

import org.jspecify.annotations.Nullable;

/** What a ceiling does when it is passed. Codes are those of {@code tollgate.v1.Enforcement}. */
public enum Enforcement {
    /** Denies. */
    HARD(1),
    /** Warns and counts. */
    SOFT(2);

    private static final Enforcement[] BY_CODE = index();

    private final int code;

    Enforcement(final int code) {
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
    public static @Nullable Enforcement ofCode(final int code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    }

    private static Enforcement[] index() {
        int max = 0;
        for (final Enforcement value : values()) {
            max = Math.max(max, value.code);
        }
        final Enforcement[] index = new Enforcement[max + 1];
        for (final Enforcement value : values()) {
            index[value.code] = value;
        }
        return index;
    }
}
