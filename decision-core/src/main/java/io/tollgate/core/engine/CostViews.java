/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.credit.PriceBook;
import io.tollgate.core.credit.WalletRow;
import io.tollgate.core.explain.CostView;
import io.tollgate.core.explain.ScopeName;
import io.tollgate.core.world.World;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a decision costs, as names and numbers; works out which tranches pay. Cold: allocates. One thread. */
final class CostViews {
    private final WalletRow wallet = new WalletRow();

    /** {@return what it costs, or null when that is not known} */
    @Nullable
    CostView of(final World world, final CostState cost, final ScopeName payer) {
        if (!cost.known()) {
            return null;
        }
        final PriceBook book = world.prices().book(cost.book());
        world.wallet(cost.walletRef(), wallet);
        return new CostView(
                cost.amount(),
                world.registry().moneyScale(),
                book.currency(),
                book.version(),
                book.id(),
                wallet.id(),
                payer,
                cost.spendable(),
                shares(cost));
    }

    /** Of the tranches that count at settlement, in their order, the first are spent already; this request pays out of the next. */
    private List<CostView.Share> shares(final CostState cost) {
        final List<CostView.Share> shares = new ArrayList<>();
        if (cost.postPaid()) {
            return shares;
        }
        long spent = sum(cost.pending(), Math.max(0, cost.usedBefore()));
        long left = cost.amount();
        for (int i = 0; i < wallet.trancheCount() && left > 0; i++) {
            if (!wallet.countsAt(i, cost.settlementMs())) {
                continue;
            }
            final long remaining = wallet.remaining(i);
            final long unspent = Math.max(0, remaining - spent);
            spent = Math.max(0, spent - remaining);
            final long pays = Math.min(unspent, left);
            left -= pays;
            if (pays > 0) {
                add(shares, wallet.trancheId(i), pays);
            }
        }
        return shares;
    }

    private static void add(final List<CostView.Share> shares, final String trancheId, final long pays) {
        if (shares.size() < CostView.MAX_SHARES) {
            shares.add(new CostView.Share(trancheId, pays));
        } else {
            final CostView.Share last = shares.remove(CostView.MAX_SHARES - 1);
            shares.add(new CostView.Share(last.trancheId(), last.amount() + pays));
        }
    }

    private static long sum(final long a, final long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }
}
