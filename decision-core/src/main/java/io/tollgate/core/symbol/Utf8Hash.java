/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.symbol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A 64-bit hash of a byte slice: eight bytes at a time, multiply and fold, then the finalizer of MurmurHash3 (public domain, Austin
 * Appleby). Not cryptographic. In the byte order of the machine: a number that is stored stays on the machine that made it.
 */
public final class Utf8Hash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long SEED = 0x9E3779B97F4A7C15L;
    private static final long MULTIPLIER = 0xD6E8FEB86659FD93L;

    private Utf8Hash() {}

    /**
     * {@return the hash of a slice}
     *
     * @param bytes  what it is a slice of
     * @param offset where it starts
     * @param length its bytes
     */
    public static long of(final byte[] bytes, final int offset, final int length) {
        long hash = SEED ^ length;
        int at = offset;
        final int end = offset + length;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            hash = fold(hash, (long) LONGS.get(bytes, at));
        }
        if (at < end) {
            hash = fold(hash, tail(bytes, offset, at, end));
        }
        return mix(hash);
    }

    /** {@return one hash of two, which depends on their order} */
    public static long combine(final long first, final long second) {
        return mix(fold(fold(SEED, first), second));
    }

    /**
     * {@return eight bytes of a slice that are not less than eight bytes from its end}
     *
     * @param bytes what it is a slice of
     * @param at    where the eight bytes start
     */
    public static long word(final byte[] bytes, final int at) {
        return (long) LONGS.get(bytes, at);
    }

    /** The last one to seven bytes; of a longer slice its last eight, some of them for the second time, which costs one load. */
    private static long tail(final byte[] bytes, final int offset, final int at, final int end) {
        if (end - offset >= Long.BYTES) {
            return (long) LONGS.get(bytes, end - Long.BYTES);
        }
        long word = 0;
        for (int i = at; i < end; i++) {
            word = word << Byte.SIZE | bytes[i] & 0xFF;
        }
        return word;
    }

    private static long fold(final long hash, final long word) {
        final long product = (hash ^ word) * MULTIPLIER;
        return product ^ product >>> 32;
    }

    private static long mix(final long hash) {
        long h = hash;
        h = (h ^ h >>> 33) * 0xFF51AFD7ED558CCDL;
        h = (h ^ h >>> 33) * 0xC4CEB9FE1A85EC53L;
        return h ^ h >>> 33;
    }
}
