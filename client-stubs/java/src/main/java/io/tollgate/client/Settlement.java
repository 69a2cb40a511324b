/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import io.tollgate.v1.ReservationOutcome;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of a reservation after settle or release. Immutable. If {@link #acknowledged()} is false, nothing is
 * known: repeat the same call (it counts once), or leave the hold to expire.
 */
public final class Settlement {
    private final ReservationOutcome outcome;
    private final String message;
    private final @Nullable TransportFailure cause;

    Settlement(ReservationOutcome outcome, String message, @Nullable TransportFailure cause) {
        this.outcome = outcome;
        this.message = message;
        this.cause = cause;
    }

    static Settlement of(ReservationOutcome outcome, String message) {
        return new Settlement(outcome, message, null);
    }

    static Settlement unknown(TransportFailure cause) {
        return new Settlement(
                ReservationOutcome.RESERVATION_OUTCOME_UNSPECIFIED, "The reservation's state is not known.", cause);
    }

    /** The sidecar has recorded it: SETTLED, RELEASED, EXPIRED (a late settle is still recorded) or OVERRUN. */
    public boolean acknowledged() {
        return cause == null
                && switch (outcome) {
                    case RESERVATION_OUTCOME_SETTLED,
                            RESERVATION_OUTCOME_RELEASED,
                            RESERVATION_OUTCOME_EXPIRED,
                            RESERVATION_OUTCOME_OVERRUN -> true;
                    default -> false;
                };
    }

    public ReservationOutcome outcome() {
        return outcome;
    }

    public String message() {
        return message;
    }

    /** Why there is no answer of the sidecar. For logs, not for users. */
    public Optional<TransportFailure> cause() {
        return Optional.ofNullable(cause);
    }

    @Override
    public String toString() {
        return "Settlement[" + outcome + ": " + message + (cause == null ? "" : " (" + cause.getMessage() + ")") + "]";
    }
}
