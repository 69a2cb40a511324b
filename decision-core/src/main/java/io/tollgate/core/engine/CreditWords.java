/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Reason;
import io.tollgate.core.credit.PriceBook;
import io.tollgate.core.credit.WalletRow;
import io.tollgate.core.explain.CostView;
import io.tollgate.core.explain.Money;
import io.tollgate.core.world.World;
import io.tollgate.core.world.def.PriceDef;
import java.time.Instant;
import java.util.Comparator;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What stage CREDIT saw, in words: for callers nothing but their own request and wallet, for operators all of it. Allocates.
 */
final class CreditWords {
    private final DecisionViews views;
    private final WalletRow wallet = new WalletRow();

    CreditWords(final DecisionViews views) {
        this.views = views;
    }

    /** {@return why credit denies, for the caller} */
    String deny(final Decision decision) {
        final CostState cost = decision.cost();
        final World world = decision.world();
        final CostView view = views.cost(decision);
        return switch (cost.issue()) {
            case FROZEN -> "The wallet that pays is frozen" + (view == null ? "." : "; " + estimate(view) + ".");
            case NO_WALLET -> "There is no wallet to pay from.";
            case NO_PRICE_MATCHES, NOTHING_PRICED -> "There is no price for this.";
            case COST_OVERFLOWS -> "The cost is too large to be paid.";
            default -> {
                if (view == null || world == null) {
                    yield "There is not enough credit.";
                }
                yield sentence(estimate(view)) + ", "
                        + Money.text(Math.max(0, view.spendable()), view.scale(), view.currency()) + " is left.";
            }
        };
    }

    /** {@return "estimated to cost 3.84 USD", or null when the decision costs nothing that is known} */
    @Nullable
    String estimate(final Decision decision) {
        final CostState cost = decision.cost();
        final World world = decision.world();
        if (world == null || !cost.known()) {
            return null;
        }
        final String currency = world.prices().book(cost.book()).currency();
        return "estimated to cost " + Money.text(cost.amount(), world.registry().moneyScale(), currency);
    }

