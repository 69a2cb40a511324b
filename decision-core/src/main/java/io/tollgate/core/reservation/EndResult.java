/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

/** What {@link ReservationDesk} found out in its last call. Reused; belongs to the desk's thread. */
public final class EndResult {
    EndOutcome outcome = EndOutcome.UNKNOWN;
    int usage;
    boolean late;
    boolean repeated;

    /** An empty result, to be filled. */
    public EndResult() {}

    /** {@return what became of it} */
    public EndOutcome outcome() {
        return outcome;
    }

    /** {@return which usage the outcome is about, where it is about one} */
    public int usage() {
        return usage;
    }

    /** {@return EXPIRED: whether what was used has been recorded after all} */
    public boolean recordedLate() {
        return late;
    }

    /** {@return whether it had ended before this call, which changed nothing} */
    public boolean repeated() {
        return repeated;
    }

    EndOutcome set(EndOutcome found) {
        outcome = found;
        usage = 0;
        late = false;
        repeated = false;
        return found;
    }
}
