/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import java.util.SplittableRandom;

/**
 * Draws principals at random. Belongs to one thread.
 *
 * <p>Zipf: the k-th most frequent principal is drawn in proportion to k to the power of -s, by rejection-inversion (W. Hörmann,
 * G. Derflinger, "Rejection-inversion to generate variates from monotone discrete distributions", ACM TOMACS 6 (3), 1996): no table, one
 * or two tries for any size. Frequent principals are spread over all, not neighbours in memory.
 */
public final class PrincipalDraw {
    /** The usual exponent of such benchmarks. */
    public static final double ZIPF_EXPONENT = 0.99;

    private static final int SPREAD_PRIME = 0x3504_F333 | 1;

    private final SplittableRandom random;
    private final int principals;
    private final double exponent;
    private final double integralFirst;
    private final double integralLast;
    private final double shortcut;

    private PrincipalDraw(final int principals, final double exponent, final long seed) {
        random = new SplittableRandom(seed);
        this.principals = principals;
        this.exponent = exponent;
        integralFirst = integral(1.5) - 1;
        integralLast = integral(principals + 0.5);
        shortcut = 2 - inverse(integral(2.5) - density(2));
    }

    /** {@return all alike} */
    public static PrincipalDraw uniform(final int principals, final long seed) {
        return new PrincipalDraw(principals, 0, seed);
    }

    /** {@return few often, most seldom; exponent {@value #ZIPF_EXPONENT}} */
    public static PrincipalDraw zipf(final int principals, final long seed) {
        return new PrincipalDraw(principals, ZIPF_EXPONENT, seed);
    }

    /** {@return a principal, 0 to principals - 1} */
    public int next() {
        if (exponent == 0) {
            return random.nextInt(principals);
        }
        return spread(rank() - 1);
    }

    /** {@return a rank from 1 (most frequent) to the number of principals} */
    int rank() {
        while (true) {
            final double u = integralLast + random.nextDouble() * (integralFirst - integralLast);
            final double x = inverse(u);
            final int k = (int) Math.min(principals, Math.max(1, Math.round(x)));
            if (k - x <= shortcut || u >= integral(k + 0.5) - density(k)) {
                return k;
            }
        }
    }

    /** A permutation of 0 to principals - 1: walks a power-of-two permutation until it falls inside. */
    int spread(final int index) {
        final int bits = Math.max(1, 32 - Integer.numberOfLeadingZeros(principals - 1));
        final int mask = (1 << bits) - 1;
        int at = index;
        do {
            at = at * SPREAD_PRIME & mask; // odd multiplier: a bijection modulo a power of two
            at ^= at >>> (bits + 1) / 2;
            at = at * SPREAD_PRIME + 1 & mask;
        } while (at >= principals);
        return at;
    }

    private double density(final double x) {
        return Math.exp(-exponent * Math.log(x));
    }

    private double integral(final double x) {
        return Math.expm1((1 - exponent) * Math.log(x)) / (1 - exponent);
    }

    private double inverse(final double y) {
        return Math.exp(Math.log1p(y * (1 - exponent)) / (1 - exponent));
    }
}
