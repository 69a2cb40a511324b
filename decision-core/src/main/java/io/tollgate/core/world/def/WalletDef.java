/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import java.util.List;

/**
 * What a scope pays from.
 *
 * @param id           unique in the snapshot
 * @param currency     as price books name it
 * @param type         gates or only warns
 * @param status       whether it pays
 * @param tranches     what is in it, in any order
 * @param trancheOrder which are spent first; empty = {@link TrancheKey#DEFAULT}. What is equal goes by id, in the order of UTF-8
 * @param thresholds   when to warn
 * @param pending      ledger usage that was not taken from the tranches yet, fixed point (money scale)
 * @param settlement   when usage of now is taken from the tranches
 */
public record WalletDef(
        String id,
        String currency,
        WalletType type,
        WalletStatus status,
        List<TrancheDef> tranches,
        List<TrancheKey> trancheOrder,
        List<WalletThresholdDef> thresholds,
        long pending,
        Settlement settlement) {
    public WalletDef {
        tranches = List.copyOf(tranches);
        trancheOrder = List.copyOf(trancheOrder);
        thresholds = List.copyOf(thresholds);
    }

    /**
     * When usage of now is settled. The instant of settlement is the last millisecond of the billing period: of the one that ends at
     * periodEndMs if that is still to come, else of the billing window's period now, else (no window, or one that never ends) now.
     *
     * @param periodEndMs end of the payer's billing period as the billing system says, milliseconds since 1970; 0 = unknown
     * @param billing     the payer's billing periods; {@link WindowDef#NONE} = unknown
     */
    public record Settlement(long periodEndMs, WindowDef billing) {
        /** Nothing is known: usage counts as settled at once. */
        public static final Settlement AT_ONCE = new Settlement(0, WindowDef.NONE);
    }
}
