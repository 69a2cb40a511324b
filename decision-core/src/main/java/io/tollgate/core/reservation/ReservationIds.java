/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

/**
 * Reservation ids: 128 bits that name a block and its generation, and that nobody can make up. With two keys of the store,
 *
 * <pre>
 *   low  = SipHash(k1, generation . block)        high = (generation . block) xor SipHash(k2, low)
 * </pre>
 *
 * so an id tells nothing about how many reservations there are, and a wrong one is refused without looking at any block. Written as 32
 * lower-case hexadecimal digits. SipHash-2-4 (Aumasson, Bernstein) of one 8-byte message. Threading: immutable.
 */
public final class ReservationIds {
    /** Length of an id as text. */
    public static final int TEXT_LENGTH = 32;

    /** {@link #name}: not an id of this store. */
    static final long NOBODY = 0;

    private static final int HALF = 16;
    private static final char[] DIGITS = "0123456789abcdef".toCharArray();

    private final long key0;
    private final long key1;

    ReservationIds(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** For hashes of what callers choose. */
    long digestKey() {
        return sip(key0, ~key1, 1);
    }

    long low(int generation, int block) {
        return sip(key0, key1, (long) generation << 32 | block);
    }

    long high(int generation, int block) {
        return ((long) generation << 32 | block) ^ sip(~key0, key1, low(generation, block));
    }

    /** Generation (upper half) and block of an id, or {@link #NOBODY}. */
    long name(long high, long low) {
        long name = high ^ sip(~key0, key1, low);
        return sip(key0, key1, name) == low ? name : NOBODY;
    }

    /** {@return an id as text; allocates} */
    public static String text(long high, long low) {
        char[] text = new char[TEXT_LENGTH];
        for (int i = 0; i < HALF; i++) {
            text[i] = DIGITS[(int) (high >>> (HALF - 1 - i) * 4) & 0xF];
            text[HALF + i] = DIGITS[(int) (low >>> (HALF - 1 - i) * 4) & 0xF];
        }
        return new String(text);
    }

    /** {@return whether a text has the form of an id} */
    public static boolean isId(CharSequence text) {
        int bad = text.length() ^ TEXT_LENGTH;
        for (int i = 0; bad == 0 && i < TEXT_LENGTH; i++) {
            bad = digit(text.charAt(i)) >> 4;
        }
        return bad == 0;
    }

    /** {@return the first 64 bits of a text that {@link #isId}} */
    public static long high(CharSequence text) {
        return half(text, 0);
    }

    /** {@return the last 64 bits of a text that {@link #isId}} */
    public static long low(CharSequence text) {
        return half(text, HALF);
    }

    private static long half(CharSequence text, int from) {
        long value = 0;
        for (int i = from; i < from + HALF; i++) {
            value = value << 4 | digit(text.charAt(i)) & 0xF;
        }
        return value;
    }

    /** 0 to 15, or something above. */
    private static int digit(char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
    }

    /** SipHash-2-4 of eight bytes. */
    static long sip(long k0, long k1, long message) {
        long v0 = k0 ^ 0x736F6D6570736575L;
        long v1 = k1 ^ 0x646F72616E646F6DL;
        long v2 = k0 ^ 0x6C7967656E657261L;
        long v3 = k1 ^ 0x7465646279746573L;
        // the message, then its length, two rounds each; then four rounds
        for (int round = 0; round < 8; round++) {
            long word = round < 2 ? message : 0x0800_0000_0000_0000L;
            if (round == 0 || round == 2) {
                v3 ^= word;
            }
            if (round == 4) {
                v2 ^= 0xFF;
            }
            v0 += v1;
            v2 += v3;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v1;
            v0 += v3;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 = Long.rotateLeft(v2, 32);
            if (round == 1 || round == 3) {
                v0 ^= word;
            }
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
