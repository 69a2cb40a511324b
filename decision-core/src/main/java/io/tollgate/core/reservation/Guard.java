/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

/**
 * Words that prove themselves: a value with check bits over it, the store's id and the place it lies at, in one long,
 * so that a kill between
 * two stores cannot part them and a flipped or foreign word shows.
 *
 * <pre>
 *   guarded word   63 .. 44: check      43 .. 0: value
 * </pre>
 */
final class Guard {
    static final int VALUE_BITS = 44;
    static final long MAX_VALUE = (1L << VALUE_BITS) - 1;

    /** {@link #value} of a word that fails its check. */
    static final long BROKEN = -1;

    private static final long K1 = 0x9FB2_1C65_1E98_DF25L;
    private static final long K2 = 0xD6E8_FEB8_6659_FD93L;

    private Guard() {}

    static long of(long value, long salt) {
        return avalanche(value ^ salt) << VALUE_BITS | value;
    }

    /** The value of a word, or {@link #BROKEN}. */
    static long value(long word, long salt) {
        long value = word & MAX_VALUE;
        return word == of(value, salt) ? value : BROKEN;
    }

    /** What a word at a place of a block is checked against. */
    static long salt(long storeId, int block, int word) {
        return storeId ^ ((long) block << 5 | word) * K1;
    }

    /** A bijection in which each bit of the input changes about half of the output. */
    static long avalanche(long value) {
        long x = value;
        x = (x ^ (x >>> 32)) * K2;
        x = (x ^ (x >>> 29)) * K1;
        return x ^ (x >>> 32);
    }

    /** Goes on with a checksum over words; the order counts. */
    static long fold(long sum, long word) {
        return Long.rotateLeft((sum ^ word) * K2, 29) + K1;
    }
}
