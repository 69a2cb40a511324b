/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Outcome;
import io.tollgate.core.Plane;
import io.tollgate.core.Reason;
import io.tollgate.core.Stage;
import io.tollgate.core.explain.CeilingView;
import io.tollgate.core.explain.Durations;
import io.tollgate.core.explain.Explanation;
import io.tollgate.core.explain.ScopeName;
import io.tollgate.core.policy.PolicyTables;
import io.tollgate.core.policy.PolicyTrace;
import io.tollgate.core.request.Field;
import io.tollgate.core.world.World;
import io.tollgate.core.world.def.SubscriptionStatus;
import java.util.List;
import java.util.Locale;

/** Turns what an evaluation knows into the lines of an {@link Explanation}, for operators. Cold; allocates. */
final class Explainer {
    /** The stages after REQUEST that exist. */
    static final List<Stage> EVALUATED =
            List.of(Stage.FRESHNESS, Stage.POLICY, Stage.ENTITLEMENT, Stage.QUOTA, Stage.CREDIT, Stage.CAPACITY);

    private static final long NS_PER_MS = 1_000_000L;

    private final DecisionViews views = new DecisionViews();
    private final UserMessages messages = new UserMessages();
    private final CreditWords credit = new CreditWords(views);

    /** Nothing could be evaluated at all. */
    void notEvaluated(final Explanation explanation, final Decision decision, final String why) {
        final Stage at = decision.stage() == null ? Stage.REQUEST : decision.stage();
        for (final Stage stage : Stage.values()) {
            final boolean decisive = stage == at;
            explanation
                    .stages()
                    .add(new Explanation.StageLine(
                            stage,
                            decisive ? Outcome.DENY : Outcome.ALLOW,
                            decisive ? decision.reason() : Reason.OK,
                            decisive,
                            !decisive,
                            decisive ? why : "not reached"));
        }
    }

    /** Stages that were not evaluated, from one on. */
    void restSkipped(final Explanation explanation, final Stage from, final String why) {
        for (final Stage stage : Stage.values()) {
            if (stage.compareTo(from) >= 0) {
                explanation.stages().add(new Explanation.StageLine(stage, Outcome.ALLOW, Reason.OK, false, true, why));
            }
        }
    }

    /** COMMIT, which an explanation never reaches. */
    void notCommitted(final Explanation explanation) {
        explanation
                .stages()
                .add(new Explanation.StageLine(
                        Stage.COMMIT, Outcome.ALLOW, Reason.OK, false, true, "explaining takes nothing"));
    }

    void stage(
            final Explanation explanation,
            final Evaluation evaluation,
            final Stage stage,
            final Reason reason,
            final boolean nothingDeniedBefore) {
        final Outcome outcome = reason == Reason.OK ? Outcome.ALLOW : Outcome.DENY;
        explanation
                .stages()
                .add(new Explanation.StageLine(
                        stage,
                        outcome,
                        reason,
                        reason != Reason.OK && nothingDeniedBefore,
                        false,
                        detail(evaluation, stage, reason)));
    }

    private String detail(final Evaluation evaluation, final Stage stage, final Reason reason) {
        return switch (stage) {
            case REQUEST -> request(evaluation, reason);
            case FRESHNESS -> freshness(evaluation);
            case POLICY -> policy(evaluation, reason);
            case ENTITLEMENT -> entitlement(evaluation, reason);
            case QUOTA -> quota(evaluation, reason);
            case CREDIT -> credit.detail(evaluation, reason);
            default -> CapacityWords.detail(evaluation, reason);
        };
    }

    private String request(final Evaluation evaluation, final Reason reason) {
        if (reason != Reason.OK) {
            evaluation.decision.deny(Stage.REQUEST, reason);
            return messages.of(evaluation.request, evaluation.decision);
        }
        final StringBuilder text = new StringBuilder("known; charges ");
        for (int i = 0; i < evaluation.chargeCount; i++) {
            text.append(i == 0 ? "" : ", ")
                    .append(evaluation.chargeAmounts[i])
                    .append(' ')
                    .append(evaluation.world.registry().dimensions().name(evaluation.chargeDimensions[i]));
        }
        return evaluation.chargeCount == 0 ? "known; charges nothing" : text.toString();
    }

