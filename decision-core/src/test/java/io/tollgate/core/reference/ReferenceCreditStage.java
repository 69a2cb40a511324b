/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Reason;
import io.tollgate.core.Severity;
import io.tollgate.core.world.def.OperationDef;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.Map;

/** Stage 5: can the payer pay? */
final class ReferenceCreditStage {
    private ReferenceCreditStage() {}

    static Reason evaluate(final ReferenceContext context, final OperationDef operation, final ReferenceLedger ledger) {
        if (!operation.traits().creditGated()) {
            return Reason.OK;
        }
        final ReferencePayer payer = ReferencePayer.of(context);
        if (payer == null) {
            return Reason.CREDIT_EXHAUSTED;
        }
        final Map<Integer, ReferencePriceBook.Price> prices =
                ReferencePrices.choose(payer.book(), context.charges.keySet(), ReferenceAttributes.of(context));
        final Long cost = prices == null ? null : ReferencePrices.cost(prices, context.charges);
        final ReferenceWallet wallet = payer.wallet();
        final ReferenceTake take = new ReferenceTake(
                ReferenceTake.Kind.WALLET,
                wallet.scopePath() + " " + wallet.id() + " " + wallet.currency(),
                0,
                cost == null ? 0 : cost,
                !wallet.prePaid(),
                ReferenceTake.MONEY,
                null,
                null);
        final BigInteger spendable = spendable(context, wallet, ledger.used(take));
        if (cost != null) {
            context.prices = prices;
            context.cost = new ReferenceCost(payer, take, cost, spendable, shares(context, wallet, take, ledger));
        }
        if (wallet.status() == ReferenceWallet.Status.FROZEN) {
            return Reason.WALLET_FROZEN;
        } else if (prices == null) {
            return Reason.PRICE_UNKNOWN;
        } else if (cost == null) {
            return Reason.CREDIT_EXHAUSTED;
        }
        return judge(context, wallet, take, spendable);
    }

    private static Reason judge(
            final ReferenceContext context,
            final ReferenceWallet wallet,
            final ReferenceTake take,
            final BigInteger spendable) {
        final BigInteger cost = BigInteger.valueOf(take.amount());
        final boolean covered = cost.compareTo(spendable) <= 0;
        if (take.amount() > 0 && wallet.prePaid() && !covered) {
            return Reason.CREDIT_EXHAUSTED;
        }
        context.takes.add(take);
        if (!wallet.prePaid() && !covered) {
            context.warnReasons.add(Reason.CREDIT_LOW);
            warn(context, wallet, Severity.WARNING);
            return Reason.OK;
        }
        wallet.thresholds().stream()
                .filter(threshold -> spendable.subtract(cost).compareTo(BigInteger.valueOf(threshold.below())) < 0)
                .map(ReferenceWallet.Threshold::severity)
                .max(Comparator.naturalOrder())
                .ifPresent(severity -> warn(context, wallet, severity));
        return Reason.OK;
    }

    /** {@return min(what tranches active now can pay, what tranches valid at settlement can pay) - pending - used} */
    private static BigInteger spendable(final ReferenceContext context, final ReferenceWallet wallet, final long used) {
        final long nowMs = context.nowEpochMs();
        final BigInteger now = ReferenceTranches.view(wallet, nowMs);
        final BigInteger settled = ReferenceTranches.view(wallet, ReferenceTranches.settlementMs(wallet, nowMs));
        return context.rules
                .view(now, settled)
                .subtract(BigInteger.valueOf(wallet.pending()))
                .subtract(BigInteger.valueOf(used));
    }

    private static java.util.List<ReferenceAnswer.Share> shares(
            final ReferenceContext context,
            final ReferenceWallet wallet,
            final ReferenceTake take,
            final ReferenceLedger ledger) {
        if (!wallet.prePaid()) {
            return java.util.List.of();
        }
        final BigInteger spent = BigInteger.valueOf(wallet.pending()).add(BigInteger.valueOf(ledger.used(take)));
        final long settlementMs = ReferenceTranches.settlementMs(wallet, context.nowEpochMs());
        return ReferenceTranches.shares(wallet, settlementMs, spent, take.amount(), context.rules);
    }

    private static void warn(final ReferenceContext context, final ReferenceWallet wallet, final Severity severity) {
        context.warnings.add(
                new ReferenceAnswer.WarningLine(Reason.CREDIT_LOW, severity, wallet.id(), wallet.scopePath()));
    }
}
