/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.core.quota.RateSpec;
import io.tollgate.core.quota.RateTerms;
import org.jspecify.annotations.Nullable;

/**
 * A rate and until when an override takes its place.
 *
 * @param terms both rates
 * @param overriddenUntilMs milliseconds since 1970, or {@link #NO_OVERRIDE}
 */
record TimedRate(RateTerms terms, long overriddenUntilMs) {
    static final long NO_OVERRIDE = Long.MIN_VALUE;

    private static final long NS_PER_MS = 1_000_000L;

    /** {@return the rate in force at a time; null = unlimited} */
    @Nullable
    RateSpec at(long epochNs) {
        return Math.floorDiv(epochNs, NS_PER_MS) < overriddenUntilMs ? terms.overriding() : terms.own();
    }
}
