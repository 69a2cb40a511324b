/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core;

import org.jspecify.annotations.Nullable;

/** Which of the questions said no. Codes are those of {@code tollgate.v1.ReasonClass}. */
public enum ReasonClass {
    REQUEST(1),
    FRESHNESS(2),
    POLICY(3),
    ENTITLEMENT(4),
    QUOTA(5),
    CREDIT(6),
    CAPACITY(7),
    /** The sidecar itself: overload, journal, idempotency, internal error. */
    SYSTEM(8);

    private static final ReasonClass[] BY_CODE = index();

    private final int code;

    ReasonClass(final int code) {
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
    public static @Nullable ReasonClass ofCode(final int code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    }

    private static ReasonClass[] index() {
        int max = 0;
        for (final ReasonClass value : values()) {
            max = Math.max(max, value.code);
        }
        final ReasonClass[] index = new ReasonClass[max + 1];
        for (final ReasonClass value : values()) {
            index[value.code] = value;
        }
        return index;
    }
}
