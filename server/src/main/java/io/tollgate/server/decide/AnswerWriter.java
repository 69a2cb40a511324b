/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.Outcome;
import io.tollgate.core.Plane;
import io.tollgate.core.Reason;
import io.tollgate.core.ReasonClass;
import io.tollgate.core.engine.CeilingStates;
import io.tollgate.core.engine.Decision;
import io.tollgate.core.engine.DecisionViews;
import io.tollgate.core.engine.UserMessages;
import io.tollgate.core.engine.Warnings;
import io.tollgate.core.entitlement.EntitlementTables;
import io.tollgate.core.explain.CostView;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.reservation.ReservationIds;
import io.tollgate.core.world.World;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.MatchedRule;
import io.tollgate.v1.Obligation;
import io.tollgate.v1.ReservationState;
import io.tollgate.v1.Usage;
import io.tollgate.v1.Warning;

/**
 * From the engine's decision to the wire's answer. Belongs to one thread; to be used while the decision's world is
 * pinned.
 */
final class AnswerWriter {
    /** Key of the obligation that carries the value of a static feature; config features have keys of their own. */
    private static final String STATIC_KEY = "value";

    private final UserMessages messages = new UserMessages();
    private final DecisionViews views = new DecisionViews();
    private final WorldFragments fragments;

    AnswerWriter(final String sidecarId) {
        fragments = new WorldFragments(sidecarId);
    }

    /** Fills everything but the ids and the explanation. */
    void write(final DecisionRequest request, final Decision decision, final DecideResponse.Builder response) {
        final World world = decision.world();
        final Reason reason = decision.reason();
        final ReasonClass reasonClass = reason.reasonClass();
        fragments.use(world);
        response.setOutcomeValue(decision.outcome().code())
                .setReasonValue(reason.code())
                .setReasonClassValue(reasonClass == null ? 0 : reasonClass.code())
                .setMessage(messages.of(request, decision))
                .setEvidence(fragments.evidence(decision.planeAges()));
        if (world == null) {
            return;
        }
        final CostView cost = views.cost(decision);
        if (cost != null) {
            response.setCost(Wire.cost(cost));
        }
        final int binding = decision.ceilings().binding();
        if (binding != CeilingStates.NONE) {
            response.setBindingCeiling(fragments.ceiling(decision, binding));
        }
        for (int i = 0; i < decision.capacity().size(); i++) {
            response.addCapacity(Wire.pool(views.pool(decision, i)));
        }
        for (int i = 0; i < decision.matchedRuleCount(); i++) {
            response.addMatchedRules(fragments.rule(world, decision.matchedRule(i)));
        }
        if (decision.outcome() == Outcome.DENY) {
            writeRetry(decision, response);
        } else {
            if (!decision.isRefund()) {
                writeGranted(request, decision, response);
            }
            if (decision.hasReservation()) {
                response.setReservation(ReservationState.newBuilder()
                        .setId(ReservationIds.text(decision.reservationHigh(), decision.reservationLow()))
                        .setExpiresAtMs(decision.reservationExpiresMs()));
            }
            writeWarnings(world, decision, response);
            writeObligations(world, decision, response);
        }
    }

    private static void writeRetry(final Decision decision, final DecideResponse.Builder response) {
        if (!decision.retryStated()) {
            return;
        }
        if (decision.retryAfterNs() == Decision.RETRY_NEVER) {
            response.setRetryNever(true);
        } else {
            response.setRetryAfterNs(decision.retryAfterNs());
        }
    }

    private static void writeGranted(
            final DecisionRequest request, final Decision decision, final DecideResponse.Builder response) {
        for (int i = 0; i < request.usageCount(); i++) {
            response.addGranted(
                    Usage.newBuilder().setAmount(decision.granted(request, i)).setUnit(request.unit(i)));
        }
    }

    private void writeWarnings(final World world, final Decision decision, final DecideResponse.Builder response) {
        final Warnings warnings = decision.warnings();
        for (int i = 0; i < warnings.size(); i++) {
            final Warning.Builder warning = Warning.newBuilder()
                    .setReasonValue(warnings.reason(i).code())
                    .setSeverityValue(warnings.severity(i).code())
                    .setMessage(messages.warning(decision, i));
            writeSubject(world, decision, warnings.reason(i), warnings.subject(i), warning);
            response.addWarnings(warning);
        }
    }

    private void writeSubject(
            final World world,
            final Decision decision,
            final Reason reason,
            final int subject,
            final Warning.Builder warning) {
        if (reason == Reason.SNAPSHOT_STALE) {
            final Plane plane = Plane.ofCode(subject);
            warning.setSubject(plane == null ? "" : plane.name());
        } else if (reason == Reason.POLICY_WARN) {
            final MatchedRule rule = fragments.rule(world, subject);
            warning.setSubject(rule.getRuleId()).setScope(rule.getScope());
        } else if (reason == Reason.CREDIT_LOW) {
            final CostView cost = views.cost(decision);
            if (cost != null) {
                warning.setSubject(cost.walletId()).setScope(Wire.scope(cost.walletScope()));
            }
        } else {
            final CeilingState ceiling = fragments.texts(decision, subject);
            warning.setSubject(ceiling.getId()).setScope(ceiling.getScope());
        }
    }

    private static void writeObligations(
            final World world, final Decision decision, final DecideResponse.Builder response) {
        final int entry = decision.entitlementEntry();
        if (entry == Decision.NONE) {
            return;
        }
        final EntitlementTables entitlements = world.entitlements();
        final String feature = world.registry().features().name(decision.featureId());
        if (!entitlements.staticValue(entry).isEmpty()) {
            response.addObligations(Obligation.newBuilder()
                    .setFeature(feature)
                    .setKey(STATIC_KEY)
                    .setValue(AttributeValues.text(entitlements.staticValue(entry))));
        }
        for (int i = 0; i < entitlements.configCount(entry); i++) {
            response.addObligations(Obligation.newBuilder()
                    .setFeature(feature)
                    .setKey(entitlements.configKey(entry, i))
                    .setValue(AttributeValues.of(entitlements.configValue(entry, i))));
        }
    }
}
