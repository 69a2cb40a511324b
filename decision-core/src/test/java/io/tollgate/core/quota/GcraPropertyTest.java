/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Random rates and requests against arithmetic without rounding: fractions of big integers. */
class GcraPropertyTest {
    private static final long[] LENGTHS_NS = {
        1,
        1_000,
        1_000_000,
        1_000_000_000L,
        60_000_000_000L,
        3_600_000_000_000L,
        86_400_000_000_000L,
        RateSpec.MAX_LENGTH_NS
    };
    private static final int CASES = 3_000;

    /** One bucket that counts in fractions: positions are in 1 / limit nanoseconds, a token is lengthNs of them. */
    private static final class Oracle {
        private final BigInteger limit;
        private final BigInteger length;
        private final BigInteger burst;
        private BigInteger arrival = BigInteger.ZERO;

        Oracle(RateSpec rate) {
            limit = BigInteger.valueOf(rate.limit());
            length = BigInteger.valueOf(rate.lengthNs());
            burst = BigInteger.valueOf(rate.burst());
        }

        private BigInteger start(long t) {
            return arrival.max(BigInteger.valueOf(t).multiply(limit));
        }

        boolean take(long t, long amount) {
            BigInteger next = start(t).add(BigInteger.valueOf(amount).multiply(length));
            BigInteger most = BigInteger.valueOf(t).multiply(limit).add(burst.multiply(length));
            if (next.compareTo(most) > 0) {
                return false;
            }
            arrival = next;
            return true;
        }

        long remaining(long t) {
            BigInteger[] left = BigInteger.valueOf(t)
                    .multiply(limit)
                    .add(burst.multiply(length))
                    .subtract(start(t))
                    .divideAndRemainder(length);
            return left[0].subtract(left[1].signum() < 0 ? BigInteger.ONE : BigInteger.ZERO)
                    .longValueExact();
        }
    }

    private static void forRandomRates(Consumer<SplittableRandom> test) {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < CASES; i++) {
            long caseSeed = random.nextLong();
            try {
                test.accept(new SplittableRandom(caseSeed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + caseSeed + ": " + e.getMessage(), e);
            }
        }
    }

    private static long upTo(SplittableRandom random, long most) {
        // all magnitudes alike
        long bound = Math.max(1, most >>> random.nextInt(64 - Long.numberOfLeadingZeros(most)));
        return Math.min(most, 1 + random.nextLong(bound));
    }

    private static RateSpec rate(SplittableRandom random) {
        long length = LENGTHS_NS[random.nextInt(LENGTHS_NS.length)];
        long limit = random.nextInt(4) == 0 ? Math.min(length, 6_999_999_999L) : upTo(random, length);
        return RateSpec.of(limit, upTo(random, random.nextBoolean() ? RateSpec.MAX_BURST : 1_000_000), length);
    }

    private static RateSpec exactRate(SplittableRandom random) {
        long token = upTo(random, 1_000_000_000L);
        long limit = upTo(random, RateSpec.MAX_LENGTH_NS / token);
        RateSpec rate = RateSpec.of(limit, upTo(random, Gcra.MAX_BURST_UNITS / token), limit * token);
        assertTrue(rate.exact());
        return rate;
    }

    /** Steps around what matters to this rate: same instant, fractions of a token, tokens, the burst, beyond. */
    private static long step(SplittableRandom random, RateSpec rate) {
        double tokenNs = (double) rate.lengthNs() / rate.limit();
        double scale =
                switch (random.nextInt(5)) {
                    case 0 -> 0;
                    case 1 -> tokenNs * random.nextDouble();
                    case 2 -> Math.rint(tokenNs);
                    case 3 -> tokenNs * Math.min(rate.burst(), 1_000) * random.nextDouble();
                    default -> tokenNs * rate.burst() * 2 * random.nextDouble();
                };
        return (long) Math.min(scale, Gcra.HORIZON_NS / 200.0);
    }

