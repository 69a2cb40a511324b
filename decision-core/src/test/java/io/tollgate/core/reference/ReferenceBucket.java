/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.quota.Gcra;
import java.math.BigInteger;

/**
 * GCRA in whole numbers of any size: positions are in 1/limit nanoseconds, so that a token is exactly periodNs of them.
 */
final class ReferenceBucket {
    private final BigInteger limit;
    private final BigInteger periodNs;
    private final BigInteger burst;
    private BigInteger arrival = BigInteger.ZERO;

    ReferenceBucket(final long limit, final long periodNs, final long burst) {
        this(BigInteger.valueOf(limit), BigInteger.valueOf(periodNs), BigInteger.valueOf(burst));
    }

    private ReferenceBucket(final BigInteger limit, final BigInteger periodNs, final BigInteger burst) {
        this.limit = limit;
        this.periodNs = periodNs;
        this.burst = burst;
    }

    private BigInteger position(final long nowNs) {
        return BigInteger.valueOf(nowNs).multiply(limit);
    }

    private BigInteger start(final long nowNs) {
        return position(nowNs).max(arrival);
    }

    /** How far over the edge n more tokens would be; fits when not positive. */
    private BigInteger excess(final long tokens, final long nowNs) {
        return start(nowNs)
                .add(BigInteger.valueOf(tokens).multiply(periodNs))
                .subtract(burst.multiply(periodNs))
                .subtract(position(nowNs));
    }

    boolean fits(final long tokens, final long nowNs) {
        return excess(tokens, nowNs).signum() <= 0;
    }

    /** Whether a bucket that owes this much still has a position: 2^63 ns after 2020, in the year 2312. */
    boolean countable(final long tokens, final long nowNs) {
        final BigInteger after = start(nowNs).add(BigInteger.valueOf(tokens).multiply(periodNs));
        return after.divide(limit)
                        .subtract(BigInteger.valueOf(Gcra.BASE_EPOCH_NS))
                        .bitLength()
                < Long.SIZE;
    }

    /** {@return where the bucket stands after it} */
    BigInteger take(final long tokens, final long nowNs) {
        arrival = start(nowNs).add(BigInteger.valueOf(tokens).multiply(periodNs));
        return arrival;
    }

    /** Gives tokens back that a take brought to afterTake, but for those that the passing of time has given back since. */
    void giveBack(final long tokens, final BigInteger afterTake, final long nowNs) {
        final BigInteger notYetBack = afterTake.subtract(position(nowNs)).max(BigInteger.ZERO);
        arrival = arrival.subtract(BigInteger.valueOf(tokens).multiply(periodNs).min(notYetBack));
    }

    ReferenceBucket copy() {
        final ReferenceBucket copy = new ReferenceBucket(limit, periodNs, burst);
        copy.arrival = arrival;
        return copy;
    }

    /** Whole tokens left, rounded down also when the bucket owes. */
    long remaining(final long nowNs) {
        final BigInteger[] left = position(nowNs)
                .add(burst.multiply(periodNs))
                .subtract(start(nowNs))
                .divideAndRemainder(periodNs);
        return left[0].subtract(left[1].signum() < 0 ? BigInteger.ONE : BigInteger.ZERO)
                .longValueExact();
    }

    boolean never(final long tokens) {
        return BigInteger.valueOf(tokens).compareTo(burst) > 0;
    }

    long waitNs(final long tokens, final long nowNs) {
        final BigInteger[] wait = excess(tokens, nowNs).divideAndRemainder(limit);
        return wait[0].add(wait[1].signum() > 0 ? BigInteger.ONE : BigInteger.ZERO)
                .longValueExact();
    }

    /** When it is full again, nanoseconds since 1970, rounded up; now when it is full. */
    long fullAtNs(final long nowNs) {
        final BigInteger[] at = start(nowNs).divideAndRemainder(limit);
        return at[0].add(at[1].signum() > 0 ? BigInteger.ONE : BigInteger.ZERO).longValueExact();
    }
}
