/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

/**
 * The generic cell rate algorithm on one {@code long}, exact to the nanosecond, without allocation.
 *
 * <p>A bucket's whole state is its <em>theoretical arrival position</em> (the field calls the like time TAT): the
 * point on the rate's own clock at which the bucket is full again. That clock counts <em>units</em>; a token costs
 * {@code unitsPerToken} of them, and time {@code t} (nanoseconds since {@link #BASE_EPOCH_NS}) lies at
 *
 * <pre>
 *   E(t) = floor(t * multiplier / 2^62)          multiplier = floor(limit * unitsPerToken * 2^62 / lengthNs)
 * </pre>
 *
 * {@link RateSpec} chooses {@code unitsPerToken = floor(lengthNs / limit)}, so that a unit is one nanosecond where the
 * limit divides the length (60, 100, 1,000, 6,000,000 a minute: {@code E(t) = t}, nothing is ever rounded) and between
 * half of a unit and one unit pass in a nanosecond elsewhere. The multiplier is rounded down once; over the whole
 * {@link #HORIZON_NS} that holds back less than one unit, so there is no drift: for every {@code t1 < t2},
 * {@code (t2-t1) * limit/length * unitsPerToken - 2 < E(t2) - E(t1) < (t2-t1) * limit/length * unitsPerToken + 1}.
 *
 * <p>What is promised: in any window {@code [t, t+W]} the hard takes admit at most {@code burst + W*limit/length}
 * tokens, plus less than {@code 1/unitsPerToken} of a token where the limit does not divide the length.
 *
 * <pre>
 *   take n at t:   start = max(E(t), position)
 *                  passes iff n &lt;= burst and start - E(t) &lt;= (burst - n) * unitsPerToken
 *                  position' = start + n * unitsPerToken
 *   remaining      floor((E(t) + burst * unitsPerToken - start) / unitsPerToken)
 * </pre>
 *
 * The formulas are those of GCRA (ITU-T I.371, annex A) in its virtual scheduling form.
 *
 * <p>A row that holds a rate inline stores exactly three longs: {@code multiplier}, {@code unitsPerToken} and
 * {@code burst} of a {@link RateSpec}; every function here takes those. They are trusted: they come from
 * {@code RateSpec.of}, which checks them. A time before 2020 or after 2120 has no position; every function then denies.
 *
 * <p>Threading: pure functions.
 */
public final class Gcra {
    /** 2020-01-01T00:00:00Z in nanoseconds since 1970: where positions start. */
    public static final long BASE_EPOCH_NS = 1_577_836_800_000_000_000L;

    /** 36,525 days: times up to {@code BASE_EPOCH_NS + HORIZON_NS} (in the year 2120) have a position. */
    public static final long HORIZON_NS = 36_525L * 86_400L * 1_000_000_000L;

    /** {@code burst * unitsPerToken} never exceeds this, so that no sum below can overflow. */
    static final long MAX_BURST_UNITS = 1L << 61;

    /** Binary digits of {@code multiplier} after the point. */
    static final int MULTIPLIER_SHIFT = 62;

    /** The multiplier of a clock that counts nanoseconds. */
    static final long EXACT = 1L << MULTIPLIER_SHIFT;

    /** Retry-after of a request that no waiting lets pass. */
    public static final long NEVER = Long.MAX_VALUE;

    /** A take that does not fit; a time without a position. Real positions are not negative. */
    public static final long NONE = -1;

    private Gcra() {}

    /**
     * Where a time lies on the rate's clock.
     *
     * @param multiplier of the {@link RateSpec}
     * @param epochNs nanoseconds since 1970
     * @return units, or {@link #NONE} before 2020 and after 2120
     */
    public static long position(long multiplier, long epochNs) {
        long t = epochNs - BASE_EPOCH_NS;
        // an epochNs near Long.MIN_VALUE wraps to a large t, which the horizon refuses
        if (t < 0 || t > HORIZON_NS) {
            return NONE;
        }
        return scale(multiplier, t);
    }

    private static long scale(long multiplier, long t) {
        return (Math.multiplyHigh(t, multiplier) << (64 - MULTIPLIER_SHIFT)) | ((t * multiplier) >>> MULTIPLIER_SHIFT);
    }

    /**
     * The state after a hard take of {@code amount} tokens.
     *
     * @param state of the bucket; 0 for one never used
     * @param position of now
     * @return the new state, or {@link #NONE} when it does not fit, {@code amount} is not positive or now has no
     *     position
     */
    public static long take(long state, long position, long unitsPerToken, long burst, long amount) {
        if (amount <= 0 || amount > burst || position < 0 || state < 0) {
            return NONE;
        }
        long start = Math.max(position, state);
        // burst * unitsPerToken <= 2^61 (RateSpec), so neither side overflows
        if (start - position > (burst - amount) * unitsPerToken) {
            return NONE;
        }
        return start + amount * unitsPerToken;
    }

