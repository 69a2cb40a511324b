/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import io.tollgate.cli.ratelimit.Choices.Role;
import java.util.Map;

/**
 * A limit of the bundle that is made, with the action that charges it.
 *
 * @param requests what one sidecar lets through
 * @param id of the limit
 * @param product, action what a request asks for; the resource type is always {@link #RESOURCE_TYPE}
 * @param dimension what is counted, for this limit alone
 * @param holders entries whose values have a counter each, by what they are in the directory
 * @param home the project of who is in no project by its descriptor; empty = none
 * @param scope where the limit stands
 * @param each {@code each} of the limit; empty = one counter
 */
record Limit(
        Leaf leaf,
        long requests,
        String id,
        String product,
        String action,
        String dimension,
        Map<Role, String> holders,
        String home,
        String scope,
        String each) {
    static final String RESOURCE_TYPE = "descriptor";
    static final String UNIT = "request";
    /** Who asks where no entry names an actor. */
    static final String SERVICE_TYPE = "service";

    static final String SERVICE_ID = "envoy";

    Unit unit() {
        final Unit unit = leaf.terms().unit();
        return unit == null ? Unit.DAY : unit;
    }

    /** A rate of nothing does not exist: nothing is let through per period. */
    boolean rate() {
        return unit().rate() && requests() > 0;
    }

    String per() {
        return unit().rate() && !rate() ? Unit.HOUR.per() : unit().per();
    }

    /** {@return after what time all of it may pass again, and one more of a soft limit was taken} */
    String nextWindow() {
        if (unit().rate() && !rate()) {
            return Unit.HOUR.nextWindow();
        }
        return rate() && soft() ? unit().nextWindow().replace('1', '2') : unit().nextWindow();
    }

    boolean soft() {
        return leaf.last().soft();
    }
}
