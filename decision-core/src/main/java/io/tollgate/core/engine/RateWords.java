/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.quota.RateSpec;
import io.tollgate.core.quota.RateTerms;
import io.tollgate.core.world.CeilingRow;
import io.tollgate.core.world.RateInliner;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.OverrideDef;
import org.jspecify.annotations.Nullable;

/**
 * What a RATE ceiling's row holds beside its limit, and who reads it back.
 * <pre>
 *   word 0: multiplier | word 1: units per token | word 2: burst that the rate admits (0 when the limit is 0)
 * </pre>
 */
public final class RateWords {
    /** Writes the words; throws IllegalArgumentException when the rate is outside of what {@link RateTerms} allows. */
    public static final RateInliner INLINER = RateWords::write;

    private static final long NS_PER_MS = 1_000_000L;

    private RateWords() {}

    private static void write(final CeilingDef ceiling, final long[] target, final long[] overriding) {
        final RateTerms terms = termsOf(ceiling);
        write(terms.own(), target);
        write(terms.overriding(), overriding);
    }

    private static void write(final @Nullable RateSpec spec, final long[] target) {
        if (spec != null) {
            target[0] = spec.multiplier();
            target[1] = spec.unitsPerToken();
            target[2] = spec.burst();
        }
    }

    /**
     * {@return the rates of a RATE ceiling}
     *
     * @throws IllegalArgumentException naming what is wrong, its value and what is allowed
     */
    public static RateTerms termsOf(final CeilingDef ceiling) {
        final OverrideDef override = ceiling.override();
        final RateSpec own = specOf(ceiling, ceiling.amount());
        final RateSpec overriding = override == null ? null : specOf(ceiling, override.amount());
        return own == null || overriding == null ? new RateTerms(own, overriding) : RateTerms.of(own, overriding);
    }

    private static @Nullable RateSpec specOf(final CeilingDef ceiling, final CeilingDef.Amount amount) {
        return amount.unlimited()
                ? null
                : RateSpec.of(
                        amount.limit(),
                        amount.burst(),
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
