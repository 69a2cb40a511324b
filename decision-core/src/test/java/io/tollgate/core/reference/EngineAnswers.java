/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Outcome;
import io.tollgate.core.Plane;
import io.tollgate.core.Reason;
import io.tollgate.core.engine.Decision;
import io.tollgate.core.engine.DecisionViews;
import io.tollgate.core.explain.CeilingView;
import io.tollgate.core.explain.CostView;
import io.tollgate.core.explain.PoolView;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.reservation.ReservationIds;
import io.tollgate.core.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the engine answered, as the model would say it. */
final class EngineAnswers {
    private final DecisionViews views = new DecisionViews();

    ReferenceAnswer of(final DecisionRequest request, final Decision decision) {
        final World world = Objects.requireNonNull(decision.world());
        final List<ReferenceAnswer.MatchedRule> rules = new ArrayList<>();
        for (int i = 0; i < decision.matchedRuleCount(); i++) {
            final int rule = decision.matchedRule(i);
            rules.add(new ReferenceAnswer.MatchedRule(
                    world.policies().scopePath(world.policies().policyOf(rule)),
                    world.policies().ruleName(rule)));
        }
        final List<ReferenceAnswer.WarningLine> warnings = new ArrayList<>();
        for (int i = 0; i < decision.warnings().size(); i++) {
            warnings.add(warning(decision, world, i));
        }
        final int binding = decision.ceilings().binding();
        final boolean never = decision.retryStated() && decision.retryAfterNs() == Decision.RETRY_NEVER;
        return new ReferenceAnswer(
                decision.outcome(),
                decision.reason(),
                binding < 0 ? null : withoutUnit(views.ceiling(decision, binding)),
                rules,
                warnings,
                decision.outcome() == Outcome.DENY ? List.of() : obligations(decision, world),
                never ? 0 : decision.retryAfterNs(),
                never,
                granted(request, decision),
                cost(decision),
                capacity(decision),
                decision.hasReservation()
                        ? new ReferenceAnswer.Reservation(
                                ReservationIds.text(decision.reservationHigh(), decision.reservationLow()),
                                decision.reservationExpiresMs())
                        : null);
    }

    private List<ReferenceAnswer.Capacity> capacity(final Decision decision) {
        final List<ReferenceAnswer.Capacity> capacity = new ArrayList<>();
        for (int i = 0; i < decision.capacity().size(); i++) {
            final PoolView pool = views.pool(decision, i);
            capacity.add(new ReferenceAnswer.Capacity(
                    pool.id(), pool.dimension(), pool.own(), pool.available(), pool.used(), pool.requested()));
        }
        return capacity;
    }

    private ReferenceAnswer.@Nullable Cost cost(final Decision decision) {
        final CostView cost = views.cost(decision);
        return cost == null
                ? null
                : new ReferenceAnswer.Cost(
                        cost.amount(),
                        cost.scale(),
                        cost.currency(),
                        cost.priceVersion(),
                        cost.walletId(),
                        cost.spendable(),
                        cost.shares().stream()
                                .map(share -> new ReferenceAnswer.Share(share.trancheId(), share.amount()))
                                .toList());
    }

    private static List<Long> granted(final DecisionRequest request, final Decision decision) {
        final List<Long> granted = new ArrayList<>();
        final boolean grants = decision.outcome() != Outcome.DENY && !decision.isRefund();
        for (int i = 0; grants && i < request.usageCount(); i++) {
            granted.add(decision.granted(request, i));
        }
        return granted;
    }

    private ReferenceAnswer.WarningLine warning(final Decision decision, final World world, final int index) {
        final Reason reason = decision.warnings().reason(index);
        final int subject = decision.warnings().subject(index);
        final String name;
        final String scope;
        if (reason == Reason.SNAPSHOT_STALE) {
            name = String.valueOf(Plane.ofCode(subject));
            scope = "";
        } else if (reason == Reason.POLICY_WARN) {
            name = world.policies().ruleName(subject);
            scope = world.policies().scopePath(world.policies().policyOf(subject));
        } else if (reason == Reason.CREDIT_LOW) {
            final CostView cost = Objects.requireNonNull(views.cost(decision));
            name = cost.walletId();
            scope = cost.walletScope().path();
        } else {
            final CeilingView ceiling = views.ceiling(decision, subject);
            name = ceiling.id();
            scope = ceiling.scope().path();
        }
        return new ReferenceAnswer.WarningLine(reason, decision.warnings().severity(index), name, scope);
    }

    private static List<String> obligations(final Decision decision, final World world) {
        final List<String> obligations = new ArrayList<>();
        final int entry = decision.entitlementEntry();
        if (entry >= 0) {
            if (!world.entitlements().staticValue(entry).isEmpty()) {
                obligations.add("=" + world.entitlements().staticValue(entry));
            }
            for (int i = 0; i < world.entitlements().configCount(entry); i++) {
                obligations.add(world.entitlements().configKey(entry, i) + "="
                        + world.entitlements().configValue(entry, i));
            }
        }
        return obligations;
    }

    private static CeilingView withoutUnit(final CeilingView view) {
        return new CeilingView(
                view.id(),
                view.dimension(),
                "",
                view.kind(),
                view.enforcement(),
                view.scope(),
                view.limit(),
                view.unlimited(),
                view.used(),
                view.remaining(),
                view.burst(),
                view.periodMs(),
                view.period(),
                view.resetsAtMs(),
                view.requested(),
                view.origin(),
                view.overrideId(),
                view.overrideExpiresAtMs());
    }
}
