/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.core.engine.DecisionWorker;
import io.tollgate.core.reservation.IdempotencyDesk;
import io.tollgate.v1.DecideResponse;

/**
 * The first answer to an idempotency key as bytes: the response without ids and explanation, which are each call's own. What is too long is
 * cut down to what has to be the same: first the ages of the evidence go, then matched rules, warnings and obligations.
 */
final class FirstAnswer {
    private FirstAnswer() {}

    static void keep(final DecisionWorker worker, final DecideResponse.Builder response) {
        final DecideResponse.Builder kept = response.clone().clearExplanation();
        byte[] bytes = kept.build().toByteArray();
        for (int cut = 0; bytes.length > IdempotencyDesk.MAX_ANSWER_BYTES && cut < 3; cut++) {
            switch (cut) {
                case 0 -> kept.getEvidenceBuilder().clearPlaneAges();
                case 1 -> kept.clearMatchedRules();
                default -> kept.clearWarnings().clearObligations();
            }
            bytes = kept.build().toByteArray();
        }
        worker.keepAnswer(bytes, bytes.length);
    }

    static void read(final DecisionWorker worker, final DecideResponse.Builder response) {
        try {
            response.mergeFrom(worker.firstAnswer(), 0, worker.firstAnswerLength());
        } catch (final InvalidProtocolBufferException e) {
            // its blocks passed their checks, so another program wrote it
            throw new IllegalStateException("the answer kept for an idempotency key is no DecideResponse", e);
        }
    }
}
