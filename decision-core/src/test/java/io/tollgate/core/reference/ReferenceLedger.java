/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.OverrideDef;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** What has been taken from everything; outlives snapshots and restarts. */
final class ReferenceLedger {
    private static final long NS_PER_MS = 1_000_000L;

    private final Map<String, ReferenceBucket> buckets = new HashMap<>();
    private final Map<String, Long> counters = new HashMap<>();

    /** Cell to the newest period or observation that anything was taken in. */
    private final Map<String, Long> newest = new HashMap<>();

    /** {@return another one with the same contents, to try things on} */
    ReferenceLedger copy() {
        final ReferenceLedger copy = new ReferenceLedger();
        buckets.forEach((key, bucket) -> copy.buckets.put(key, bucket.copy()));
        copy.counters.putAll(counters);
        copy.newest.putAll(newest);
        return copy;
    }

    long used(final ReferenceTake take) {
        return counters.getOrDefault(take.key(), 0L);
    }

    /** {@return the newest observation of a pool that anything was taken from} */
    long newest(final ReferenceTake take) {
        return newest.getOrDefault(take.cell(), take.period());
    }

    ReferenceBucket bucket(final ReferenceTake take) {
        final CeilingDef ceiling = Objects.requireNonNull(take.ceiling());
        final CeilingDef.Amount limit = Objects.requireNonNull(take.limit());
        final OverrideDef override = ceiling.override();
        return buckets.computeIfAbsent(
                        take.key(),
                        key -> new ReferenceBucket(
                                perWindow(ceiling.amount()),
                                override == null ? 1 : perWindow(override.amount()),
                                ceiling.window().lengthMs() * NS_PER_MS))
                .rate(limit.limit(), limit.burst());
    }

    private static long perWindow(final CeilingDef.Amount amount) {
        return amount.unlimited() ? 1 : amount.limit();
    }

    /** Takes whether it fits or not. {@return what a rate's give-back needs to know; zero for other kinds} */
    BigInteger take(final ReferenceTake take, final long nowNs) {
        if (take.kind() == ReferenceTake.Kind.RATE) {
            return bucket(take).take(take.amount(), nowNs);
        }
        counters.merge(take.key(), take.amount(), Math::addExact);
        newest.merge(take.cell(), take.period(), Math::max);
        return BigInteger.ZERO;
    }

    /** Gives back what was taken; of a rate what time has not given back already. */
    void giveBack(final ReferenceTake take, final BigInteger afterTake, final long nowNs) {
        if (take.kind() == ReferenceTake.Kind.RATE) {
            bucket(take).giveBack(take.amount(), afterTake, nowNs);
        } else {
            counters.merge(take.key(), -take.amount(), Math::addExact);
            if (take.kind() == ReferenceTake.Kind.PERIOD) {
                // of what was refunded before, less is left to come back
                counters.merge(take.key(), 0L, Math::max);
            }
        }
    }

    /** Gives back whoever took it: what is used at most. */
    void refund(final ReferenceTake take, final long nowNs, final ReferenceRules rules) {
        if (take.kind() == ReferenceTake.Kind.RATE) {
            bucket(take).refund(take.amount(), nowNs);
        } else {
            final long left = rules.usedAfterRefund(used(take), take.amount());
            counters.put(take.key(), left);
        }
    }
}
