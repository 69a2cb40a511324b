/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Reason;
import io.tollgate.core.Severity;
import io.tollgate.core.policy.PolicyEvaluator;
import io.tollgate.core.policy.PolicyMatch;
import io.tollgate.core.policy.PolicyTrace;
import org.jspecify.annotations.Nullable;

/** Stage POLICY: section 4 of the semantics over the compiled tables of the chain. */
final class PolicyStage {
    private PolicyStage() {}

    static Reason evaluate(final Evaluation evaluation, final @Nullable PolicyTrace trace) {
        final Decision decision = evaluation.decision;
        final PolicyMatch match = decision.policyMatch;
        PolicyEvaluator.evaluate(evaluation.world.policies(), evaluation.query, match, trace);
        decision.policyEvaluated();
        final Reason reason = match.reason();
        if (reason == Reason.OK && match.warnCount() > 0) {
            for (int i = 0; i < match.warnCount(); i++) {
                decision.warnings.add(Reason.POLICY_WARN, Severity.WARNING, match.warnRule(i));
            }
            decision.warned(Reason.POLICY_WARN);
        }
        return reason;
    }
}
