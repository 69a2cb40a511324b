/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Plane;
import io.tollgate.core.Reason;
import io.tollgate.core.Severity;
import io.tollgate.core.world.def.OperationDef;
import java.util.Map;

/** Stage 1: is the evidence young enough? */
final class ReferenceFreshnessStage {
    private ReferenceFreshnessStage() {}

    static Reason evaluate(
            final ReferenceContext context, final OperationDef operation, final Map<Plane, Long> agesMs) {
        for (final Plane plane : Plane.values()) {
            if (!operation.planes().contains(plane)) {
                continue;
            }
            final long age = agesMs.getOrDefault(plane, Long.MAX_VALUE);
            final long bound = Math.min(
                    context.world.maxAgeMs.getOrDefault(plane, Long.MAX_VALUE), context.request.maxStalenessMs());
            if (age <= bound) {
                continue;
            }
            if (operation.stalenessGraceMs() == 0 || age - bound > operation.stalenessGraceMs()) {
                return Reason.SNAPSHOT_STALE;
            }
            context.warnings.add(
                    new ReferenceAnswer.WarningLine(Reason.SNAPSHOT_STALE, Severity.WARNING, plane.name(), ""));
            context.warnReasons.add(Reason.SNAPSHOT_STALE);
        }
        return Reason.OK;
    }
}
