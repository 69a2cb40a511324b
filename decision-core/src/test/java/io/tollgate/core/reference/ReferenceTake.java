/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.world.def.CeilingDef;
import org.jspecify.annotations.Nullable;

/**
 * One counter that a request takes from, and how much.
 *
 * @param kind        how it counts
 * @param cell        whose counter
 * @param period      start of the period, or the observation, that it counts in; 0 where there is none
 * @param amount      how much
 * @param soft        counts and never denies
 * @param dimensionId what; {@link #MONEY} for a wallet
 * @param ceiling     of RATE, PERIOD and GAUGE
 * @param limit       what the ceiling lets through at the time of the take: its own, or its override's
 */
record ReferenceTake(
        Kind kind,
        String cell,
        long period,
        long amount,
        boolean soft,
        int dimensionId,
        @Nullable CeilingDef ceiling,
        CeilingDef.@Nullable Amount limit) {
    static final int MONEY = -1;

    enum Kind {
        RATE,
        PERIOD,
        GAUGE,
        WALLET,
        POOL
    }

    String key() {
        return cell + " " + period;
    }

    ReferenceTake of(final long other) {
        return new ReferenceTake(kind, cell, period, other, soft, dimensionId, ceiling, limit);
    }

    ReferenceTake under(final CeilingDef.Amount other) {
        return new ReferenceTake(kind, cell, period, amount, soft, dimensionId, ceiling, other);
    }

    ReferenceTake in(final long otherPeriod) {
        return new ReferenceTake(kind, cell, otherPeriod, amount, soft, dimensionId, ceiling, limit);
    }
}
