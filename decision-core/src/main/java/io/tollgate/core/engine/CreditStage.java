/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Reason;
import io.tollgate.core.Severity;
import io.tollgate.core.credit.Cost;
import io.tollgate.core.credit.PriceBook;
import io.tollgate.core.credit.PriceBooks;
import io.tollgate.core.credit.WalletRow;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;

/**
 * Stage CREDIT: can the balance pay for it? The nearest scope of the place that has a wallet of a priced currency pays; the wallet is one
 * entry of the plan, a gauge of money: what is spent of it is what is held or was used and is not in the ledger yet.
 */
final class CreditStage {
    private final TakePlan plan;
    private final ScopeRow scope = new ScopeRow();
    private final WalletRow wallet = new WalletRow();

    CreditStage(final TakePlan plan) {
        this.plan = plan;
    }

    /** Adds the wallet's entry; {@return what no counter can mend, else OK}. */
    Reason collect(final Evaluation evaluation) {
        final CreditFacts facts = evaluation.credit;
        facts.reset();
        if (evaluation.operation == null || !evaluation.operation.creditGated()) {
            return Reason.OK;
        }
        if (!choosePayer(evaluation, facts)) {
            return because(facts, CreditIssue.NO_WALLET, Reason.CREDIT_EXHAUSTED);
        }
        evaluation.world.wallet(facts.walletRef, wallet);
        final Reason priced = price(evaluation, facts);
        if (facts.cost != CreditFacts.UNKNOWN_COST && !add(evaluation, facts)) {
            return evaluation.decision.fault(Fault.WALLET_UNUSABLE, Reason.INTERNAL);
        }
        return wallet.frozen() ? because(facts, CreditIssue.FROZEN, Reason.WALLET_FROZEN) : priced;
    }

    private static Reason because(final CreditFacts facts, final CreditIssue issue, final Reason reason) {
        facts.issue = issue;
        return reason;
    }

    /** From the leaf up; of several wallets of a scope the writer put those first that are chosen first. */
    private boolean choosePayer(final Evaluation evaluation, final CreditFacts facts) {
        final World world = evaluation.world;
        for (int i = evaluation.chainLength - 1; i >= 0; i--) {
            scope.wrap(world, evaluation.chain[i]);
            final int count = scope.walletCount();
            if (count == 0) {
                continue;
            }
            world.wallet(scope.walletsRef(), wallet);
            for (int w = 0; w < count; w++) {
                final int book = wallet.closed() ? PriceBooks.NONE : world.bookOfCurrency(wallet.currencyId());
                if (book >= 0 && (facts.book < 0 || book < facts.book)) {
                    facts.book = book;
                    facts.walletRef = wallet.ref();
                }
                if (w + 1 < count) {
                    wallet.next();
                }
            }
            if (facts.book >= 0) {
                facts.payerRow = scope.ref();
                return true;
            }
        }
        return false;
    }

    /** Sums up the cost, each dimension rounded up. */
    private static Reason price(final Evaluation evaluation, final CreditFacts facts) {
        final PriceBook book = evaluation.world.prices().book(facts.book);
        facts.query.begin(book);
        long sum = 0;
        boolean any = false;
        boolean overflows = false;
        for (int i = 0; i < evaluation.chargeCount; i++) {
            final int price = book.find(evaluation.chargeDimensions[i], facts.query);
            facts.prices[i] = price;
            if (price == PriceBook.NO_MATCH) {
                facts.unpricedCharge = i;
                return because(facts, CreditIssue.NO_PRICE_MATCHES, Reason.PRICE_UNKNOWN);
            }
            if (price >= 0) {
                any = true;
                final long cost = Cost.of(evaluation.chargeAmounts[i], book.amount(price), book.perQuantity(price));
                overflows |= cost == Cost.OVERFLOW || cost > Long.MAX_VALUE - sum;
                sum = overflows ? 0 : sum + cost;
            }
        }
        if (!any) {
            return because(facts, CreditIssue.NOTHING_PRICED, Reason.PRICE_UNKNOWN);
        }
        if (overflows) {
            return because(facts, CreditIssue.COST_OVERFLOWS, Reason.CREDIT_EXHAUSTED);
        }
        facts.cost = sum;
        return Reason.OK;
    }

    private boolean add(final Evaluation evaluation, final CreditFacts facts) {
        facts.settlementMs = wallet.settlementMs(evaluation.periods, evaluation.nowEpochMs);
        if (facts.settlementMs == WalletRow.OUTSIDE) {
            facts.cost = CreditFacts.UNKNOWN_COST;
            return false;
        }
        facts.postPaid = wallet.postPaid();
        facts.pending = wallet.pending();
        facts.balanceNow = wallet.balanceAt(evaluation.nowEpochMs);
        facts.balanceAtSettlement =
                facts.settlementMs == evaluation.nowEpochMs ? facts.balanceNow : wallet.balanceAt(facts.settlementMs);
        final int entry = plan.addBalance(
                wallet.cellRef(), facts.limit(), facts.cost, facts.postPaid ? TakePlan.SOFT : TakePlan.HARD);
        if (entry < 0) {
            facts.cost = CreditFacts.UNKNOWN_COST;
            return false;
        }
        plan.setTag(entry, facts.walletRef);
        facts.entry = entry;
        return true;
    }

    /** {@return why credit denies, once the plan was read; OK when it does not} */
    Reason verdict(final Evaluation evaluation) {
        final CreditFacts facts = evaluation.credit;
        evaluation.decision.cost.show(plan, facts);
        if (evaluation.creditReason == Reason.OK && facts.entry >= 0 && !plan.fits(facts.entry)) {
            evaluation.decision.cost.issue(CreditIssue.NOT_ENOUGH);
            return because(facts, CreditIssue.NOT_ENOUGH, Reason.CREDIT_EXHAUSTED);
        }
        return evaluation.creditReason;
    }

    /** Nothing denies: warns of a low balance, once, as loudly as the severest threshold says. */
    void admit(final Evaluation evaluation) {
        final CreditFacts facts = evaluation.credit;
        if (facts.entry < 0) {
            return;
        }
        final Decision decision = evaluation.decision;
        if (facts.postPaid && plan.overLimit(facts.entry)) {
            decision.warnings.add(Reason.CREDIT_LOW, Severity.WARNING, 0);
            decision.warned(Reason.CREDIT_LOW);
            return;
        }
        final long left = plan.remaining(facts.entry);
        final long after = plan.taken() ? left : less(left, facts.cost);
        evaluation.world.wallet(facts.walletRef, wallet);
        int severest = 0;
        for (int i = 0, count = wallet.thresholdCount(); i < count; i++) {
            if (after < wallet.thresholdBelow(i)) {
                severest = Math.max(severest, wallet.thresholdSeverityCode(i));
            }
        }
        final Severity severity = Severity.ofCode(severest);
        if (severity != null) {
            decision.warnings.add(Reason.CREDIT_LOW, severity, 0);
        }
    }

    private static long less(final long left, final long cost) {
        return left < Long.MIN_VALUE + cost ? Long.MIN_VALUE : left - cost;
    }
}