    /**
     * The state after a take that is counted whether it fits or not (soft ceilings, overruns of a reservation); the
     * bucket then owes.
     *
     * @return the new state, or {@link #NONE} when it cannot be represented
     */
    public static long takeUnchecked(long state, long position, long unitsPerToken, long amount) {
        if (amount <= 0 || position < 0 || state < 0) {
            return NONE;
        }
        long start = Math.max(position, state);
        if (Math.multiplyHigh(amount, unitsPerToken) != 0) {
            return NONE;
        }
        long cost = amount * unitsPerToken;
        if (cost < 0 || cost > Long.MAX_VALUE - start) {
            return NONE;
        }
        return start + cost;
    }

    /**
     * Whole tokens that a take could have now; negative when the bucket owes.
     *
     * @return 0 when now has no position
     */
    public static long remaining(long state, long position, long unitsPerToken, long burst) {
        if (position < 0 || state < 0) {
            return 0;
        }
        return Math.floorDiv(burst * unitsPerToken - Math.max(0, state - position), unitsPerToken);
    }

    /**
     * The smallest {@code d >= 0} such that the same take passes at {@code epochNs + d} if nothing else arrives.
     *
     * @return nanoseconds, or {@link #NEVER} when {@code amount > burst}, or the year 2120 comes first
     */
    public static long retryAfterNs(
            long state, long epochNs, long multiplier, long unitsPerToken, long burst, long amount) {
        if (amount <= 0 || amount > burst) {
            return NEVER;
        }
        return untilNs(state - (burst - amount) * unitsPerToken, epochNs, multiplier);
    }

    /**
     * The smallest {@code d >= 0} such that the bucket is full at {@code epochNs + d} if nothing else arrives.
     *
     * @return nanoseconds, or {@link #NEVER} when the year 2120 comes first
     */
    public static long fullAfterNs(long state, long epochNs, long multiplier) {
        return untilNs(state, epochNs, multiplier);
    }

    /** Smallest d >= 0 with E(epochNs + d) >= target. */
    private static long untilNs(long target, long epochNs, long multiplier) {
        long t = epochNs - BASE_EPOCH_NS;
        if (t < 0 || t > HORIZON_NS || scale(multiplier, HORIZON_NS) < target) {
            return NEVER;
        }
        if (scale(multiplier, t) >= target) {
            return 0;
        }
        if (multiplier == EXACT) {
            return target - t;
        }
        return (multiplier >= EXACT / 2 ? near(target, multiplier) : bisect(target, t, multiplier)) - t;
    }

    /** For at least half of a unit in a nanosecond: an estimate, one correction, and at most a few exact steps. */
    private static long near(long target, long multiplier) {
        double nsPerUnit = (double) EXACT / multiplier;
        long at = Math.min(HORIZON_NS, (long) (target * nsPerUnit));
        at += (long) ((target - scale(multiplier, at)) * nsPerUnit);
        while (scale(multiplier, at) >= target) {
            at--;
        }
        while (scale(multiplier, at) < target) {
            at++;
        }
        return at;
    }

    /** For coarser clocks: bisection on the monotone E. */
    private static long bisect(long target, long from, long multiplier) {
        long below = from;
        long reached = HORIZON_NS;
        while (reached - below > 1) {
            long middle = (below + reached) >>> 1;
            if (scale(multiplier, middle) >= target) {
                reached = middle;
            } else {
                below = middle;
            }
        }
        return reached;
    }

    /**
     * The state after tokens that were taken earlier come back. Only the part of the take that the passing of time
     * has not already given back returns: otherwise tokens taken, waited for and then returned would count twice.
     *
     * @param position of now
     * @param amount taken then
     * @param stateAfterTake what the take of these tokens returned
     * @return the new state, never above {@code state}
     */
    public static long giveBack(long state, long position, long unitsPerToken, long amount, long stateAfterTake) {
        if (position < 0 || amount <= 0 || Math.multiplyHigh(amount, unitsPerToken) != 0) {
            return state;
        }
        long cost = amount * unitsPerToken;
        long refund = Math.min(cost < 0 ? 0 : cost, Math.max(0, stateAfterTake - position));
        return Math.max(0, state - refund);
    }

    /**
     * The state after tokens come back of which nobody knows when they were taken: never beyond a full bucket.
     *
     * @param position of now
     * @return the new state, never above {@code state}, and not below {@code position} unless it was
     */
    public static long refund(long state, long position, long unitsPerToken, long amount) {
        if (position < 0 || amount <= 0 || state <= position) {
            return state;
        }
        long missing = state - position;
        // what cannot be represented is more than any bucket misses
        boolean all = amount > missing || Math.multiplyHigh(amount, unitsPerToken) != 0;
        long cost = all ? missing : amount * unitsPerToken;
        return cost < 0 || cost >= missing ? position : state - cost;
    }

    /** The state of an empty bucket that owes nothing: no hard take ever moves beyond it. */
    public static long empty(long position, long unitsPerToken, long burst) {
        return position + burst * unitsPerToken;
    }
}
