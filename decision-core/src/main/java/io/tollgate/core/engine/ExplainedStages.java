/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Reason;
import io.tollgate.core.Stage;
import io.tollgate.core.explain.Explanation;
import io.tollgate.core.registry.Operation;

/**
 * The way through the stages when it is to be explained: each of them is evaluated, whatever the ones before it said, and the first that
 * denies is marked as decisive. Scratch of one worker; belongs to its thread; allocates.
 */
final class ExplainedStages {
    private final Evaluation evaluation;
    private final RequestStage requestStage;
    private final FreshnessStage freshnessStage;
    private final EntitlementStage entitlementStage;
    private final CommitStage commitStage;
    private final Explainer explainer = new Explainer();

    ExplainedStages(
            final Evaluation evaluation,
            final RequestStage requestStage,
            final FreshnessStage freshnessStage,
            final EntitlementStage entitlementStage,
            final CommitStage commitStage) {
        this.evaluation = evaluation;
        this.requestStage = requestStage;
        this.freshnessStage = freshnessStage;
        this.entitlementStage = entitlementStage;
        this.commitStage = commitStage;
    }

    /** Says that nothing could be evaluated. */
    void notEvaluated(final Explanation explanation, final Decision decision, final String why) {
        explainer.notEvaluated(explanation, decision, why);
    }

    /** Evaluates all stages, also those after the deciding one; nothing is taken. */
    void evaluate(final Explanation explanation) {
        final Decision decision = evaluation.decision;
        final Reason request = requestStage.evaluate(evaluation);
        explainer.stage(explanation, evaluation, Stage.REQUEST, request, true);
        final Operation operation = evaluation.operation;
        if (request != Reason.OK || operation == null) {
            decision.deny(Stage.REQUEST, request);
            explainer.restSkipped(explanation, Stage.FRESHNESS, "what is asked, by whom and where is not known");
            return;
        }
        decision.chain(evaluation);
        Stage deniedAt = null;
        Reason denied = Reason.OK;
        for (final Stage stage : Explainer.EVALUATED) {
            final Reason reason = explainStage(explanation, stage, operation);
            explainer.stage(explanation, evaluation, stage, reason, deniedAt == null);
            if (reason != Reason.OK && deniedAt == null) {
                deniedAt = stage;
                denied = reason;
            }
        }
        explainer.notCommitted(explanation);
        CapacityWords.explain(explanation, evaluation, commitStage.plan());
        explainer.chainAndCeilings(explanation, evaluation, deniedAt == null || deniedAt == Stage.QUOTA);
        if (deniedAt == null) {
            decision.admit();
        } else {
            decision.deny(deniedAt, denied);
            decision.forgetAfter(deniedAt);
        }
    }

    private Reason explainStage(final Explanation explanation, final Stage stage, final Operation operation) {
        return switch (stage) {
            case FRESHNESS -> freshnessStage.evaluate(evaluation, operation);
            case POLICY -> PolicyStage.evaluate(evaluation, explainer.policyTrace(explanation, evaluation));
            case ENTITLEMENT -> entitlementStage.evaluate(evaluation, operation);
            case QUOTA -> {
                if (evaluation.spends(operation)) {
                    commitStage.evaluate(evaluation, false);
                }
                yield evaluation.quotaReason;
            }
            default -> evaluation.planReason(stage);
        };
    }
}
