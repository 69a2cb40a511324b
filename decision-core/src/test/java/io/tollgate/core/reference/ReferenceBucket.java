/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.quota.Gcra;
import java.math.BigInteger;

/**
 * GCRA in whole numbers of any size. Its state is the instant at which it is full again, in parts of a nanosecond so small that a token of
 * every rate that it ever has costs whole parts: an override changes the rate, and the instant stays.
 */
final class ReferenceBucket {
    private final BigInteger partsPerNs;
    private final BigInteger periodParts;
    private BigInteger tokenParts = BigInteger.ONE;
    private BigInteger burst = BigInteger.ZERO;
    private BigInteger arrival = BigInteger.ZERO;

    /** For two rates per the same period: the ceiling's own and its override's; 1 where there is none. */
    ReferenceBucket(final long limit, final long otherLimit, final long periodNs) {
        this(BigInteger.valueOf(limit).multiply(BigInteger.valueOf(otherLimit)), BigInteger.valueOf(periodNs));
    }

    private ReferenceBucket(final BigInteger partsPerNs, final BigInteger periodNs) {
        this.partsPerNs = partsPerNs;
        periodParts = periodNs.multiply(partsPerNs);
    }

    /** What counts from now on; the limit is one of the two. */
    ReferenceBucket rate(final long limit, final long most) {
        tokenParts = periodParts.divide(BigInteger.valueOf(limit));
        burst = BigInteger.valueOf(most);
        return this;
    }

    private BigInteger position(final long nowNs) {
        return BigInteger.valueOf(nowNs).multiply(partsPerNs);
    }

    private BigInteger start(final long nowNs) {
        return position(nowNs).max(arrival);
    }

    private BigInteger after(final long tokens, final long nowNs) {
        return start(nowNs).add(BigInteger.valueOf(tokens).multiply(tokenParts));
    }

    /** How far over the edge n more tokens would be; fits when not positive. */
    private BigInteger excess(final long tokens, final long nowNs) {
        return after(tokens, nowNs).subtract(burst.multiply(tokenParts)).subtract(position(nowNs));
    }

    boolean fits(final long tokens, final long nowNs) {
        return excess(tokens, nowNs).signum() <= 0;
    }

    /** Whether a bucket that owes this much still has a position: 2^63 ns after 2020, in the year 2312. */
    boolean countable(final long tokens, final long nowNs) {
        return after(tokens, nowNs)
                        .divide(partsPerNs)
                        .subtract(BigInteger.valueOf(Gcra.BASE_EPOCH_NS))
                        .bitLength()
                < Long.SIZE;
    }

    /** {@return where the bucket stands after it} */
    BigInteger take(final long tokens, final long nowNs) {
        arrival = after(tokens, nowNs);
        return arrival;
    }

    /** Gives tokens back that a take brought to afterTake, but for those that the passing of time has given back since. */
    void giveBack(final long tokens, final BigInteger afterTake, final long nowNs) {
        final BigInteger notYetBack = afterTake.subtract(position(nowNs)).max(BigInteger.ZERO);
        arrival =
                arrival.subtract(BigInteger.valueOf(tokens).multiply(tokenParts).min(notYetBack));
    }

    /** Fills the bucket by so many tokens; it is never more than full. */
    void refund(final long tokens, final long nowNs) {
        arrival = arrival.subtract(BigInteger.valueOf(tokens).multiply(tokenParts))
                .max(position(nowNs))
                .min(start(nowNs));
    }

    ReferenceBucket copy() {
        final ReferenceBucket copy = new ReferenceBucket(partsPerNs, periodParts.divide(partsPerNs));
        copy.tokenParts = tokenParts;
        copy.burst = burst;
        copy.arrival = arrival;
        return copy;
    }

    /** Whole tokens left, rounded down also when the bucket owes. */
    long remaining(final long nowNs) {
        final BigInteger[] left = position(nowNs)
                .add(burst.multiply(tokenParts))
                .subtract(start(nowNs))
                .divideAndRemainder(tokenParts);
        return left[0].subtract(left[1].signum() < 0 ? BigInteger.ONE : BigInteger.ZERO)
                .longValueExact();
    }

    boolean never(final long tokens) {
        return BigInteger.valueOf(tokens).compareTo(burst) > 0;
    }

    long waitNs(final long tokens, final long nowNs) {
        return roundedUp(excess(tokens, nowNs));
    }

    /** When it is full again, nanoseconds since 1970, rounded up; now when it is full. */
    long fullAtNs(final long nowNs) {
        return roundedUp(start(nowNs));
    }

    private long roundedUp(final BigInteger parts) {
        final BigInteger[] ns = parts.divideAndRemainder(partsPerNs);
        return ns[0].add(ns[1].signum() > 0 ? BigInteger.ONE : BigInteger.ZERO).longValueExact();
    }
}
