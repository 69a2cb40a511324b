/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.quota.CellKind;
import io.tollgate.core.quota.Gcra;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.world.CeilingRow;

/**
 * How long until what a ceiling denies would fit if nothing else arrives. Under an override that ends before, the ceiling's own amount
 * counts from then on: it may let through what the override never does, or make the wait longer. One worker's; allocates nothing.
 */
final class DenialWait {
    private static final long NS_PER_MS = 1_000_000L;
    private static final long LAST_MS = Long.MAX_VALUE / NS_PER_MS;

    private final TakePlan plan;
    private final CeilingRow ceiling = new CeilingRow();

    DenialWait(final TakePlan plan) {
        this.plan = plan;
    }

    /**
     * {@return nanoseconds, {@link TakePlan#WHEN_RELEASED} or {@link Gcra#NEVER}}
     *
     * @param entry of the plan, of a ceiling that does not fit
     */
    long ns(final Evaluation evaluation, final int entry) {
        final long waitNs = plan.retryAfterNs(entry);
        ceiling.wrap(evaluation.world, plan.tag(entry)).at(evaluation.nowEpochMs);
        if (!ceiling.overridden() || ceiling.overrideExpiresAtMs() > LAST_MS) {
            return waitNs;
        }
        final long endMs = ceiling.overrideExpiresAtMs();
        final long untilEndNs = endMs * NS_PER_MS - evaluation.nowEpochNs;
        if (waitNs < untilEndNs) {
            return waitNs;
        }
        ceiling.wrap(evaluation.world, plan.tag(entry));
        final long thenNs = afterwardsNs(entry, endMs);
        if (waitNs == TakePlan.WHEN_RELEASED && thenNs != 0) {
            return waitNs; // what is released before the end may help
        }
        return thenNs >= TakePlan.WHEN_RELEASED ? thenNs : untilEndNs + thenNs;
    }

    /** The wait of one who asks at the end of the override. */
    private long afterwardsNs(final int entry, final long endMs) {
        final boolean rate = plan.kind(entry) == CellKind.RATE;
        if (rate && ceiling.unlimited()) {
            return 0;
        }
        if (rate) {
            return Gcra.retryAfterNs(
                    plan.found(entry),
                    endMs * NS_PER_MS,
                    RateWords.multiplier(ceiling),
                    RateWords.unitsPerToken(ceiling),
                    RateWords.burst(ceiling),
                    plan.amount(entry));
        }
        final long amount = plan.amount(entry);
        final long resetMs = plan.resetEpochMs(entry);
        final long used = resetMs <= endMs ? 0 : plan.found(entry);
        if (amount <= Long.MAX_VALUE - used && (ceiling.unlimited() || used + amount <= ceiling.limit())) {
            return 0;
        }
        if (amount > ceiling.limit()) {
            return Gcra.NEVER;
        }
        if (plan.kind(entry) == CellKind.GAUGE) {
            return TakePlan.WHEN_RELEASED;
        }
        return resetMs > LAST_MS ? Gcra.NEVER : (resetMs - endMs) * NS_PER_MS;
    }
}
