/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import io.tollgate.core.Enforcement;
import io.tollgate.core.ScopeLevel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A limit on a dimension at a scope.
 *
 * @param id          stable: its counter survives as long as scope, id, dimension and window stay
 * @param dimensionId position in the registry
 * @param enforcement denies or warns
 * @param eachLevel   null = SHARED by all descendants; else EACH descendant of this level separately
 * @param amount      how much
 * @param window      per what; {@link WindowDef#NONE} for gauges and capacity
 * @param thresholds  when to warn
 * @param origin      "limits", "entitlement"
 * @param source      where it is written
 * @param override    what takes the amount's place for a time, or null
 */
public record CeilingDef(
        String id,
        int dimensionId,
        Enforcement enforcement,
        @Nullable ScopeLevel eachLevel,
        Amount amount,
        WindowDef window,
        List<ThresholdDef> thresholds,
        String origin,
        String source,
        @Nullable OverrideDef override) {
    /** The origin of what a customer has bought. */
    public static final String ORIGIN_ENTITLEMENT = "entitlement";

    public CeilingDef {
        thresholds = List.copyOf(thresholds);
    }

    /** A ceiling that nothing overrides. */
    public CeilingDef(
            final String id,
            final int dimensionId,
            final Enforcement enforcement,
            final @Nullable ScopeLevel eachLevel,
            final Amount amount,
            final WindowDef window,
            final List<ThresholdDef> thresholds,
            final String origin,
            final String source) {
        this(id, dimensionId, enforcement, eachLevel, amount, window, thresholds, origin, source, null);
    }

    /** {@return the same ceiling with an override} */
    public CeilingDef overriddenBy(final OverrideDef by) {
        return new CeilingDef(id, dimensionId, enforcement, eachLevel, amount, window, thresholds, origin, source, by);
    }

    /**
     * How much a ceiling lets through, in the dimension's unit.
     *
     * @param unlimited counts, and never denies
     * @param limit     most that fits; RATE: per window
     * @param burst     RATE: most at once, at least 1; else 0
     */
    public record Amount(boolean unlimited, long limit, long burst) {
        /** {@return a plain limit} */
        public static Amount of(final long limit) {
            return new Amount(false, limit, 0);
        }
    }
}
