/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import java.math.BigInteger;

/**
 * A RATE ceiling: {@code limit} tokens per {@code lengthNs}, at most {@code burst} at once, with the three longs that
 * {@link Gcra} works on and that a row stores inline: {@link #multiplier()}, {@link #unitsPerToken()}, {@link
 * #burst()}. A limit of 0 admits nothing (its burst is then 0).
 *
 * <p>Made when a snapshot is compiled or installed; allocates. Immutable.
 *
 * @param limit tokens per length, 0 to {@code lengthNs} (one token a nanosecond)
 * @param lengthNs 1 to {@link #MAX_LENGTH_NS}
 * @param burst tokens, 1 to {@link #MAX_BURST}
 * @param multiplier units per nanosecond times 2^62, see {@link Gcra}
 * @param unitsPerToken units that a token costs
 */
public record RateSpec(long limit, long lengthNs, long burst, long multiplier, long unitsPerToken) {
    /** 366 days. */
    public static final long MAX_LENGTH_NS = 366L * 86_400L * 1_000_000_000L;

    /** Tokens. */
    public static final long MAX_BURST = Gcra.MAX_BURST_UNITS;

    /**
     * Checks and prepares a rate.
     *
     * @throws IllegalArgumentException naming what is wrong, its value and what is allowed
     */
    public static RateSpec of(long limit, long burst, long lengthNs) {
        check("length of the rate's period in ns", lengthNs, 1, MAX_LENGTH_NS);
        check("limit of the rate (at most one token a nanosecond)", limit, 0, lengthNs);
        if (limit == 0) {
            return new RateSpec(0, lengthNs, 0, 0, 1);
        }
        check("burst of the rate in tokens", burst, 1, MAX_BURST);
        // a burst that takes more than 73 years to refill costs resolution instead of being refused
        return onClock(limit, burst, lengthNs, Math.min(lengthNs / limit, Gcra.MAX_BURST_UNITS / burst));
    }

    /** A checked rate above 0 whose tokens cost so many units: at most lengthNs / limit, and with the burst at most 2^61. */
    static RateSpec onClock(long limit, long burst, long lengthNs, long unitsPerToken) {
        long multiplier = BigInteger.valueOf(limit)
                .multiply(BigInteger.valueOf(unitsPerToken))
                .shiftLeft(Gcra.MULTIPLIER_SHIFT)
                .divide(BigInteger.valueOf(lengthNs))
                .longValueExact();
        return new RateSpec(limit, lengthNs, burst, multiplier, unitsPerToken);
    }

    /** The same rate on the clock of another: its tokens cost so many of the other's units. */
    RateSpec onClockOf(RateSpec other, long tokenUnits) {
        return new RateSpec(limit, lengthNs, burst, other.multiplier, tokenUnits);
    }

    /** Whether the rate's clock rounds nothing: any window then admits at most burst + W * limit / length, exactly. */
    public boolean exact() {
        return multiplier == Gcra.EXACT || limit == 0;
    }

    /**
     * The state for this rate that leaves the same share of the bucket as {@code state} leaves of {@code old}: what the
     * loader seeds a new cell with when a ceiling's rate changes, so that a change never hands out a full bucket.
     *
     * @param state of the cell under the old rate
     * @param epochNs nanoseconds since 1970
     * @return units of this rate's clock; an empty bucket when the clock is out of range
     */
    public long carryOver(RateSpec old, long state, long epochNs) {
        long now = Gcra.position(multiplier, epochNs);
        long oldNow = Gcra.position(old.multiplier, epochNs);
        if (limit == 0 || old.limit == 0 || now < 0 || oldNow < 0) {
            return Gcra.empty(Math.max(0, now), unitsPerToken, burst);
        }
        long oldFull = old.burst * old.unitsPerToken;
        long spent = Math.min(oldFull, Math.max(0, state - oldNow));
        // rounded up: usage rounds up
        BigInteger scaled = BigInteger.valueOf(spent)
                .multiply(BigInteger.valueOf(burst * unitsPerToken))
                .add(BigInteger.valueOf(oldFull - 1))
                .divide(BigInteger.valueOf(oldFull));
        return now + scaled.longValueExact();
    }

    /** One line that names the rate; part of its cell's identity. */
    public String text() {
        return limit + "/" + lengthNs + "ns burst " + burst;
    }

    private static void check(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    what + " is " + value + "; it must be between " + least + " and " + most + ".");
        }
    }
}
