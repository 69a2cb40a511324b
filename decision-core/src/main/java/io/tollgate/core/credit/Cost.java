/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.credit;

/** What an amount costs, exactly. */
public final class Cost {
    /** More than money can be counted in. */
    public static final long OVERFLOW = -1;

    private Cost() {}

    /**
     * {@return amount x price / perQuantity, rounded up, or {@link #OVERFLOW}; the product has 128 bits}
     *
     * @param amount      at least 0
     * @param price       at least 0
     * @param perQuantity at least 1
     */
    public static long of(final long amount, final long price, final long perQuantity) {
        final long high = Math.multiplyHigh(amount, price);
        final long low = amount * price;
        if (high == 0 && low >= 0) {
            final long whole = low / perQuantity;
            return whole * perQuantity == low ? whole : whole + 1;
        }
        // a quotient of 64 bits or more
        if (high >= perQuantity) {
            return OVERFLOW;
        }
        return divideWide(high, low, perQuantity);
    }

    /** Long division, a bit at a time; the rest stays below the divisor, which has 63 bits. */
    private static long divideWide(final long high, final long low, final long divisor) {
        long rest = high;
        long quotient = 0;
        for (int bit = Long.SIZE - 1; bit >= 0; bit--) {
            rest = rest << 1 | low >>> bit & 1;
            quotient <<= 1;
            if (Long.compareUnsigned(rest, divisor) >= 0) {
                rest -= divisor;
                quotient |= 1;
            }
        }
        if (quotient < 0 || rest != 0 && quotient == Long.MAX_VALUE) {
            return OVERFLOW;
        }
        return rest == 0 ? quotient : quotient + 1;
    }
}
