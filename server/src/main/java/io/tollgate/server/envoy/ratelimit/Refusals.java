/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.ratelimit;

import io.tollgate.server.envoy.mapping.Refusal;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;

/** What is denied before anything could be asked. */
final class Refusals {
    private Refusals() {}

    static DecideResponse of(final Refusal refusal) {
        return of(
                refusal.kind() == Refusal.Kind.NO_RULE ? Reason.REASON_UNKNOWN_ACTION : Reason.REASON_INVALID_REQUEST,
                ReasonClass.REASON_CLASS_REQUEST,
                refusal.message());
    }

    static DecideResponse invalid(final String message) {
        return of(Reason.REASON_INVALID_REQUEST, ReasonClass.REASON_CLASS_REQUEST, message);
    }

    static DecideResponse of(final Reason reason, final ReasonClass reasonClass, final String message) {
        return DecideResponse.newBuilder()
                .setOutcome(Outcome.OUTCOME_DENY)
                .setReason(reason)
                .setReasonClass(reasonClass)
                .setMessage(message)
                .build();
    }
}
