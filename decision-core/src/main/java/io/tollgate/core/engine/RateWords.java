/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.quota.RateSpec;
import io.tollgate.core.world.CeilingRow;
import io.tollgate.core.world.RateInliner;
import io.tollgate.core.world.def.CeilingDef;

/**
 * What a RATE ceiling's row holds beside its limit, and who reads it back.
 * <pre>
 *   word 0: multiplier | word 1: units per token | word 2: burst that the rate admits (0 when the limit is 0)
 * </pre>
 */
public final class RateWords {
    /** Writes the words; throws IllegalArgumentException when the rate is outside of what {@link RateSpec} allows. */
    public static final RateInliner INLINER = RateWords::write;

    private static final long NS_PER_MS = 1_000_000L;

    private RateWords() {}

    private static void write(final CeilingDef ceiling, final long[] target) {
        final RateSpec spec = specOf(ceiling);
        target[0] = spec.multiplier();
        target[1] = spec.unitsPerToken();
        target[2] = spec.burst();
    }

    /** {@return the rate of a RATE ceiling} */
    public static RateSpec specOf(final CeilingDef ceiling) {
        return RateSpec.of(
                ceiling.amount().limit(),
                ceiling.amount().burst(),
                Math.multiplyExact(ceiling.window().lengthMs(), NS_PER_MS));
    }

    static long multiplier(final CeilingRow ceiling) {
        return ceiling.rate(0);
    }

    static long unitsPerToken(final CeilingRow ceiling) {
        return ceiling.rate(1);
    }

    static long burst(final CeilingRow ceiling) {
        return ceiling.rate(2);
    }
}
