/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core;

import org.jspecify.annotations.Nullable;

/** How a dimension counts. Codes are those of {@code tollgate.v1.DimensionKind}. */
public enum DimensionKind {
    /** So many per period with a burst (GCRA). */
    RATE(1),
    /** A counter that starts again at each period. */
    PERIOD(2),
    /** Concurrency, taken by RESERVE and returned by release. */
    GAUGE(3),
    /** Physical or runtime capacity out of pools. */
    CAPACITY(4);

    private static final DimensionKind[] BY_CODE = index();

    private final int code;

    DimensionKind(final int code) {
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
    public static @Nullable DimensionKind ofCode(final int code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    }

    private static DimensionKind[] index() {
        int max = 0;
        for (final DimensionKind value : values()) {
            max = Math.max(max, value.code);
        }
        final DimensionKind[] index = new DimensionKind[max + 1];
        for (final DimensionKind value : values()) {
            index[value.code] = value;
        }
        return index;
    }
}