    private static long position(RateSpec rate, long t) {
        return Gcra.position(rate.multiplier(), Gcra.BASE_EPOCH_NS + t);
    }

    @Test
    void shouldAgreeWithUnroundedArithmeticWhereTheClockIsExact() {
        forRandomRates(random -> {
            RateSpec rate = exactRate(random);
            Oracle oracle = new Oracle(rate);
            long state = 0;
            long t = random.nextLong(Gcra.HORIZON_NS / 2);
            for (int i = 0; i < 60; i++) {
                t = Math.min(Gcra.HORIZON_NS, t + step(random, rate));
                long amount = upTo(random, rate.burst());
                long now = position(rate, t);
                assertEquals(oracle.remaining(t), Gcra.remaining(state, now, rate.unitsPerToken(), rate.burst()));
                long next = Gcra.take(state, now, rate.unitsPerToken(), rate.burst(), amount);
                assertEquals(oracle.take(t, amount), next >= 0, () -> rate + " amount " + amount);
                state = next >= 0 ? next : state;
            }
        });
    }

    @Test
    void shouldNeverAdmitMoreThanBurstAndRateInAnyWindow() {
        forRandomRates(random -> {
            RateSpec rate = rate(random);
            long[] times = new long[80];
            long[] admitted = new long[80];
            long state = 0;
            long t = random.nextLong(Gcra.HORIZON_NS / 2);
            for (int i = 0; i < times.length; i++) {
                t += step(random, rate);
                times[i] = t;
                long now = position(rate, t);
                // greedy: takes what there is, or tries its luck
                long amount = random.nextBoolean()
                        ? Math.max(1, Gcra.remaining(state, now, rate.unitsPerToken(), rate.burst()))
                        : upTo(random, rate.burst());
                long next = Gcra.take(state, now, rate.unitsPerToken(), rate.burst(), amount);
                admitted[i] = next >= 0 ? amount : 0;
                state = next >= 0 ? next : state;
            }
            for (int from = 0; from < times.length; from++) {
                BigInteger sum = BigInteger.ZERO;
                for (int to = from; to < times.length; to++) {
                    sum = sum.add(BigInteger.valueOf(admitted[to]));
                    assertWithin(rate, times[to] - times[from], sum);
                }
            }
        });
    }

    /** sum <= burst + W * limit / length, and < that + 1 / unitsPerToken where the clock rounds; all times length. */
    private static void assertWithin(RateSpec rate, long window, BigInteger sum) {
        BigInteger units = BigInteger.valueOf(rate.unitsPerToken());
        BigInteger length = BigInteger.valueOf(rate.lengthNs());
        BigInteger bound = BigInteger.valueOf(rate.burst())
                .multiply(length)
                .add(BigInteger.valueOf(window).multiply(BigInteger.valueOf(rate.limit())))
                .multiply(units);
        int over = sum.multiply(length).multiply(units).compareTo(rate.exact() ? bound : bound.add(length));
        assertTrue(rate.exact() ? over <= 0 : over < 0, () -> sum + " admitted in " + window + " ns of " + rate);
    }

    @Test
    void shouldHandOutEveryTokenOfTheRateOnTime() {
        forRandomRates(random -> {
            RateSpec rate = RateSpec.of(upTo(random, 60_000_000_000L), 2 + upTo(random, 1_000), 60_000_000_000L);
            long units = rate.unitsPerToken();
            long begin = random.nextLong(Gcra.HORIZON_NS / 2);
            long state = Gcra.take(0, position(rate, begin), units, rate.burst(), rate.burst());
            long t = begin;
            for (int token = 1; token <= 100; token++) {
                t += Gcra.retryAfterNs(state, Gcra.BASE_EPOCH_NS + t, rate.multiplier(), units, rate.burst(), 1);
                state = Gcra.take(state, position(rate, t), units, rate.burst(), 1);
                long dueNs = BigInteger.valueOf(token)
                        .multiply(BigInteger.valueOf(rate.lengthNs()))
                        .divide(BigInteger.valueOf(rate.limit()))
                        .longValueExact();
                long lateNs = t - begin - dueNs;
                // an exact clock rounds up to the nanosecond, the others are within two units, each shorter than 2 ns
                assertTrue(lateNs >= -2 && lateNs <= (rate.exact() ? 1 : 5), () -> rate + " is late by " + lateNs);
            }
        });
    }