    private static String freshness(final Evaluation evaluation) {
        final PlaneAges ages = evaluation.decision.planeAges();
        final StringBuilder text = new StringBuilder();
        for (final Plane plane : Plane.values()) {
            final long ageNs = ages.ageNs(plane.code());
            if (ageNs != PlaneAges.NOT_USED) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(plane.name().toLowerCase(Locale.ROOT))
                        .append(' ')
                        .append(ageNs == Long.MAX_VALUE ? "never confirmed" : Durations.text(ageNs / NS_PER_MS))
                        .append(ageNs > ages.boundNs(plane.code()) ? " > " : " <= ")
                        .append(Durations.text(ages.boundNs(plane.code()) / NS_PER_MS));
            }
        }
        return text.isEmpty() ? "no plane is needed" : text.toString();
    }

    private String policy(final Evaluation evaluation, final Reason reason) {
        final Decision decision = evaluation.decision;
        final int rule = decision.decidingRule();
        if (rule < 0) {
            return "no allow rule matched in a scope that may say yes";
        }
        final PolicyTables policies = evaluation.world.policies();
        final String name = "rule '" + policies.ruleName(rule) + "' of " + policies.scopePath(policies.policyOf(rule))
                + " (" + policies.source(rule) + ")";
        return switch (reason) {
            case OK -> "allowed by " + name;
            case POLICY_RESTRICTED -> "none of the restrict rules matched, first " + name;
            case POLICY_ERROR -> "condition of " + name + " could not be evaluated";
            default -> "denied by " + name;
        };
    }

    private String entitlement(final Evaluation evaluation, final Reason reason) {
        final Decision decision = evaluation.decision;
        final World world = evaluation.world;
        if (decision.featureId() < 0) {
            return "no feature gates this operation";
        }
        final String feature = "feature '" + world.registry().features().name(decision.featureId()) + "'";
        if (decision.customerRow() == World.NO_ROW) {
            return feature + " is needed and no scope of the chain has a subscription";
        }
        final String customer = views.scope(world, decision.customerRow()).path();
        final SubscriptionStatus status =
                SubscriptionStatus.ofCode(views.subscriptionStatusCode(world, decision.customerRow()));
        return switch (reason) {
            case OK -> feature + " comes with " + world.entitlements().origin(decision.entitlementEntry());
            case SUBSCRIPTION_INACTIVE ->
                "subscription of " + customer + " is "
                        + (status == null ? "missing" : status.name().toLowerCase(Locale.ROOT)) + " or has ended";
            case ENTITLEMENT_DISABLED -> feature + " is switched off for " + customer;
            default -> feature + " is not part of the subscription of " + customer;
        };
    }

    private String quota(final Evaluation evaluation, final Reason reason) {
        final Decision decision = evaluation.decision;
        final CeilingStates states = decision.ceilings();
        if (evaluation.chargeCount == 0) {
            return "the operation charges nothing";
        }
        if (states.size() == 0) {
            return decision.fault() == Fault.NONE
                    ? "no scope of the chain has a ceiling on what is charged"
                    : decision.fault().message();
        }
        final int binding = states.binding();
        if (binding < 0) {
            return states.size() + " ceilings, none with a limit";
        }
        final CeilingView view = views.ceiling(decision, binding);
        final String name = "'" + view.id() + "' of " + view.scope().path();
        return reason == Reason.OK
                ? "all " + states.size() + " ceilings fit; least room under " + name
                : name + " does not fit: " + view.remaining() + " left, " + view.requested() + " asked";
    }

    /** What the engine knows about scopes and ceilings, once all stages are through. */
    void chainAndCeilings(final Explanation explanation, final Evaluation evaluation, final boolean quotaDecides) {
        final Decision decision = evaluation.decision;
        final World world = evaluation.world;
        for (int i = 0; i < decision.chainLength(); i++) {
            final long row = decision.chainRow(i);
            explanation
                    .chain()
                    .add(new Explanation.ScopeLine(
                            views.scope(world, row),
                            views.displayName(world, row),
                            decision.authority(i),
                            world.policies().ruleCount(views.policyId(world, row))));
        }
        final CeilingStates states = decision.ceilings();
        for (int i = 0; i < states.size(); i++) {
            final long ref = states.ceilingRef(i);
            explanation
                    .ceilings()
                    .add(new Explanation.CeilingLine(
                            views.ceiling(decision, i),
                            states.fits(i),
                            quotaDecides && i == states.binding(),
                            views.ceilingOrigin(world, ref, decision.nowEpochMs()),
                            views.ceilingSource(world, ref, decision.nowEpochMs())));
        }
    }

    PolicyTrace policyTrace(final Explanation explanation, final Evaluation evaluation) {
        return new RuleRecorder(explanation, evaluation, views);
    }

    /** Hears about every rule. */
    private record RuleRecorder(Explanation explanation, Evaluation evaluation, DecisionViews views)
            implements PolicyTrace {
        @Override
        public void rule(
                final int chainIndex,
                final int ruleId,
                final boolean matched,
                final boolean error,
                final String detail) {
            final PolicyTables policies = evaluation.world.policies();
            final ScopeName scope = views.scope(evaluation.world, evaluation.chain[chainIndex]);
            explanation
                    .rules()
                    .add(new Explanation.RuleLine(
                            policies.ruleName(ruleId),
                            scope,
                            policies.effect(ruleId),
                            matched,
                            error,
                            detail,
                            policies.source(ruleId)));
        }

        @Override
        public String actorType() {
            return ActorText.type(evaluation);
        }

        @Override
        public String actorId() {
            final String id = evaluation.request.text(Field.ACTOR_ID);
            return id == null ? ActorText.id(evaluation) : id;
        }

        @Override
        public String heldRoles() {
            return ActorText.roles(evaluation);
        }

        @Override
        public String heldTokenScopes() {
            return ActorText.tokenScopes(evaluation);
        }
    }
}
