/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import org.jspecify.annotations.Nullable;

/**
 * Credits that came into a wallet together. It counts from its start, and no longer at its end.
 *
 * @param id          unique in its wallet
 * @param amount      what was given, fixed point (money scale)
 * @param remaining   what the ledger has left of it, fixed point
 * @param startsAtMs  milliseconds since 1970; 0 = at once
 * @param expiresAtMs milliseconds since 1970; 0 = never
 * @param priority    lower is spent first; null = none
 */
public record TrancheDef(
        String id, long amount, long remaining, long startsAtMs, long expiresAtMs, @Nullable Integer priority) {
    /** {@return whether it counts at an instant} */
    public boolean countsAt(final long epochMs) {
        return startsAtMs <= epochMs && (expiresAtMs == 0 || epochMs < expiresAtMs);
    }
}
