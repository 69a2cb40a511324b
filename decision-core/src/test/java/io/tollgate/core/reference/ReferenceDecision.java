/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Outcome;
import io.tollgate.core.Plane;
import io.tollgate.core.Reason;
import io.tollgate.core.world.def.OperationDef;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The stages after REQUEST, in order, the first deny is the answer; and the take from everything or from nothing. */
final class ReferenceDecision {
    private ReferenceDecision() {}

    static ReferenceAnswer decide(
            final ReferenceContext context,
            final ReferenceLedger ledger,
            final Map<Plane, Long> agesMs,
            final boolean take) {
        final OperationDef operation = Objects.requireNonNull(context.operation);
        Reason reason = permission(context, operation, agesMs);
        final ReferenceQuotaStage quota = new ReferenceQuotaStage();
        reason = reason == Reason.OK ? quota.evaluate(context, ledger) : reason;
        reason = reason == Reason.OK ? ReferenceCreditStage.evaluate(context, operation, ledger) : reason;
        reason = reason == Reason.OK ? ReferenceCapacityStage.evaluate(context, ledger) : reason;
        if (reason != Reason.OK) {
            if (take) {
                context.rules.takenByDeny(context.takes).forEach(each -> ledger.take(each, context.nowEpochNs));
            }
            return denied(context, reason);
        }
        if (take) {
            for (final ReferenceTake each : context.takes) {
                context.held.add(new ReferenceHold(each, ledger.take(each, context.nowEpochNs)));
            }
        }
        quota.show(context, ledger);
        ReferenceCapacityStage.show(context, ledger);
        return allowed(context, take);
    }

    private static Reason permission(
            final ReferenceContext context, final OperationDef operation, final Map<Plane, Long> agesMs) {
        Reason reason = ReferenceFreshnessStage.evaluate(context, operation, agesMs);
        reason = reason == Reason.OK ? ReferencePolicyStage.evaluate(context) : reason;
        return reason == Reason.OK ? ReferenceEntitlementStage.evaluate(context, operation) : reason;
    }

    /** What may be taken may be given back, of ceilings that nobody has bought. */
    static ReferenceAnswer refund(
            final ReferenceContext context, final ReferenceLedger ledger, final Map<Plane, Long> agesMs) {
        final Reason reason = permission(context, Objects.requireNonNull(context.operation), agesMs);
        if (reason != Reason.OK) {
            return denied(context, reason);
        }
        final ReferenceQuotaStage quota = new ReferenceQuotaStage();
        final List<ReferenceCeilings.Line> lines = quota.collect(context);
        if (context.rules.metered(lines)) {
            return denied(context, Reason.INVALID_REQUEST);
        }
        context.rules.refunded(lines).forEach(line -> ledger.refund(line.take(), context.nowEpochNs, context.rules));
        quota.show(context, ledger);
        return allowed(context, false);
    }

    static ReferenceAnswer denied(final ReferenceContext context, final Reason reason) {
        return new ReferenceAnswer(
                Outcome.DENY,
                reason,
                context.binding,
                context.matchedRules,
                List.of(),
                List.of(),
                context.retryAfterNs,
                context.retryNever,
                List.of(),
                cost(context, false),
                context.capacity,
                null);
    }

    private static ReferenceAnswer allowed(final ReferenceContext context, final boolean taken) {
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
                context.refunds
                        ? List.of()
                        : context.request.usages().stream()
                                .map(usage -> context.grantedInPart == null ? usage.amount() : context.grantedInPart)
                                .toList(),
                cost(context, taken),
                context.capacity,
                null);
    }

    private static ReferenceAnswer.@org.jspecify.annotations.Nullable Cost cost(
            final ReferenceContext context, final boolean taken) {
        return context.cost == null ? null : context.cost.view(context.world.registry.moneyScale(), taken);
    }
}
