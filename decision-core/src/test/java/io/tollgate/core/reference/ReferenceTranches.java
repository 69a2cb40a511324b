/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.world.def.Period;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What a wallet can pay, and out of what. */
final class ReferenceTranches {
    private static final int MOST_SHARES = 8;

    private ReferenceTranches() {}

    /** {@return the last millisecond of the payer's billing period now; now where none is known} */
    static long settlementMs(final ReferenceWallet wallet, final long nowMs) {
        if (wallet.periodEndMs() > nowMs) {
            return wallet.periodEndMs() - 1;
        }
        if (wallet.billing().period() == Period.NONE) {
            return nowMs;
        }
        final long endMs = ReferencePeriods.at(wallet.billing(), nowMs).endMs();
        return endMs == ReferencePeriods.NEVER_ENDS ? nowMs : endMs - 1;
    }

    /** {@return what the tranches that are valid then can pay together} */
    static BigInteger view(final ReferenceWallet wallet, final long epochMs) {
        BigInteger sum = BigInteger.ZERO;
        for (final ReferenceWallet.Tranche tranche : wallet.tranches()) {
            if (tranche.validAt(epochMs)) {
                sum = sum.add(BigInteger.valueOf(tranche.remaining()));
            }
        }
        return sum;
    }

    /** {@return which comes first: the wallet's keys in turn, then the id} */
    static Comparator<ReferenceWallet.Tranche> order(final ReferenceWallet wallet, final ReferenceRules rules) {
        Comparator<ReferenceWallet.Tranche> order = (a, b) -> 0;
        for (final ReferenceWallet.Order key : wallet.order()) {
            order = order.thenComparing(by(key));
        }
        return order.thenComparing(rules.trancheTie());
    }

    private static Comparator<ReferenceWallet.Tranche> by(final ReferenceWallet.Order key) {
        return switch (key) {
            case PRIORITY ->
                Comparator.comparingLong(tranche -> tranche.priority() == null ? Long.MAX_VALUE : tranche.priority());
            case EXPIRY ->
                Comparator.comparingLong(
                        tranche -> tranche.expiresAtMs() == 0 ? Long.MAX_VALUE : tranche.expiresAtMs());
            case AMOUNT ->
                Comparator.comparingLong(ReferenceWallet.Tranche::amount).reversed();
        };
    }

    /** {@return which tranches pay a cost when so much of them is spent before; what they cannot cover has no share} */
    static List<ReferenceAnswer.Share> shares(
            final ReferenceWallet wallet,
            final long settlementMs,
            final BigInteger spentBefore,
            final long cost,
            final ReferenceRules rules) {
        final List<ReferenceAnswer.Share> shares = new ArrayList<>();
        BigInteger skip = spentBefore;
        BigInteger left = BigInteger.valueOf(cost);
        for (final ReferenceWallet.Tranche tranche :
                wallet.tranches().stream().sorted(order(wallet, rules)).toList()) {
            if (!tranche.validAt(settlementMs)) {
                continue;
            }
            final BigInteger has = BigInteger.valueOf(tranche.remaining());
            final BigInteger unspent = has.subtract(skip).max(BigInteger.ZERO);
            skip = skip.subtract(has).max(BigInteger.ZERO);
            final long pays = unspent.min(left).longValueExact();
            left = left.subtract(BigInteger.valueOf(pays));
            if (pays > 0) {
                if (shares.size() < MOST_SHARES) {
                    shares.add(new ReferenceAnswer.Share(tranche.id(), pays));
                } else {
                    final ReferenceAnswer.Share last = shares.remove(MOST_SHARES - 1);
                    shares.add(new ReferenceAnswer.Share(last.trancheId(), last.amount() + pays));
                }
            }
        }
        return shares;
    }
}
