/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.server.metrics.ShedCause;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Evidence;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;

/** The answers that need no evaluation. Immutable. */
final class Denials {
    private final DecideResponse[] overloaded = new DecideResponse[ShedCause.values().length];
    private final DecideResponse internal;
    private final DecideResponse notDurable;

    Denials(final String sidecarId, final long retryAfterNs) {
        final Evidence evidence = Evidence.newBuilder().setSidecarId(sidecarId).build();
        for (final ShedCause cause : ShedCause.values()) {
            overloaded[cause.ordinal()] = DecideResponse.newBuilder()
                    .setOutcome(Outcome.OUTCOME_DENY)
                    .setReason(Reason.REASON_OVERLOADED)
                    .setReasonClass(ReasonClass.REASON_CLASS_SYSTEM)
                    .setMessage("Not evaluated: " + cause.sentence() + ". Try again later.")
                    .setRetryAfterNs(retryAfterNs)
                    .setEvidence(evidence)
                    .build();
        }
        internal = DecideResponse.newBuilder()
                .setOutcome(Outcome.OUTCOME_DENY)
                .setReason(Reason.REASON_INTERNAL)
                .setReasonClass(ReasonClass.REASON_CLASS_SYSTEM)
                .setMessage("The request could not be decided because of an internal error.")
                .setRetryAfterNs(retryAfterNs)
                .setEvidence(evidence)
                .build();
        notDurable = DecideResponse.newBuilder()
                .setOutcome(Outcome.OUTCOME_DENY)
                .setReason(Reason.REASON_JOURNAL_FULL)
                .setReasonClass(ReasonClass.REASON_CLASS_SYSTEM)
                .setMessage("The usage could not be recorded durably; do not go on.")
                .setEvidence(evidence)
                .build();
    }

    /** What was taken stays counted, but nobody was told that it may be used. */
    DecideResponse notDurable(final String correlationId, final String decisionId) {
        return withIds(notDurable, correlationId, decisionId);
    }

    DecideResponse overloaded(final ShedCause cause, final String correlationId, final String decisionId) {
        return withIds(overloaded[cause.ordinal()], correlationId, decisionId);
    }

    DecideResponse internal(final String correlationId, final String decisionId) {
        return withIds(internal, correlationId, decisionId);
    }

    private static DecideResponse withIds(
            final DecideResponse denial, final String correlationId, final String decisionId) {
        return denial.toBuilder()
                .setCorrelationId(correlationId)
                .setDecisionId(decisionId)
                .build();
    }
}
