/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.request.DecisionRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;

/** Answers while there is no engine: always DENY / SNAPSHOT_MISSING. */
public final class NoSnapshotEvaluator implements Evaluator {
    @Override
    public void begin() {}

    @Override
    public void answer(final DecisionRequest request, final boolean explain, final DecideResponse.Builder response) {
        response.setOutcome(Outcome.OUTCOME_DENY)
                .setReason(Reason.REASON_SNAPSHOT_MISSING)
                .setReasonClass(ReasonClass.REASON_CLASS_FRESHNESS)
                .setMessage("No snapshot is installed yet.");
    }

    @Override
    public void end() {}
}
