/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import org.jspecify.annotations.Nullable;

/** Where a subscription stands. Codes are those of {@code tollgate.v1.SubscriptionStatus}. */
public enum SubscriptionStatus {
    ACTIVE(1),
    TRIALING(2),
    PAUSED(3),
    CANCELLED(4),
    INCOMPLETE(5),
    DRAFT(6);

    private static final SubscriptionStatus[] VALUES = values();

    private final int code;

    SubscriptionStatus(final int code) {
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
    public static @Nullable SubscriptionStatus ofCode(final int code) {
        for (int i = 0; i < VALUES.length; i++) {
            if (VALUES[i].code == code) {
                return VALUES[i];
            }
        }
        return null;
    }
}
