/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import io.tollgate.v1.RejectedUsage;
import java.util.List;

/**
 * What became of a batch. What it acknowledges is durable.
 *
 * @param result what it means for the sender
 * @param acceptedSequence highest contiguous sequence that was accepted or rejected for good; counts with ACCEPTED and GAP
 * @param rejected of this batch
 * @param message for an operator, with anything but ACCEPTED
 */
public record Receipt(Result result, long acceptedSequence, List<RejectedUsage> rejected, String message) {
    /** How a batch may end. */
    public enum Result {
        /** It is in the ledger; some of it may have been rejected for good. */
        ACCEPTED,
        /** It begins after what is expected next: nothing of it was taken, send from acceptedSequence + 1. */
        GAP,
        /** Nothing of it was taken, and that will not change before somebody does something. */
        REFUSED,
        /** Nothing of it was taken; try again later. */
        UNAVAILABLE
    }

    static Receipt unavailable(String message) {
        return new Receipt(Result.UNAVAILABLE, 0, List.of(), message);
    }
}
