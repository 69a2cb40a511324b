/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * By what the tranches of a wallet are ordered: those that come first are spent first. Codes are those of {@code
 * tollgate.v1.TrancheKey}.
 */
public enum TrancheKey {
    /** Lower priority numbers first, tranches without one last. */
    PRIORITY_ASC_NONE_LAST(1),
    /** What expires earlier first, what never expires last. */
    EXPIRY_ASC_NEVER_LAST(2),
    /** The larger amount (as it was given) first. */
    AMOUNT_DESC(3);

    /** The order of Flexprice; what is equal in all three goes by id. */
    public static final List<TrancheKey> DEFAULT = List.of(PRIORITY_ASC_NONE_LAST, EXPIRY_ASC_NEVER_LAST, AMOUNT_DESC);

    private static final TrancheKey[] VALUES = values();

    private final int code;

    TrancheKey(final int code) {
        this.code = code;
    }

    /** {@return the number of this value on the wire} */
    public int code() {
        return code;
    }

    /** {@return the value with this code, or null when no value has it} */
    public static @Nullable TrancheKey ofCode(final int code) {
        for (int i = 0; i < VALUES.length; i++) {
            if (VALUES[i].code == code) {
                return VALUES[i];
            }
        }
        return null;
    }
}
