/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core;

import org.jspecify.annotations.Nullable;

/** What a matching rule does. Codes are those of {@code tollgate.v1.Effect}. */
public enum Effect {
    ALLOW(1),
    DENY(2),
    WARN(3),
    /** Narrows: where restrict rules cover a request, one of them must match. */
    RESTRICT(4),
    /** Hands the authority to say yes to the scope below. */
    DELEGATE(5);

    private static final Effect[] BY_CODE = index();

    private final int code;

    Effect(final int code) {
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
    public static @Nullable Effect ofCode(final int code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    }

    private static Effect[] index() {
        int max = 0;
        for (final Effect value : values()) {
            max = Math.max(max, value.code);
        }
        final Effect[] index = new Effect[max + 1];
        for (final Effect value : values()) {
            index[value.code] = value;
        }
        return index;
    }
}
