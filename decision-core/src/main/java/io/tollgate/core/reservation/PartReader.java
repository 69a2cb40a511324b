/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import io.tollgate.core.journal.UsageSubject;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One part of a reservation (what RESERVE took, or an Extend), read from its chain; of the first part also how usages become charges.
 * Reused. Belongs to one thread.
 */
final class PartReader {
    /** A charge that no part has. */
    static final int NONE = -1;

    /** {@link #readTerms}: read. */
    static final int GOOD = -1;

    /** {@link #readTerms}: the chain fails its checks, or was freed meanwhile. */
    static final int BROKEN = -2;

    static final int MAX_CHARGES = 64;
    static final int MAX_USAGES = 16;
    static final int MAX_NAME_BYTES = 256;

    private static final int ENTRIES_SHIFT = 32;
    private static final long SUBJECT = 1L << 63;
    private static final int DIMENSION_SHIFT = 8;

    final ChainReader chain;
    long previous;
    long entries;
    int chargeCount;
    int unitCount;
    int termCount;
    int entryCount;
    long registryVersion;
    long takenAtMs;
    final long[] key = new long[MAX_CHARGES];
    final boolean[] gauge = new boolean[MAX_CHARGES];
    final long[] constant = new long[MAX_CHARGES];
    final long[] reserved = new long[MAX_CHARGES];
    final long[] price = new long[MAX_CHARGES];
    final long[] pricePer = new long[MAX_CHARGES];
    /** Position of each charge's dimension in the registry of the reservation; below 0 = not known. */
    final int[] dimension = new int[MAX_CHARGES];

    /** {@link #readSubject}: the names of the dimensions, UTF-8. */
    final UnsafeBuffer names = new UnsafeBuffer(new byte[MAX_CHARGES * MAX_NAME_BYTES]);

    final int[] nameOffset = new int[MAX_CHARGES];
    final int[] nameLength = new int[MAX_CHARGES];
    private boolean hasSubject;
    private final UsageSubject skipped = new UsageSubject();

    /** {@link #readTerms}: the unit of each usage, and what the usages come to. */
    final int[] unitOf = new int[MAX_USAGES];

    final long[] actual = new long[MAX_CHARGES];
    private final byte[] name = new byte[256];

    PartReader(BlockSpace space) {
        chain = new ChainReader(space);
    }

    /** {@return false when the part cannot be read} */
    boolean read(long part) {
        chain.begin(part);
        previous = chain.get();
        entries = chain.get();
        long counts = chain.get();
        chargeCount = (int) counts & 0xFF;
        unitCount = (int) (counts >>> 8) & 0xFF;
        termCount = (int) (counts >>> 16) & 0xFFFF;
        entryCount = (int) ((counts & ~SUBJECT) >>> ENTRIES_SHIFT);
        hasSubject = (counts & SUBJECT) != 0;
        registryVersion = chain.get();
        takenAtMs = chain.get();
        if (chain.broken() || chargeCount > MAX_CHARGES) {
            return false;
        }
        for (int i = 0; i < chargeCount; i++) {
            key[i] = chain.get();
            long kind = chain.get();
            gauge[i] = (kind & 1) != 0;
            dimension[i] = (int) (kind >>> DIMENSION_SHIFT) - 1;
            constant[i] = chain.get();
            reserved[i] = chain.get();
            price[i] = chain.get();
            pricePer[i] = chain.get();
        }
        return !chain.broken();
    }

    static long counts(int charges, int units, int terms, int entries, boolean subject) {
        return charges
                | (long) units << 8
                | (long) terms << 16
                | (long) entries << ENTRIES_SHIFT
                | (subject ? SUBJECT : 0);
    }

    /** What a charge is: whether it comes back whatever was used, and its dimension. */
    static long kind(boolean gauge, int dimensionId) {
        return (gauge ? 1 : 0) | (long) (dimensionId + 1) << DIMENSION_SHIFT;
    }

