/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core;

import org.jspecify.annotations.Nullable;

/** A level of the hierarchy, widest first. Codes are those of {@code tollgate.v1.ScopeLevel}. */
public enum ScopeLevel {
    GLOBAL(1),
    PLAN(2),
    ORGANIZATION(3),
    DEPARTMENT(4),
    PROJECT(5),
    PRINCIPAL(6),
    API_KEY(7);

    private static final ScopeLevel[] BY_CODE = index();

    private final int code;

    ScopeLevel(final int code) {
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
    public static @Nullable ScopeLevel ofCode(final int code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    }

    private static ScopeLevel[] index() {
        int max = 0;
        for (final ScopeLevel value : values()) {
            max = Math.max(max, value.code);
        }
        final ScopeLevel[] index = new ScopeLevel[max + 1];
        for (final ScopeLevel value : values()) {
            index[value.code] = value;
        }
        return index;
    }
}
