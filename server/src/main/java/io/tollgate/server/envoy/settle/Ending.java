/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.settle;

import io.tollgate.v1.SettleRequest;

/**
 * What an entry of the access log means for a reservation.
 *
 * @param kind    what is to be done
 * @param request the reservation, and what was used of it where it settles
 * @param missing amounts that the response did not say
 * @param invalid amounts that it said in a way that is none
 */
public record Ending(Kind kind, SettleRequest request, int missing, int invalid) {
    /** What is to be done. */
    public enum Kind {
        /** Nothing: no final entry, or of a request without such a reservation. */
        NONE,
        /** Settle it with the amounts of the request. */
        SETTLE,
        /** Give it back. */
        RELEASE,
        /** Leave it until it expires, as the rule says. */
        LEAVE,
        /** Nothing can be done: the rule is none of this mapping. */
        UNKNOWN_RULE,
        /** Nothing can be done: what was reserved is not told, and needed. */
        UNREADABLE
    }

    static final Ending NOTHING = new Ending(Kind.NONE, SettleRequest.getDefaultInstance(), 0, 0);
}