    /**
     * Works out what usages come to, after {@link #read} of the first part. Overflow saturates: it is charged in full that way.
     *
     * @param usages names the units; null = {@link #unitOf} is set already
     * @param amounts of the usages
     * @param count how many
     * @return GOOD, BROKEN, or the usage whose unit the operation does not accept
     */
    int readTerms(@Nullable UnitNames usages, long[] amounts, int count) {
        if (usages != null) {
            Arrays.fill(unitOf, 0, count, NONE);
        }
        for (int unit = 0; unit < unitCount; unit++) {
            int length = (int) chain.get();
            chain.get();
            if (length < 0 || length > name.length) {
                return BROKEN;
            }
            chain.get(name, 0, length);
            for (int i = 0; usages != null && i < count; i++) {
                if (usages.is(i, name, length)) {
                    unitOf[i] = unit;
                }
            }
        }
        if (chain.broken()) {
            return BROKEN;
        }
        for (int i = 0; i < count; i++) {
            if (unitOf[i] == NONE) {
                return i;
            }
        }
        System.arraycopy(constant, 0, actual, 0, chargeCount);
        for (int term = 0; term < termCount; term++) {
            long of = chain.get();
            long factor = chain.get();
            int charge = (int) of & 0xFFFF;
            int unit = (int) (of >>> 16) & 0xFFFF;
            for (int i = 0; charge < chargeCount && i < count; i++) {
                if (unitOf[i] == unit) {
                    actual[charge] = sum(actual[charge], product(amounts[i], factor));
                }
            }
        }
        return chain.broken() ? BROKEN : GOOD;
    }

    /** Passes over units, terms and subject, after {@link #read} of the first part; what follows in {@link #chain} are the facts. */
    boolean skipTerms() {
        return readTerms(null, actual, 0) == GOOD && skipSubject();
    }

    /** Passes over the subject, after the terms. */
    boolean skipSubject() {
        return readSubject(skipped);
    }

    /** Reads whose usage it is, after {@link #readTerms}; a part of an earlier version does not say. False when it cannot be read. */
    boolean readSubject(UsageSubject subject) {
        int at = 0;
        if (!hasSubject) {
            subject.reset();
            Arrays.fill(nameLength, 0, chargeCount, 0);
            Arrays.fill(nameOffset, 0, chargeCount, 0);
            return true;
        }
        if (!subject.read(chain)) {
            return false;
        }
        for (int i = 0; i < chargeCount; i++) {
            long length = chain.get();
            if (chain.broken() || length < 0 || length > MAX_NAME_BYTES) {
                return false;
            }
            chain.get(names.byteArray(), at, (int) length);
            nameOffset[i] = at;
            nameLength[i] = (int) length;
            at += (int) length;
        }
        return !chain.broken();
    }

    /** Bytes of the names of the dimensions, after {@link #readSubject}. */
    long nameBytes() {
        return chargeCount == 0 ? 0 : nameOffset[chargeCount - 1] + nameLength[chargeCount - 1];
    }

    /** The charge with a key, or {@link #NONE}. */
    int find(long wanted) {
        for (int i = 0; i < chargeCount; i++) {
            if (key[i] == wanted) {
                return i;
            }
        }
        return NONE;
    }

    /** Saturating. */
    static long sum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    private static long product(long a, long b) {
        return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
    }

    /** ceil(amount * price / per), saturating; all at least 0, per at least 1. */
    static long cost(long amount, long price, long per) {
        long high = Math.multiplyHigh(amount, price);
        long low = amount * price;
        if (high == 0 && low >= 0) {
            return low / per + (low % per == 0 ? 0 : 1);
        }
        // high < per, or the quotient has more than 64 bits
        if (high >= per) {
            return Long.MAX_VALUE;
        }
        long quotient = 0;
        long rest = high;
        for (int bit = Long.SIZE - 1; bit >= 0; bit--) {
            rest = rest << 1 | (low >>> bit & 1);
            // per is below 2^63, so rest stays below 2^64: unsigned
            if (Long.compareUnsigned(rest, per) >= 0) {
                rest -= per;
                quotient |= 1L << bit;
            }
        }
        return quotient < 0 || quotient == Long.MAX_VALUE ? Long.MAX_VALUE : quotient + (rest == 0 ? 0 : 1);
    }
}
