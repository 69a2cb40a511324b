/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core;

import org.jspecify.annotations.Nullable;

/** What a decision does with the amounts. Codes are those of {@code tollgate.v1.DecideMode}. */
public enum DecideMode {
    /** Evaluates only; nothing is taken. */
    CHECK(1),
    /** Takes the amounts for good. */
    CONSUME(2),
    /** Holds the amounts until they are settled, released or expired. */
    RESERVE(3);

    private static final DecideMode[] BY_CODE = index();

    private final int code;

    DecideMode(final int code) {
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
    public static @Nullable DecideMode ofCode(final int code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    }

    private static DecideMode[] index() {
        int max = 0;
        for (final DecideMode value : values()) {
            max = Math.max(max, value.code);
        }
        final DecideMode[] index = new DecideMode[max + 1];
        for (final DecideMode value : values()) {
            index[value.code] = value;
        }
        return index;
    }
}
