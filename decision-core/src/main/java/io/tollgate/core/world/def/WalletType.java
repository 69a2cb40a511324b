/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import org.jspecify.annotations.Nullable;

/** When a wallet is paid. Codes are those of {@code tollgate.v1.WalletType}. */
public enum WalletType {
    /** Before: what is not in it cannot be spent. */
    PRE_PAID(1),
    /** After: it is counted, and warned about. */
    POST_PAID(2);

    private static final WalletType[] VALUES = values();

    private final int code;

    WalletType(final int code) {
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
    public static @Nullable WalletType ofCode(final int code) {
        for (int i = 0; i < VALUES.length; i++) {
            if (VALUES[i].code == code) {
                return VALUES[i];
            }
        }
        return null;
    }
}
