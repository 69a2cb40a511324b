/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import io.tollgate.core.credit.WalletRow;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.v1.DumpScopeResponse;
import io.tollgate.v1.TrancheState;
import io.tollgate.v1.WalletState;

/** Wallets of a scope as they are now. Allocates; one thread at a time, while the world is pinned. */
final class WalletReader {
    private final CeilingReader counters;

    WalletReader(final CeilingReader counters) {
        this.counters = counters;
    }

    void addTo(final DumpScopeResponse.Builder dump, final World world, final ScopeRow row) {
        final int count = row.walletCount();
        if (count == 0) {
            return;
        }
        final WalletRow wallet = world.wallet(row.walletsRef(), new WalletRow());
        for (int i = 0; i < count; i++) {
            dump.addWallets(state(world, wallet));
            if (i + 1 < count) {
                wallet.next();
            }
        }
    }

    private WalletState state(final World world, final WalletRow wallet) {
        final long nowMs = counters.nowEpochMs();
        final long settlementMs = wallet.settlementMs(world.periods(), nowMs);
        final long now = wallet.balanceAt(nowMs);
        final long atSettlement = settlementMs == WalletRow.OUTSIDE ? 0 : wallet.balanceAt(settlementMs);
        final long limit = Math.min(now, atSettlement) - wallet.pending();
        final long used = counters.spent(wallet.cellRef());
        final WalletState.Builder state = WalletState.newBuilder()
                .setId(wallet.id())
                .setCurrency(world.currency(wallet.currencyId()))
                .setScale(world.registry().moneyScale())
                .setStatus(String.valueOf(wallet.status()))
                .setType(String.valueOf(wallet.type()))
                .setBalanceNow(now)
                .setBalanceAtSettlement(atSettlement)
                .setSettlementMs(settlementMs == WalletRow.OUTSIDE ? 0 : settlementMs)
                .setPending(wallet.pending())
                .setUsed(used)
                .setSpendable(limit < Long.MIN_VALUE + used ? Long.MIN_VALUE : limit - used);
        for (int i = 0; i < wallet.trancheCount(); i++) {
            state.addTranches(TrancheState.newBuilder()
                    .setId(wallet.trancheId(i))
                    .setRemaining(wallet.remaining(i))
                    .setStartsAtMs(wallet.startsAtMs(i))
                    .setExpiresAtMs(wallet.expiresAtMs(i))
                    .setCountsNow(wallet.countsAt(i, nowMs))
                    .setCountsAtSettlement(settlementMs != WalletRow.OUTSIDE && wallet.countsAt(i, settlementMs)));
        }
        return state.build();
    }
}
