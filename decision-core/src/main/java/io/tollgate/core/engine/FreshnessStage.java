/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Plane;
import io.tollgate.core.Reason;
import io.tollgate.core.Severity;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.core.registry.Operation;
import io.tollgate.core.world.WorldFacts;

/** Stage FRESHNESS: the age of every plane that the operation needs against the smallest bound that anybody set. */
final class FreshnessStage {
    private static final long NS_PER_MS = 1_000_000L;
    private static final int PLANES = Plane.values().length;

    private final FreshnessTable freshness;

    FreshnessStage(final FreshnessTable freshness) {
        this.freshness = freshness;
    }

    Reason evaluate(final Evaluation evaluation, final Operation operation) {
        final Decision decision = evaluation.decision;
        final WorldFacts.PlaneBounds bounds = evaluation.world.facts().bounds();
        final int needed = operation.planes();
        Reason reason = Reason.OK;
        for (int plane = 1; plane <= PLANES; plane++) {
            if ((needed & 1 << plane) == 0) {
                continue;
            }
            final long askedNs = evaluation.request.maxStalenessNs();
            final long boundNs = Math.min(bounds.maxAgeNs(plane), askedNs);
            final long ageNs = askedNs < bounds.maxAgeNs(plane) && graceOnly(evaluation)
                    ? FreshnessTable.NEVER_NS
                    : ageNs(evaluation, plane);
            decision.planeAges.set(plane, ageNs, boundNs);
            if (ageNs <= boundNs || reason != Reason.OK) {
                continue;
            }
            if (ageNs - boundNs <= operation.stalenessGraceMs() * NS_PER_MS) {
                decision.warnings.add(Reason.SNAPSHOT_STALE, Severity.WARNING, plane);
                decision.warned(Reason.SNAPSHOT_STALE);
            } else {
                decision.stalePlane(plane);
                reason = Reason.SNAPSHOT_STALE;
            }
        }
        return reason;
    }

    private long ageNs(final Evaluation evaluation, final int plane) {
        final BatchInstant instant = evaluation.instant;
        return instant == null
                ? freshness.ageNs(plane, evaluation.nowMonotonicNs, evaluation.nowWallMs)
                : instant.ageNs(plane);
    }

    /** A restart grace stands in for the snapshot's bounds, not for what a caller demands: the real age is not known. */
    private boolean graceOnly(final Evaluation evaluation) {
        final BatchInstant instant = evaluation.instant;
        return instant == null ? freshness.graceOnly() : instant.graceOnly();
    }
}
