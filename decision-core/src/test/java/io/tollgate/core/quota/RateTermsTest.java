/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Two rates on one clock. */
class RateTermsTest {
    private static final long MINUTE_NS = 60_000_000_000L;
    private static final long T = Gcra.BASE_EPOCH_NS + 7 * MINUTE_NS;

    private static RateSpec own(RateTerms terms) {
        return Objects.requireNonNull(terms.own());
    }

    private static RateSpec overriding(RateTerms terms) {
        return Objects.requireNonNull(terms.overriding());
    }

    private static RateTerms terms(long limit, long burst, long other, long otherBurst, long lengthNs) {
        return RateTerms.of(RateSpec.of(limit, burst, lengthNs), RateSpec.of(other, otherBurst, lengthNs));
    }

    @Test
    void shouldCountBothExactlyOnOneClock() {
        RateTerms terms = terms(60, 6, 100, 10, MINUTE_NS);

        assertTrue(own(terms).exact());
        assertEquals(1_000_000_000, own(terms).unitsPerToken());
        assertEquals(own(terms).multiplier(), overriding(terms).multiplier());
        assertEquals(600_000_000, overriding(terms).unitsPerToken());
    }

    @Test
    void shouldCountFastRatesThatAreSimpleFractions() {
        RateTerms terms = terms(7_000_000_000L, 1, 8_000_000_000L, 1, MINUTE_NS);

        assertEquals(8, own(terms).unitsPerToken());
        assertEquals(7, overriding(terms).unitsPerToken());
        assertEquals(own(terms).multiplier(), overriding(terms).multiplier());
    }

    @Test
    void shouldBeFullAtTheSameInstantByEitherRate() {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 1_000; i++) {
            long limit = 1 + random.nextInt(1_000);
            long other = 1 + random.nextInt(1_000);
            RateTerms terms = terms(limit, limit, other, other, MINUTE_NS);
            RateSpec spec = overriding(terms);
            long state = Gcra.take(
                    0, Gcra.position(spec.multiplier(), T), spec.unitsPerToken(), other, 1 + random.nextLong(other));
            assertEquals(
                    Gcra.fullAfterNs(state, T, overriding(terms).multiplier()),
                    Gcra.fullAfterNs(state, T, own(terms).multiplier()));
        }
    }

    /** In a long window each rate admits what it says, from any state: never more, and less by at most one part in 10,000. */
    @Test
    void shouldNeverAdmitMoreThanEitherRateSays() {
        long seed = Long.getLong("tollgate.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        int near = 0;
        for (int i = 0; i < 20_000; i++) {
            long length = random.nextBoolean() ? MINUTE_NS : 1_000_000L * (1 + random.nextInt(86_400_000));
            long limit = 1 + random.nextLong(Math.min(length, 1L << (1 + random.nextInt(40))));
            long other = 1 + random.nextLong(Math.min(length, 1L << (1 + random.nextInt(40))));
            long burst = 1 + random.nextLong(1L << random.nextInt(62));
            RateTerms terms;
            try {
                terms = terms(limit, Math.min(burst, RateSpec.MAX_BURST), other, 1 + random.nextInt(1_000), length);
            } catch (IllegalArgumentException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("no clock counts"), e::getMessage);
                continue;
            }
            String about = "seed " + seed + ": " + terms;
            near += limit * own(terms).unitsPerToken()
                            == other * overriding(terms).unitsPerToken()
                    ? 0
                    : 1;
            assertEquals(own(terms).multiplier(), overriding(terms).multiplier(), about);
            assertPace(own(terms), 1, about);
            assertPace(overriding(terms), 1 + 1.0 / RateTerms.PRECISION, about);
            for (RateSpec spec : new RateSpec[] {own(terms), overriding(terms)}) {
                BigInteger most = BigInteger.valueOf(spec.burst()).multiply(BigInteger.valueOf(spec.unitsPerToken()));
                assertTrue(most.compareTo(BigInteger.valueOf(Gcra.MAX_BURST_UNITS)) <= 0, about);
            }
        }
        assertTrue(near > 0, "none was near only; seed " + seed);
    }

    /**
     * Units that pass in the length, over what the tokens of the length cost: at most 1, at least 1 / slower but for the last digit of the
     * multiplier.
     */
    private static void assertPace(RateSpec spec, double slower, String about) {
        BigInteger units = BigInteger.valueOf(spec.multiplier()).multiply(BigInteger.valueOf(spec.lengthNs()));
        BigInteger cost = BigInteger.valueOf(spec.limit())
                .multiply(BigInteger.valueOf(spec.unitsPerToken()))
                .shiftLeft(Gcra.MULTIPLIER_SHIFT);
        assertTrue(units.compareTo(cost) <= 0, about);
        assertTrue(cost.doubleValue() <= units.doubleValue() * (slower + 1e-9 + 2.0 / spec.multiplier()), about);
    }

    @Test
    void shouldStopAtARateOfNothingWithoutLosingThePosition() {
        RateTerms terms = terms(60, 6, 0, 1, MINUTE_NS);
        RateSpec spec = own(terms);
        long position = Gcra.position(spec.multiplier(), T);
        long state = Gcra.take(0, position, spec.unitsPerToken(), spec.burst(), 6);

        assertEquals(0, overriding(terms).burst());
        assertEquals(spec.multiplier(), overriding(terms).multiplier());
        assertEquals(Gcra.NONE, Gcra.take(state, position, overriding(terms).unitsPerToken(), 0, 1));
        RateTerms opened = terms(0, 1, 60, 6, MINUTE_NS);
        assertEquals(0, own(opened).burst());
        assertEquals(overriding(opened).multiplier(), own(opened).multiplier());
    }

    @Test
    void shouldRefuseRatesThatNoClockCounts() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> terms(7_000_000_001L, 1, 8_000_000_003L, 1, MINUTE_NS));
        assertEquals(
                "no clock counts 7000000001 and 8000000003 per 60000000000 ns; the one must be a multiple or a simple"
                        + " fraction of the other.",
                refused.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> RateTerms.of(RateSpec.of(1, 1, MINUTE_NS), RateSpec.of(1, 1, MINUTE_NS + 1)));
    }

    @Test
    void shouldNameTheRatesOfACounter() {
        assertEquals(
                "60/60000000000ns burst 6 override 100/60000000000ns burst 10",
                terms(60, 6, 100, 10, MINUTE_NS).text());
        assertEquals("unlimited", new RateTerms(null, null).text());
        assertEquals(
                "60/60000000000ns burst 6",
                RateTerms.of(RateSpec.of(60, 6, MINUTE_NS)).text());
    }
}
