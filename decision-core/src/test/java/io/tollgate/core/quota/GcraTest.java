/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class GcraTest {
    private static final long MINUTE_NS = 60_000_000_000L;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long NOW_NS = 1_795_000_000_000_000_000L;

    private static long take(RateSpec rate, long state, long epochNs, long amount) {
        return Gcra.take(state, Gcra.position(rate.multiplier(), epochNs), rate.unitsPerToken(), rate.burst(), amount);
    }

    private static long remaining(RateSpec rate, long state, long epochNs) {
        return Gcra.remaining(state, Gcra.position(rate.multiplier(), epochNs), rate.unitsPerToken(), rate.burst());
    }

    private static long retry(RateSpec rate, long state, long epochNs, long amount) {
        return Gcra.retryAfterNs(state, epochNs, rate.multiplier(), rate.unitsPerToken(), rate.burst(), amount);
    }

    @Test
    void shouldAdmitTheBurstAtOnceAndThenOneTokenEachInterval() {
        RateSpec rate = RateSpec.of(60, 5, MINUTE_NS);
        long state = 0;
        for (int left = 4; left >= 0; left--) {
            state = take(rate, state, NOW_NS, 1);
            assertEquals(left, remaining(rate, state, NOW_NS));
        }
        assertEquals(Gcra.NONE, take(rate, state, NOW_NS, 1));
        assertEquals(SECOND_NS, retry(rate, state, NOW_NS, 1));
        assertEquals(3 * SECOND_NS, retry(rate, state, NOW_NS, 3));
        assertEquals(5 * SECOND_NS, Gcra.fullAfterNs(state, NOW_NS, rate.multiplier()));
        assertEquals(Gcra.NONE, take(rate, state, NOW_NS + SECOND_NS - 1, 1));
        assertTrue(take(rate, state, NOW_NS + SECOND_NS, 1) > 0);
    }

    @Test
    void shouldCountNanosecondsWhereTheLimitDividesTheLength() {
        for (long limit : new long[] {1, 2, 3, 60, 100, 1_000, 6_000_000, MINUTE_NS}) {
            RateSpec rate = RateSpec.of(limit, 1, MINUTE_NS);
            assertTrue(rate.exact(), rate::toString);
            assertEquals(MINUTE_NS / limit, rate.unitsPerToken());
            assertEquals(
                    12_345_678_901_234_567L,
                    Gcra.position(rate.multiplier(), Gcra.BASE_EPOCH_NS + 12_345_678_901_234_567L));
        }
        assertFalse(RateSpec.of(7_000, 1, MINUTE_NS).exact());
    }

    @Test
    void shouldNotDriftInAHundredYearsAtOddRates() {
        for (long limit : new long[] {7, 7_000, 999_999_937, 6_999_999_999L, 7_000_000_000L, MINUTE_NS - 1}) {
            RateSpec rate = RateSpec.of(limit, 1, MINUTE_NS);
            long t = Gcra.HORIZON_NS;
            BigInteger exact = BigInteger.valueOf(t)
                    .multiply(BigInteger.valueOf(limit))
                    .multiply(BigInteger.valueOf(rate.unitsPerToken()))
                    .divide(BigInteger.valueOf(MINUTE_NS));
            long position = Gcra.position(rate.multiplier(), Gcra.BASE_EPOCH_NS + t);
            long behind = exact.subtract(BigInteger.valueOf(position)).longValueExact();
            assertTrue(behind == 0 || behind == 1, limit + " per minute is " + behind + " units behind");
        }
    }

    @Test
    void shouldNeverPassMoreThanTheBurst() {
        RateSpec rate = RateSpec.of(60, 5, MINUTE_NS);
        assertEquals(Gcra.NONE, take(rate, 0, NOW_NS, 6));
        assertEquals(Gcra.NEVER, retry(rate, 0, NOW_NS, 6));
        assertEquals(Gcra.NONE, take(rate, 0, NOW_NS, Long.MAX_VALUE));
        assertEquals(Gcra.NEVER, retry(rate, 0, NOW_NS, Long.MAX_VALUE));
        assertEquals(0, retry(rate, 0, NOW_NS, 5));
    }

    @Test
    void shouldAdmitNothingAtALimitOfZero() {
        RateSpec rate = RateSpec.of(0, 10, MINUTE_NS);
        assertEquals(0, rate.burst());
        assertEquals(Gcra.NONE, take(rate, 0, NOW_NS, 1));
        assertEquals(Gcra.NEVER, retry(rate, 0, NOW_NS, 1));
        assertEquals(0, remaining(rate, 0, NOW_NS));
    }

    @Test
    void shouldDenyWhenTheClockIsOutOfRange() {
        RateSpec rate = RateSpec.of(60, 5, MINUTE_NS);
        for (long epochNs : new long[] {
            Gcra.BASE_EPOCH_NS - 1, 0, -1, Long.MIN_VALUE, Long.MAX_VALUE, Gcra.BASE_EPOCH_NS + Gcra.HORIZON_NS + 1
        }) {
            assertEquals(Gcra.NONE, Gcra.position(rate.multiplier(), epochNs));
            assertEquals(Gcra.NONE, take(rate, 0, epochNs, 1));
            assertEquals(0, remaining(rate, 0, epochNs));
            assertEquals(Gcra.NEVER, retry(rate, 0, epochNs, 1));
        }
        assertTrue(take(rate, 0, Gcra.BASE_EPOCH_NS, 1) > 0);
        assertTrue(take(rate, 0, Gcra.BASE_EPOCH_NS + Gcra.HORIZON_NS, 1) > 0);
    }

    @Test
    void shouldDenyInsteadOfWrappingAtTheEdgeOfEveryNumber() {
        RateSpec rate = RateSpec.of(1, RateSpec.MAX_BURST, RateSpec.MAX_LENGTH_NS);
        long end = Gcra.BASE_EPOCH_NS + Gcra.HORIZON_NS;
        long position = Gcra.position(rate.multiplier(), end);
        long state = take(rate, 0, end, RateSpec.MAX_BURST);
        assertEquals(position + RateSpec.MAX_BURST, state);
        assertEquals(Gcra.NONE, take(rate, state, end, 1));
        assertEquals(Gcra.NONE, take(rate, Long.MAX_VALUE, end, 1));
        assertEquals(Gcra.NONE, take(rate, -1, end, 1));
        assertEquals(Gcra.NONE, Gcra.takeUnchecked(Long.MAX_VALUE, position, 1, 1));
        assertEquals(Gcra.NONE, Gcra.takeUnchecked(0, position, 1L << 40, 1L << 40));
        assertEquals(Gcra.NONE, Gcra.takeUnchecked(0, position, 2, Long.MAX_VALUE / 2 + 1));
        assertEquals(Gcra.NONE, Gcra.takeUnchecked(0, position, 1, -1));
        assertEquals(Long.MAX_VALUE, Gcra.takeUnchecked(0, 0, 1, Long.MAX_VALUE));
    }

    @Test
    void shouldOweWhatASoftCeilingCountsBeyondTheBurst() {
        RateSpec rate = RateSpec.of(60, 5, MINUTE_NS);
        long position = Gcra.position(rate.multiplier(), NOW_NS);
        long state = Gcra.takeUnchecked(0, position, rate.unitsPerToken(), 12);
        assertEquals(-7, remaining(rate, state, NOW_NS));
        assertEquals(8 * SECOND_NS, retry(rate, state, NOW_NS, 1));
    }

    @Test
    void shouldRoundWhatRemainsDown() {
        RateSpec rate = RateSpec.of(60, 5, MINUTE_NS);
        long state = take(rate, 0, NOW_NS, 5);
        assertEquals(0, remaining(rate, state, NOW_NS + SECOND_NS - 1));
        assertEquals(1, remaining(rate, state, NOW_NS + SECOND_NS));
        long owing = Gcra.takeUnchecked(state, Gcra.position(rate.multiplier(), NOW_NS), rate.unitsPerToken(), 1);
        assertEquals(-1, remaining(rate, owing, NOW_NS + 1));
    }

    @Test
    void shouldNotMintTokensByGivingBackLate() {
        RateSpec rate = RateSpec.of(60, 5, MINUTE_NS);
        long first = take(rate, 0, NOW_NS, 5);
        // five seconds later the bucket is full by itself, and is emptied again
        long later = NOW_NS + 5 * SECOND_NS;
        long second = take(rate, first, later, 5);
        long back = Gcra.giveBack(second, Gcra.position(rate.multiplier(), later), rate.unitsPerToken(), 5, first);
        assertEquals(second, back);
        assertEquals(Gcra.NONE, take(rate, back, later, 1));
        // two seconds after the take, three tokens have not come back by themselves
        long soon = NOW_NS + 2 * SECOND_NS;
        long half = Gcra.giveBack(first, Gcra.position(rate.multiplier(), soon), rate.unitsPerToken(), 5, first);
        assertEquals(5, remaining(rate, half, soon));
    }

    @Test
    void shouldKeepTheShareOfTheBucketWhenARateChanges() {
        RateSpec old = RateSpec.of(60, 10, MINUTE_NS);
        RateSpec changed = RateSpec.of(7_000, 100, MINUTE_NS);
        long state = take(old, 0, NOW_NS, 4);
        assertEquals(60, remaining(changed, changed.carryOver(old, state, NOW_NS), NOW_NS));
        assertEquals(100, remaining(changed, changed.carryOver(old, 0, NOW_NS), NOW_NS));
        long empty = take(old, 0, NOW_NS, 10);
        assertEquals(0, remaining(changed, changed.carryOver(old, empty, NOW_NS), NOW_NS));
        // a debt is an empty bucket; an unknown time is one too
        assertEquals(0, remaining(changed, changed.carryOver(old, empty * 2, NOW_NS), NOW_NS));
        assertEquals(changed.burst() * changed.unitsPerToken(), changed.carryOver(old, 0, 0));
    }

    @Test
    void shouldRefuseRatesBeyondTheLimitsAndNameThem() {
        assertRefused("length of the rate's period in ns is 0", () -> RateSpec.of(1, 1, 0));
        assertRefused("between 1 and " + RateSpec.MAX_LENGTH_NS, () -> RateSpec.of(1, 1, RateSpec.MAX_LENGTH_NS + 1));
        assertRefused("limit of the rate (at most one token a nanosecond) is 1001", () -> RateSpec.of(1001, 1, 1000));
        assertRefused("is -1; it must be between 0 and 1000", () -> RateSpec.of(-1, 1, 1000));
        assertRefused("burst of the rate in tokens is 0", () -> RateSpec.of(1, 0, 1000));
        assertRefused("between 1 and " + RateSpec.MAX_BURST, () -> RateSpec.of(1, RateSpec.MAX_BURST + 1, 1000));
    }

    private static void assertRefused(String part, Runnable call) {
        String message = String.valueOf(
                assertThrows(IllegalArgumentException.class, call::run).getMessage());
        assertTrue(message.contains(part), message);
    }
}
