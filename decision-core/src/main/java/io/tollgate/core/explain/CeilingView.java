/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.explain;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Enforcement;
import io.tollgate.core.world.def.Period;

/**
 * A ceiling as one decision saw it, in the base unit of its dimension.
 *
 * @param id          stable id, as written in the bundle
 * @param dimension   what is counted
 * @param unit        base unit of the dimension
 * @param kind        how it counts
 * @param enforcement hard or soft
 * @param scope       the scope that it is inherited from
 * @param limit       most that fits (RATE: per period), an override's while one is in force; meaningless when unlimited
 * @param unlimited   counts, and never denies
 * @param used        already taken (RATE: burst less what is left)
 * @param remaining   what still fits; may be negative on a soft ceiling
 * @param burst       RATE: most that may come at once; else 0
 * @param periodMs    RATE: length of the period in milliseconds; else 0
 * @param period      PERIOD: when it starts again; else NONE
 * @param resetsAtMs  when it starts again, or a RATE is full again; milliseconds since 1970, 0 = never
 * @param requested   what this request would take
 * @param origin      "limits", "entitlement", or "override" while one is in force
 * @param overrideId  of the override in force; "" = none
 * @param overrideExpiresAtMs when that ends, milliseconds since 1970; 0 = none
 */
public record CeilingView(
        String id,
        String dimension,
        String unit,
        DimensionKind kind,
        Enforcement enforcement,
        ScopeName scope,
        long limit,
        boolean unlimited,
        long used,
        long remaining,
        long burst,
        long periodMs,
        Period period,
        long resetsAtMs,
        long requested,
        String origin,
        String overrideId,
        long overrideExpiresAtMs) {
    /** {@return whether the limit is an override's} */
    public boolean overridden() {
        return !overrideId.isEmpty();
    }
}
