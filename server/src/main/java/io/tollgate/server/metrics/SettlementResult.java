/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.metrics;

import java.util.Locale;

/** What became of a reservation by an entry of Envoy's access log. */
public enum SettlementResult {
    /** Settled with no more than was reserved. */
    SETTLED,
    /** Settled with more than was reserved; the rest is recorded as debt. */
    OVERRUN,
    /** Given back whole. */
    RELEASED,
    /** Its time was over: nothing was held any more, and nothing was to be recorded. */
    EXPIRED,
    /** Its time was over, and what was used has been recorded after all. */
    LATE,
    /** Left until it expires, as the rule says. */
    LEFT,
    /** It had ended before: the entry came twice, or several requests shared it, or the application was first. */
    REPEATED,
    /** No such reservation, or no longer remembered, or its rule is none of the mapping any more. */
    UNKNOWN,
    /** The entry or the operation does not allow it: what was reserved is not told, or a unit is not accepted. */
    INVALID,
    /** Could not be done at the time and was not tried any more: too many waited, or it failed too often. */
    GIVEN_UP;

    /** {@return value of the metric's label "result"} */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
