/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import org.jspecify.annotations.Nullable;

/** What a feature carries. Codes are those of {@code tollgate.v1.FeatureType}. */
public enum FeatureType {
    BOOLEAN(1),
    METERED(2),
    STATIC(3),
    CONFIG(4);

    private static final FeatureType[] VALUES = values();

    private final int code;

    FeatureType(final int code) {
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
    public static @Nullable FeatureType ofCode(final int code) {
        for (int i = 0; i < VALUES.length; i++) {
            if (VALUES[i].code == code) {
                return VALUES[i];
            }
        }
        return null;
    }
}
