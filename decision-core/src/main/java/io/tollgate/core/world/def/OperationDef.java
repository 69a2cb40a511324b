/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import io.tollgate.core.Plane;
import java.util.List;

/**
 * One (product, resource type, action).
 *
 * @param product          as callers write it
 * @param resourceType     as callers write it
 * @param action           as callers write it
 * @param acceptedUnitIds  units that a usage may have
 * @param charges          what it takes
 * @param featureId        feature that gates it; {@link #NO_FEATURE} = none
 * @param planes           what must be fresh
 * @param stalenessGraceMs a tolerant operation WARNs this long after max_age; 0 = launch-sensitive, fails closed at once
 * @param traits           what else it is
 */
public record OperationDef(
        String product,
        String resourceType,
        String action,
        List<Integer> acceptedUnitIds,
        List<ChargeDef> charges,
        int featureId,
        List<Plane> planes,
        long stalenessGraceMs,
        Traits traits) {
    /** No feature gates the operation. */
    public static final int NO_FEATURE = -1;

    public OperationDef {
        acceptedUnitIds = List.copyOf(acceptedUnitIds);
        charges = List.copyOf(charges);
        planes = List.copyOf(planes);
    }

    /**
     * Yes-or-no properties of an operation, and its name for people.
     *
     * @param creditGated   the balance must pay for it
     * @param audited       its decisions are always logged
     * @param usageRequired at least one usage must be given
     * @param displayName   for people
     */
    public record Traits(boolean creditGated, boolean audited, boolean usageRequired, String displayName) {
        /** Nothing special. */
        public static final Traits PLAIN = new Traits(false, false, false, "");
    }
}
