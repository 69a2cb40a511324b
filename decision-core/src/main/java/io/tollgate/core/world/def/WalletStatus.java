/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import org.jspecify.annotations.Nullable;

/** Where a wallet stands. Codes are those of {@code tollgate.v1.WalletStatus}. */
public enum WalletStatus {
    /** Pays. */
    ACTIVE(1),
    /** Is there and pays nothing for now: what it should pay for is denied. */
    FROZEN(2),
    /** Does not count any more. */
    CLOSED(3);

    private static final WalletStatus[] VALUES = values();

    private final int code;

    WalletStatus(final int code) {
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
    public static @Nullable WalletStatus ofCode(final int code) {
        for (int i = 0; i < VALUES.length; i++) {
            if (VALUES[i].code == code) {
                return VALUES[i];
            }
        }
        return null;
    }
}
