/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

/** Turns a seed and a number into bits that look random: the finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
final class Mixer {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private Mixer() {}

    static long mix(final long seed, final long number) {
        long z = seed + (number + 1) * GAMMA;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
