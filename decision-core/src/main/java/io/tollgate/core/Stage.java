/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core;

import org.jspecify.annotations.Nullable;

/** The stages of a decision, in their order. Codes are those of {@code tollgate.v1.Stage}. */
public enum Stage {
    REQUEST(1),
    FRESHNESS(2),
    POLICY(3),
    ENTITLEMENT(4),
    QUOTA(5),
    CREDIT(6),
    CAPACITY(7),
    COMMIT(8);

    private static final Stage[] BY_CODE = index();

    private final int code;

    Stage(final int code) {
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
    public static @Nullable Stage ofCode(final int code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    }

    private static Stage[] index() {
        int max = 0;
        for (final Stage value : values()) {
            max = Math.max(max, value.code);
        }
        final Stage[] index = new Stage[max + 1];
        for (final Stage value : values()) {
            index[value.code] = value;
        }
        return index;
    }
}