    @Test
    void shouldSayExactlyWhenTheSameRequestPasses() {
        forRandomRates(random -> {
            RateSpec rate = rate(random);
            long t = random.nextLong(Gcra.HORIZON_NS / 3);
            long state = 0;
            for (int i = 0; i < 20; i++) {
                long amount = upTo(random, rate.burst());
                long units = rate.unitsPerToken();
                long epochNs = Gcra.BASE_EPOCH_NS + t;
                long wait = Gcra.retryAfterNs(state, epochNs, rate.multiplier(), units, rate.burst(), amount);
                long next = Gcra.take(state, position(rate, t), units, rate.burst(), amount);
                assertEquals(next >= 0, wait == 0, () -> rate + " amount " + amount + " wait " + wait);
                if (wait != 0 && wait != Gcra.NEVER) {
                    assertTrue(Gcra.take(state, position(rate, t + wait), units, rate.burst(), amount) >= 0);
                    assertEquals(-1, Gcra.take(state, position(rate, t + wait - 1), units, rate.burst(), amount));
                }
                if (wait == Gcra.NEVER) {
                    assertEquals(-1, Gcra.take(state, position(rate, Gcra.HORIZON_NS), units, rate.burst(), amount));
                }
                long full = Gcra.fullAfterNs(state, epochNs, rate.multiplier());
                if (full != 0 && full != Gcra.NEVER) {
                    assertTrue(position(rate, t + full) >= state && position(rate, t + full - 1) < state);
                }
                state = next >= 0 ? next : state;
                t += step(random, rate);
            }
        });
    }

    @Test
    void shouldCountTheSameInOnePieceOrInTwo() {
        forRandomRates(random -> {
            RateSpec rate = rate(random);
            long now = position(rate, random.nextLong(Gcra.HORIZON_NS / 2));
            long units = rate.unitsPerToken();
            long state = Gcra.take(0, now, units, rate.burst(), upTo(random, rate.burst()));
            long a = upTo(random, rate.burst());
            long b = upTo(random, rate.burst());
            long first = Gcra.take(state, now, units, rate.burst(), a);
            long both = first < 0 ? -1 : Gcra.take(first, now, units, rate.burst(), b);
            assertEquals(Gcra.take(state, now, units, rate.burst(), a + b), both);
        });
    }

    @Test
    void shouldNeverGiveBackMoreThanWasTaken() {
        forRandomRates(random -> {
            RateSpec rate = RateSpec.of(upTo(random, 1_000_000), upTo(random, 1_000), 60_000_000_000L);
            long units = rate.unitsPerToken();
            long t = random.nextLong(Gcra.HORIZON_NS / 2);
            long with = 0;
            long without = 0;
            long amount = upTo(random, rate.burst());
            long receipt = Gcra.take(with, position(rate, t), units, rate.burst(), amount);
            with = receipt;
            for (int i = 0; i < 5; i++) {
                t += step(random, rate);
                long extra = upTo(random, rate.burst());
                long next = Gcra.take(with, position(rate, t), units, rate.burst(), extra);
                if (next >= 0) {
                    with = next;
                    without = Gcra.take(without, position(rate, t), units, rate.burst(), extra);
                }
            }
            t += step(random, rate);
            long now = position(rate, t);
            long back = Gcra.giveBack(with, now, units, amount, receipt);
            assertTrue(back <= with);
            assertTrue(
                    Gcra.remaining(back, now, units, rate.burst()) <= Gcra.remaining(without, now, units, rate.burst()),
                    () -> rate + ": more is left than if the tokens had never been taken");
        });
    }
}
