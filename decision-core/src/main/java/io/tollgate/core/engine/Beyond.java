/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.request.DecisionRequest;

/** What an answer rested on that is in no snapshot and in no {@link Readings}, so that it cannot be replayed. */
public enum Beyond {
    /** Nothing: it can be replayed. */
    NOTHING(0),
    /** It is the answer that was given to the same idempotency key before. */
    FIRST_ANSWER(1),
    /** What the sidecar remembered of an idempotency key. */
    IDEMPOTENCY_KEY(2),
    /** What the reservation that was to be extended had become. */
    RESERVATION(3),
    /** How busy or how full the sidecar was. */
    LOAD(4),
    /** A fault inside the sidecar. */
    FAULT(5),
    /** More counters than are recorded. */
    TOO_MANY_COUNTERS(6),
    /** An API key of a wrong form: keys are not kept. */
    KEY_FORM(7),
    /** Hits were given back, not asked for. */
    REFUND(8);

    private static final Beyond[] BY_CODE = values();

    private final int code;

    Beyond(final int code) {
        this.code = code;
    }

    /** {@return its number on the wire} */
    public int code() {
        return code;
    }

    /** {@return what a number of the wire means; FAULT for one that is not known} */
    public static Beyond ofCode(final int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : FAULT;
    }

    static Beyond of(final DecisionRequest request, final Decision decision, final boolean complete) {
        if (request.isKeyDefect()) {
            return KEY_FORM;
        }
        if (decision.isRefund()) {
            return REFUND;
        }
        if (decision.isRepeated()) {
            return FIRST_ANSWER;
        }
        if (decision.problem() == Problem.RESERVATION_NOT_OPEN) {
            return RESERVATION;
        }
        final Beyond byFault =
                switch (decision.fault()) {
                    case KEY_IN_PROGRESS, KEYS_FULL -> IDEMPOTENCY_KEY;
                    case RESERVATION_BUSY -> RESERVATION;
                    case CONTENDED, RESERVATIONS_FULL, BATCH_TOO_LARGE, AUDIT_UNAVAILABLE -> LOAD;
                    // of the request and the snapshot alone
                    case NONE, POOLS_UNUSABLE -> NOTHING;
                    default -> FAULT;
                };
        if (byFault != NOTHING) {
            return byFault;
        }
        return switch (decision.reason()) {
            case IDEMPOTENCY_MISMATCH -> IDEMPOTENCY_KEY;
            case OVERLOADED, JOURNAL_FULL, AUDIT_UNAVAILABLE -> LOAD;
            default -> complete ? NOTHING : TOO_MANY_COUNTERS;
        };
    }
}
