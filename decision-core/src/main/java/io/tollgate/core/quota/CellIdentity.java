/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

/**
 * The identity of a ceiling's counter: 128 bits over (scope path, ceiling id, dimension, kind, window or rate). Two
 * lanes of different construction, both keyed with the store's random id, so that nobody can choose names that
 * collide; each field is preceded by its length, so that ("ab", "c") and ("a", "bc") differ. Not a cryptographic
 * hash.
 *
 * <p>Identities are comparable within one store only. Reused; does not allocate. Threading: one thread.
 */
public final class CellIdentity {
    private static final long K1 = 0x9FB2_1C65_1E98_DF25L;
    private static final long K2 = 0xD6E8_FEB8_6659_FD93L;
    private static final long K3 = 0xA076_1D64_78BD_642FL;
    private static final long K4 = 0xE703_7ED1_A0B4_28DBL;

    private final long seed;
    private long high;
    private long low;

    /**
     * A builder.
     *
     * @param storeId {@link CellStore#id}
     */
    public CellIdentity(long storeId) {
        this.seed = storeId;
    }

    /** The identity of one ceiling's cell; read it with {@link #high} and {@link #low}. */
    public CellIdentity of(String scopePath, String ceilingId, String dimension, int kind, String windowOrRate) {
        return begin().add(scopePath)
                .add(ceilingId)
                .add(dimension)
                .add(kind)
                .add(windowOrRate)
                .end();
    }

    /** Starts anew. */
    public CellIdentity begin() {
        high = avalanche(seed ^ K1);
        low = avalanche(seed + K2);
        return this;
    }

    /** Adds a text. */
    public CellIdentity add(String text) {
        int length = text.length();
        add((long) length);
        int at = 0;
        for (; at + 4 <= length; at += 4) {
            add(text.charAt(at)
                    | (long) text.charAt(at + 1) << 16
                    | (long) text.charAt(at + 2) << 32
                    | (long) text.charAt(at + 3) << 48);
        }
        long rest = 0;
        for (int shift = 0; at < length; at++, shift += 16) {
            rest |= (long) text.charAt(at) << shift;
        }
        return add(rest);
    }

    /** Adds a number. */
    public CellIdentity add(long word) {
        // one lane is a bijection of the word, the other folds a 128-bit product: they do not collide together
        high = Long.rotateLeft(high ^ (word * K1), 29) * K2 + K3;
        low = fold(low ^ word ^ K3, high ^ K4) + word;
        return this;
    }

    /** Finishes; the result stays until the next begin. */
    public CellIdentity end() {
        long a = high;
        long b = low;
        high = avalanche(a ^ fold(b ^ K2, K4));
        low = avalanche(b + Long.rotateLeft(a, 32) * K1);
        return this;
    }

    /** The upper 64 bits. */
    public long high() {
        return high;
    }

    /** The lower 64 bits. */
    public long low() {
        return low;
    }

    private static long fold(long a, long b) {
        return Math.multiplyHigh(a, b) ^ (a * b);
    }

    /** A bijection in which each bit of the input changes about half of the output. */
    static long avalanche(long value) {
        long x = value;
        x = (x ^ (x >>> 32)) * K2;
        x = (x ^ (x >>> 29)) * K1;
        return x ^ (x >>> 32);
    }
}
