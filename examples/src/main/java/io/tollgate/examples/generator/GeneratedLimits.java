/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import io.tollgate.core.Enforcement;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.Severity;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.ThresholdDef;
import io.tollgate.core.world.def.WindowDef;
import java.util.List;

/**
 * Three ceilings at every scope, wider scopes twice as much as the one below, all so high that a benchmark at full speed is allowed: each
 * is checked and taken from, none denies.
 */
public final class GeneratedLimits {
    /**
     * Requests and tokens per minute of an API key; the burst is a tenth. Global has 64 times as much, half of the most that a rate can be
     * (one a nanosecond), and every level's limit divides a minute, as round limits do.
     */
    static final long KEY_PER_MINUTE = 60_000_000_000L / 128;
    /** Tokens per month of an API key. */
    static final long KEY_TOKENS_PER_MONTH = 1_000_000_000_000_000L;

    private static final long MINUTE_MS = 60_000;
    private static final int BURST_PART = 10;
    private static final WindowDef PER_MINUTE = new WindowDef(Period.MINUTE, MINUTE_MS, 0, "");
    private static final WindowDef PER_MONTH = new WindowDef(Period.MONTHLY, 0, 0, "");
    private static final List<ThresholdDef> THRESHOLDS = List.of(
            new ThresholdDef(800, Severity.INFO),
            new ThresholdDef(950, Severity.WARNING),
            new ThresholdDef(1_000, Severity.CRITICAL));

    private GeneratedLimits() {}

    /**
     * {@return the limit of a dimension at a level}
     *
     * @param dimensionId {@link GeneratedRegistry#REQUEST_RATE}, {@link GeneratedRegistry#TOKEN_RATE} or {@link GeneratedRegistry#TOKENS}
     * @param level       where
     * @param stamp       added to every limit
     */
    public static long limit(final int dimensionId, final ScopeLevel level, final long stamp) {
        final long key =
                switch (dimensionId) {
                    case GeneratedRegistry.REQUEST_RATE, GeneratedRegistry.TOKEN_RATE -> KEY_PER_MINUTE;
                    case GeneratedRegistry.TOKENS -> KEY_TOKENS_PER_MONTH;
                    default -> throw new IllegalArgumentException("dimension " + dimensionId + ": there are three");
                };
        return (key << ScopeLevel.API_KEY.code() - level.code()) + stamp;
    }

    static List<CeilingDef> at(final ScopeLevel level, final long stamp) {
        return List.of(
                rate("requests-per-minute", GeneratedRegistry.REQUEST_RATE, level, stamp),
                rate("tokens-per-minute", GeneratedRegistry.TOKEN_RATE, level, stamp),
                ceiling(
                        "tokens-per-month",
                        GeneratedRegistry.TOKENS,
                        CeilingDef.Amount.of(limit(GeneratedRegistry.TOKENS, level, stamp)),
                        PER_MONTH));
    }

    private static CeilingDef rate(final String id, final int dimensionId, final ScopeLevel level, final long stamp) {
        final long limit = limit(dimensionId, level, stamp);
        return ceiling(id, dimensionId, new CeilingDef.Amount(false, limit, limit / BURST_PART), PER_MINUTE);
    }

    private static CeilingDef ceiling(
            final String id, final int dimensionId, final CeilingDef.Amount amount, final WindowDef window) {
        return new CeilingDef(
                id,
                dimensionId,
                Enforcement.HARD,
                null,
                amount,
                window,
                THRESHOLDS,
                "limits",
                "limits/limits.yaml:3:5");
    }
}
