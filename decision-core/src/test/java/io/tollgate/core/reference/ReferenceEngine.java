/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Outcome;
import io.tollgate.core.Plane;
import io.tollgate.core.Reason;
import java.util.List;
import java.util.Map;

/** The whole decision: stages in order, the first deny is the answer. */
public final class ReferenceEngine {
    private final ReferenceWorld world;
    private final ReferenceQuotaStage quota = new ReferenceQuotaStage();

    public ReferenceEngine(final ReferenceWorld world) {
        this.world = world;
    }

    public ReferenceAnswer decide(
            final ReferenceRequest request, final long nowEpochNs, final Map<Plane, Long> agesMs) {
        final ReferenceContext context = new ReferenceContext(world, request, nowEpochNs);
        Reason reason = ReferenceRequestStage.evaluate(context);
        if (reason == Reason.OK && context.operation != null) {
            reason = ReferenceFreshnessStage.evaluate(context, context.operation, agesMs);
            reason = reason == Reason.OK ? ReferencePolicyStage.evaluate(context) : reason;
            reason = reason == Reason.OK ? ReferenceEntitlementStage.evaluate(context, context.operation) : reason;
            reason = reason == Reason.OK ? quota.evaluate(context) : reason;
        }
        return answer(context, reason);
    }

    private static ReferenceAnswer answer(final ReferenceContext context, final Reason reason) {
        if (reason != Reason.OK) {
            return new ReferenceAnswer(
                    Outcome.DENY,
                    reason,
                    context.binding,
                    context.matchedRules,
                    List.of(),
                    List.of(),
                    context.retryAfterNs,
                    context.retryNever,
                    List.of());
        }
        final boolean warned = !context.warnReasons.isEmpty();
        return new ReferenceAnswer(
                warned ? Outcome.WARN : Outcome.ALLOW,
                warned ? context.warnReasons.get(0) : Reason.OK,
                context.binding,
                context.matchedRules,
                context.warnings,
                context.obligations,
                0,
                false,
                context.request.usages().stream()
                        .map(usage -> context.grantedInPart == null ? usage.amount() : context.grantedInPart)
                        .toList());
    }
}
