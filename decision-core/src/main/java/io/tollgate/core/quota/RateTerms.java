/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a RATE ceiling with an override counts by: its own rate, and the rate that the override puts in its place for a time. One counter
 * serves both, so both lie on one clock (see {@link Gcra}): a position means the same instant under either, and the bucket that is full
 * again at some instant under the one is full again at that instant under the other.
 *
 * <pre>
 *   limit * own units = limit' * overriding units        g = gcd(limit, limit')
 *   own units = k * limit' / g      overriding units = k * limit / g      k = floor(lengthNs * g / (limit * limit'))
 * </pre>
 *
 * Both rates are then as exact as one alone. Where k is 0 (both are above 200,000 a minute or so, and the one is no simple fraction of the
 * other) the faster clock is rounded so that the override admits less than it says, by less than one part in {@value #PRECISION}; rates so
 * fast and so odd that even this is impossible are refused.
 *
 * <p>Made when a snapshot is compiled or installed; allocates. Immutable.
 *
 * @param own the ceiling's own rate; null = unlimited
 * @param overriding the override's; null = unlimited, or there is none
 */
public record RateTerms(@Nullable RateSpec own, @Nullable RateSpec overriding) {
    /** An override's rate is never off by more than one part in this many. */
    public static final long PRECISION = 10_000;

    /** Without an override. */
    public static RateTerms of(RateSpec own) {
        return new RateTerms(own, null);
    }

    /**
     * Both on one clock.
     *
     * @param own of the ceiling alone
     * @param overriding of the override alone, per the same length
     * @throws IllegalArgumentException when no clock serves both, naming the two
     */
    public static RateTerms of(RateSpec own, RateSpec overriding) {
        if (own.lengthNs() != overriding.lengthNs()) {
            throw new IllegalArgumentException("the override's rate is per " + overriding.lengthNs()
                    + " ns; it must be that of its ceiling, " + own.lengthNs() + ".");
        }
        if (overriding.limit() == 0) {
            return new RateTerms(own, overriding.onClockOf(own, own.unitsPerToken()));
        }
        if (own.limit() == 0) {
            return new RateTerms(own.onClockOf(overriding, overriding.unitsPerToken()), overriding);
        }
        RateTerms exact = exact(own, overriding);
        return exact == null ? near(own, overriding) : exact;
    }

    private static @Nullable RateTerms exact(RateSpec own, RateSpec overriding) {
        long lengthNs = own.lengthNs();
        long divisor = gcd(own.limit(), overriding.limit());
        long ownStep = overriding.limit() / divisor;
        long overridingStep = own.limit() / divisor;
        long steps = Math.min(
                lengthNs / own.limit() / ownStep,
                Math.min(mostUnits(own) / ownStep, mostUnits(overriding) / overridingStep));
        if (steps == 0) {
            return null;
        }
        return new RateTerms(
                RateSpec.onClock(own.limit(), own.burst(), lengthNs, steps * ownStep),
                RateSpec.onClock(overriding.limit(), overriding.burst(), lengthNs, steps * overridingStep));
    }

    /** The ceiling's own rate stays as exact as alone; a token of the override costs a part of a unit too much. */
    private static RateTerms near(RateSpec own, RateSpec overriding) {
        BigInteger limit = BigInteger.valueOf(own.limit());
        BigInteger other = BigInteger.valueOf(overriding.limit());
        long units = BigInteger.valueOf(mostUnits(overriding))
                .multiply(other)
                .divide(limit)
                .min(BigInteger.valueOf(Math.min(own.lengthNs() / own.limit(), mostUnits(own))))
                .longValueExact();
        BigInteger[] tokenUnits = limit.multiply(BigInteger.valueOf(units)).divideAndRemainder(other);
        if (tokenUnits[0].compareTo(BigInteger.valueOf(PRECISION)) < 0) {
            throw new IllegalArgumentException("no clock counts " + own.limit() + " and " + overriding.limit() + " per "
                    + own.lengthNs() + " ns; the one must be a multiple or a simple fraction of the other.");
        }
        RateSpec clock = RateSpec.onClock(own.limit(), own.burst(), own.lengthNs(), units);
        long rounded = tokenUnits[0].longValueExact() + (tokenUnits[1].signum() == 0 ? 0 : 1);
        return new RateTerms(clock, overriding.onClockOf(clock, rounded));
    }

    private static long mostUnits(RateSpec rate) {
        return Gcra.MAX_BURST_UNITS / rate.burst();
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** One line that names the rates; part of their cell's identity. */
    public String text() {
        String text = own == null ? "unlimited" : own.text();
        return overriding == null ? text : text + " override " + overriding.text();
    }
}
