/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.Stage;
import io.tollgate.core.request.Field;
import io.tollgate.core.reservation.IdempotencyDesk;
import org.jspecify.annotations.Nullable;

/**
 * Idempotency keys of one worker: the first request with a key is decided and, when it took something, remembered; the same request again
 * gets that answer. Belongs to the worker's thread.
 */
final class KeyedAnswers {
    private static final byte[] NOTHING = {};

    private final IdempotencyDesk desk;
    private final OrganizationName organization = new OrganizationName();
    private @Nullable Decision pending;

    KeyedAnswers(final IdempotencyDesk desk) {
        this.desk = desk;
    }

    /** {@return whether the request is to be decided; else the decision has its answer} */
    boolean claim(final Evaluation evaluation) {
        if (evaluation.request.isAbsent(Field.IDEMPOTENCY_KEY)) {
            return true;
        }
        organization.tell(evaluation, desk);
        final int code = evaluation.extending
                ? desk.claimExtension(
                        evaluation.request, evaluation.extendsHigh, evaluation.extendsLow, evaluation.nowEpochMs)
                : desk.claim(evaluation.request, evaluation.nowEpochMs);
        return code == IdempotencyDesk.FIRST || !answer(evaluation.decision, code);
    }

    /** Of an Extend of what is not open any more: {@return whether the decision has an answer because of its key}. */
    boolean recall(final Evaluation evaluation, final long high, final long low) {
        return !evaluation.request.isAbsent(Field.IDEMPOTENCY_KEY)
                && answer(evaluation.decision, desk.recall(evaluation.request, high, low, evaluation.nowEpochMs));
    }

    private boolean answer(final Decision decision, final int code) {
        switch (code) {
            case IdempotencyDesk.REPEATED -> repeat(decision);
            case IdempotencyDesk.MISMATCH -> decision.deny(Stage.COMMIT, Reason.IDEMPOTENCY_MISMATCH);
            case IdempotencyDesk.IN_PROGRESS ->
                decision.deny(Stage.COMMIT, decision.fault(Fault.KEY_IN_PROGRESS, Reason.OVERLOADED));
            case IdempotencyDesk.FULL ->
                decision.deny(Stage.COMMIT, decision.fault(Fault.KEYS_FULL, Reason.OVERLOADED));
            default -> {
                return false;
            }
        }
        return true;
    }

    private void repeat(final Decision decision) {
        final Outcome outcome = Outcome.ofCode(desk.outcomeCode());
        final Reason reason = Reason.ofCode(desk.reasonCode());
        if (outcome == null || reason == null) {
            decision.deny(Stage.COMMIT, Reason.INTERNAL);
            return;
        }
        decision.repeat(outcome, reason, desk.grantedInPart());
        if (desk.reservationHigh() != 0 || desk.reservationLow() != 0) {
            decision.reservation(desk.reservationHigh(), desk.reservationLow(), desk.expiresMs());
        }
    }

    /** A deny is evaluated anew the next time; anything else waits for its answer. */
    void decided(final Decision decision) {
        if (!desk.claimed()) {
            return;
        }
        if (decision.outcome() == Outcome.DENY) {
            desk.drop();
        } else {
            pending = decision;
        }
    }

    boolean pending() {
        return pending != null;
    }

    /** Remembers what was decided. */
    void keep(final byte[] bytes, final int length) {
        final Decision decided = pending;
        pending = null;
        if (decided != null) {
            final boolean reserved = decided.hasReservation();
            desk.keep(
                    decided.outcome().code(),
                    decided.reason().code(),
                    decided.grantedInPart(),
                    reserved ? decided.reservationHigh() : 0,
                    reserved ? decided.reservationLow() : 0,
                    reserved ? decided.reservationExpiresMs() : 0,
                    bytes,
                    length);
        }
    }

    /** Nobody gave an answer: remembers what the decision knows. And a decision that failed in between holds its key no longer. */
    void conclude() {
        keep(NOTHING, 0);
        desk.drop();
    }

    byte[] answer() {
        return desk.answer();
    }

    int answerLength() {
        return desk.answerLength();
    }
}
