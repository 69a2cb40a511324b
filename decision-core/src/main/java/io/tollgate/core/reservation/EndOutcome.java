/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

/** What became of a call on a reservation; the codes up to UNKNOWN are those of {@code tollgate.v1.ReservationOutcome}. */
public enum EndOutcome {
    /** Settled with no more than was reserved. */
    SETTLED(1),
    /** Given back whole. */
    RELEASED(2),
    /** Its time is over: nothing of it is held any more. */
    EXPIRED(3),
    /** Settled with more than was reserved; the rest is recorded as debt. */
    OVERRUN(4),
    /** No such reservation, or no longer remembered. */
    UNKNOWN(5),
    /** Somebody else is in the middle of ending or extending it; try again. */
    BUSY(0),
    /** A usage has a unit that the operation does not accept; nothing changed. */
    UNIT_NOT_ACCEPTED(0),
    /** The usage journal is full or has failed; nothing changed, the reservation stays open. */
    JOURNAL_FULL(0),
    /** A usage is negative; nothing changed. */
    AMOUNT_NEGATIVE(0);

    private final int code;

    EndOutcome(int code) {
        this.code = code;
    }

    /** {@return the number on the wire, 0 for what is no outcome} */
    public int code() {
        return code;
    }
}
