/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.credit;

import io.tollgate.core.symbol.Utf8Order;
import io.tollgate.core.world.def.TrancheDef;
import io.tollgate.core.world.def.TrancheKey;
import java.util.Comparator;
import java.util.List;

/** Which tranche of a wallet is spent first: data of the wallet, made a comparator once, when the wallet is laid down. */
final class TrancheOrder {
    private TrancheOrder() {}

    /** {@return the comparator of some keys, empty = the default; ties go by id} */
    static Comparator<TrancheDef> of(final List<TrancheKey> keys) {
        Comparator<TrancheDef> order = (a, b) -> 0;
        for (final TrancheKey key : keys.isEmpty() ? TrancheKey.DEFAULT : keys) {
            order = order.thenComparing(by(key));
        }
        return order.thenComparing(TrancheDef::id, Utf8Order.INSTANCE);
    }

    private static Comparator<TrancheDef> by(final TrancheKey key) {
        return switch (key) {
            case PRIORITY_ASC_NONE_LAST ->
                Comparator.comparing(TrancheDef::priority, Comparator.nullsLast(Comparator.naturalOrder()));
            case EXPIRY_ASC_NEVER_LAST ->
                Comparator.comparingLong(
                        tranche -> tranche.expiresAtMs() == 0 ? Long.MAX_VALUE : tranche.expiresAtMs());
            case AMOUNT_DESC -> Comparator.comparingLong(TrancheDef::amount).reversed();
        };
    }
}
