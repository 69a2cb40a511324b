/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import io.tollgate.v1.DecideRequest;
import org.jspecify.annotations.Nullable;

/**
 * What a descriptor comes to.
 *
 * @param slot     where it is counted, see {@link RateLimits#slots()}
 * @param kind     what is done
 * @param shadow   whatever the answer is, it passes
 * @param question null where nothing is asked
 * @param refusal  of {@link Kind#REFUSED}: why; else null
 */
public record LimitQuestion(
        RateLimits.Slot slot, Kind kind, boolean shadow, @Nullable DecideRequest question, @Nullable Refusal refusal) {
    /** What is done. */
    public enum Kind {
        /** Nothing is asked: the rule says unlimited. */
        UNLIMITED,
        /** Nothing is asked: no rule is for it, and the domain lets such pass. */
        PASSES,
        /** Nothing is asked: it is over the limit. */
        REFUSED,
        /** It is asked whether there is room; nothing is taken. */
        CHECK,
        /** Hits are taken, all or none. */
        TAKE,
        /** Hits are taken as far as there is room. */
        TAKE_REST,
        /** Hits are given back. */
        REFUND
    }
}