    private static String sentence(final String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private static String estimate(final CostView view) {
        return "estimated to cost " + Money.text(view.amount(), view.scale(), view.currency());
    }

    /** {@return a warning of a low balance, as the end of a sentence} */
    String low(final Decision decision) {
        final CostView view = views.cost(decision);
        if (view == null) {
            return "the balance is low.";
        }
        final String left = Money.text(Math.abs(view.spendable()), view.scale(), view.currency());
        return "the balance of wallet '" + view.walletId() + "' is low: "
                + (view.spendable() < 0 ? "overdrawn by " + left : left + " is left") + ".";
    }

    /** {@return all that was looked at, for operators} */
    String detail(final Evaluation evaluation, final Reason reason) {
        final CreditFacts facts = evaluation.credit;
        if (evaluation.operation == null || !evaluation.operation.creditGated()) {
            return "the operation is not gated by credit";
        }
        if (facts.issue == CreditIssue.NO_WALLET) {
            return "no scope of the place has a wallet in a currency that there are prices in: "
                    + currencies(evaluation.world);
        }
        if (reason == Reason.INTERNAL) {
            return evaluation.decision.fault().message();
        }
        final String frozen = facts.issue == CreditIssue.FROZEN ? ", which is FROZEN" : "";
        final String payer = payer(evaluation, facts) + frozen;
        if (facts.unpricedCharge >= 0) {
            return payer + "; " + unpriced(evaluation, facts);
        }
        if (facts.cost == CreditFacts.UNKNOWN_COST) {
            return payer + "; " + unknown(evaluation, facts);
        }
        return costs(evaluation, facts) + "; " + payer + ": " + balance(evaluation, facts);
    }

    private static String currencies(final World world) {
        final TreeSet<String> names = new TreeSet<>();
        for (int i = 0; i < world.prices().size(); i++) {
            names.add(world.prices().book(i).currency());
        }
        return names.isEmpty() ? "there is no price book" : String.join(", ", names);
    }

    private String payer(final Evaluation evaluation, final CreditFacts facts) {
        evaluation.world.wallet(facts.walletRef, wallet);
        return "wallet '" + wallet.id() + "' of "
                + views.scope(evaluation.world, facts.payerRow).path() + " (" + wallet.type() + ") pays";
    }

    private String unpriced(final Evaluation evaluation, final CreditFacts facts) {
        final World world = evaluation.world;
        final PriceBook book = world.prices().book(facts.book);
        final int dimension = evaluation.chargeDimensions[facts.unpricedCharge];
        final TreeSet<String> names = new TreeSet<>(Comparator.naturalOrder());
        for (final PriceDef price : book.prices()) {
            if (price.dimensionId() == dimension) {
                names.addAll(price.match().keySet());
            }
        }
        final String looked = names.stream()
                .map(name -> {
                    final String text =
                            facts.texts.text(world.registry().attributes().find(name));
                    return name + (text == null ? " is not stated" : " is '" + text + "'");
                })
                .collect(Collectors.joining(", "));
        return "no price of " + named(book) + " for "
                + world.registry().dimensions().name(dimension) + " matches: " + looked;
    }

    private static String unknown(final Evaluation evaluation, final CreditFacts facts) {
        final PriceBook book = evaluation.world.prices().book(facts.book);
        for (int i = 0; i < evaluation.chargeCount; i++) {
            if (facts.prices[i] >= 0) {
                return "the cost is beyond what can be counted";
            }
        }
        return named(book) + " has no price for anything that the operation charges";
    }

    private static String named(final PriceBook book) {
        return "price book '" + book.id() + "' version " + book.version();
    }

    private static String costs(final Evaluation evaluation, final CreditFacts facts) {
        final World world = evaluation.world;
        final PriceBook book = world.prices().book(facts.book);
        final int scale = world.registry().moneyScale();
        final StringBuilder text = new StringBuilder("estimated to cost ")
                .append(Money.text(facts.cost, scale, book.currency()))
                .append(" by ")
                .append(named(book));
        String separator = ": ";
        for (int i = 0; i < evaluation.chargeCount; i++) {
            if (facts.prices[i] >= 0) {
                final PriceDef price = book.price(facts.prices[i]);
                text.append(separator)
                        .append(evaluation.chargeAmounts[i])
                        .append(' ')
                        .append(world.registry().dimensions().name(evaluation.chargeDimensions[i]))
                        .append(" at ")
                        .append(Money.text(price.amount(), scale, book.currency()))
                        .append(" per ")
                        .append(price.perQuantity())
                        .append(match(price));
                separator = ", ";
            }
        }
        return text.toString();
    }

    private static String match(final PriceDef price) {
        return price.match().isEmpty()
                ? " (for all)"
                : price.match().entrySet().stream()
                        .map(entry -> entry.getKey() + " '" + entry.getValue() + "'")
                        .sorted()
                        .collect(Collectors.joining(", ", " (", ")"));
    }

    private String balance(final Evaluation evaluation, final CreditFacts facts) {
        final World world = evaluation.world;
        final int scale = world.registry().moneyScale();
        final String currency = world.prices().book(facts.book).currency();
        final CostState cost = evaluation.decision.cost();
        final CostView view = views.cost(evaluation.decision);
        if (view == null) {
            return "its balance was not read, the counters were too busy";
        }
        final String shares = view.shares().stream()
                .map(share -> "'" + share.trancheId() + "' " + Money.text(share.amount(), scale, currency))
                .collect(Collectors.joining(", "));
        return Money.text(facts.balanceNow, scale, currency) + " count now, "
                + Money.text(facts.balanceAtSettlement, scale, currency) + " at settlement ("
                + Instant.ofEpochMilli(facts.settlementMs) + "), less "
                + Money.text(facts.pending, scale, currency) + " pending and "
                + Money.text(cost.usedBefore(), scale, currency) + " held or used here; "
                + Money.text(view.spendable(), scale, currency) + " can be spent"
                + (shares.isEmpty() ? ", no tranche pays" : ", from " + shares);
    }
}
