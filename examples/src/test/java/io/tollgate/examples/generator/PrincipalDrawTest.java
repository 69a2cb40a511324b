/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrincipalDrawTest {
    private static final int DRAWS = 1_000_000;
    private static final long SEED = 42;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 1_000, 100_000})
    void shouldDrawRanksAsOftenAsZipfSays(final int principals) {
        final PrincipalDraw draw = PrincipalDraw.zipf(principals, SEED);
        final int[] counts = new int[principals + 1];
        for (int i = 0; i < DRAWS; i++) {
            counts[draw.rank()]++;
        }
        double norm = 0;
        for (int k = 1; k <= principals; k++) {
            norm += Math.pow(k, -PrincipalDraw.ZIPF_EXPONENT);
        }
        for (int k = 1; k <= Math.min(principals, 50); k++) {
            final double expected = DRAWS * Math.pow(k, -PrincipalDraw.ZIPF_EXPONENT) / norm;
            final double deviation = Math.abs(counts[k] - expected) / Math.sqrt(expected);
            assertTrue(
                    deviation < 5,
                    "rank " + k + " of " + principals + ": " + counts[k] + " draws, expected " + expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 65, 1_000, 99_991})
    void shouldSpreadRanksOverAllPrincipalsWithoutLosingOne(final int principals) {
        final PrincipalDraw draw = PrincipalDraw.zipf(principals, SEED);
        final BitSet seen = new BitSet(principals);
        for (int i = 0; i < principals; i++) {
            final int at = draw.spread(i);
            assertTrue(at >= 0 && at < principals);
            seen.set(at);
        }
        assertEquals(principals, seen.cardinality());
    }

    @Test
    void shouldDrawAllAlikeWhenUniform() {
        final PrincipalDraw draw = PrincipalDraw.uniform(10, SEED);
        final int[] counts = new int[10];
        for (int i = 0; i < DRAWS; i++) {
            counts[draw.next()]++;
        }
        for (final int count : counts) {
            assertEquals(DRAWS / 10.0, count, 5 * Math.sqrt(DRAWS / 10.0));
        }
    }
}
