/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core;

import org.jspecify.annotations.Nullable;

/** What kind of evidence can grow old on its own. Codes are those of {@code tollgate.v1.Plane}. */
public enum Plane {
    DIRECTORY(1),
    POLICY(2),
    ENTITLEMENT(3),
    QUOTA(4),
    CREDIT(5),
    CAPACITY(6);

    private static final Plane[] BY_CODE = index();

    private final int code;

    Plane(final int code) {
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
    public static @Nullable Plane ofCode(final int code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    }

    private static Plane[] index() {
        int max = 0;
        for (final Plane value : values()) {
            max = Math.max(max, value.code);
        }
        final Plane[] index = new Plane[max + 1];
        for (final Plane value : values()) {
            index[value.code] = value;
        }
        return index;
    }
}
