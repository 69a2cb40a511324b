/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DumpScopeResponse;
import io.tollgate.v1.ExplainedRule;
import io.tollgate.v1.ExplainedScope;
import io.tollgate.v1.PoolState;
import io.tollgate.v1.TrancheState;
import io.tollgate.v1.WalletState;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The text of {@code tollgate dump-scope}: a scope with what hangs on it. */
public final class ScopeText {
    private ScopeText() {}

    public static String of(DumpScopeResponse dump, Paint paint) {
        final Page page = new Page(paint);
        page.line(Style.BOLD, Words.scope(dump.getScope()));
        page.fact("name", dump.getDisplayName());
        page.fact("state", dump.getState());
        page.fact("subscribed", dump.getSubscriptionStatus());
        page.fact("roles", String.join(", ", dump.getRolesList()));
        page.fact("features", String.join(", ", dump.getFeaturesList()));
        page.table("Chain, from global to here", chain(dump.getChainList()));
        final Table ceilings = ExplanationText.ceilingColumns(new Table()).text("resets");
        for (CeilingState state : dump.getCeilingsList()) {
            ceilings.row(!state.getUnlimited() && state.getRemaining() <= 0);
            ExplanationText.ceilingCells(ceilings, state);
            ceilings.cell(ExplanationText.resets(state)).note(ExplanationText.ceilingNote(state, "", ""));
        }
        page.table("Ceilings (> = used up)", ceilings);
        page.table("Wallets (> = nothing can be spent)", wallets(dump.getWalletsList()));
        page.table("Pools (> = nothing left)", pools(dump.getPoolsList()));
        page.table("Rules", rules(dump.getRulesList()));
        return page.toString();
    }

    /** Without a request nobody says yes yet, so authority is not shown. */
    private static Table chain(List<ExplainedScope> chain) {
        final Table table = new Table().text("scope").text("name").number("rules");
        for (ExplainedScope scope : chain) {
            table.row(false)
                    .cell(Words.scope(scope.getScope()))
                    .cell(scope.getDisplayName())
                    .cell(Human.number(scope.getRuleCount()));
        }
        return table;
    }

    private static Table wallets(List<WalletState> wallets) {
        final Table table = new Table()
                .text("wallet")
                .text("kind")
                .text("status")
                .number("now")
                .number("at settlement")
                .number("pending")
                .number("spent here")
                .number("can be spent");
        for (WalletState wallet : wallets) {
            table.row(wallet.getSpendable() <= 0)
                    .cell(wallet.getId())
                    .cell(wallet.getType().toLowerCase(Locale.ROOT).replace("_", ""))
                    .cell(wallet.getStatus().toLowerCase(Locale.ROOT))
                    .cell(money(wallet, wallet.getBalanceNow()))
                    .cell(money(wallet, wallet.getBalanceAtSettlement()))
                    .cell(money(wallet, wallet.getPending()))
                    .cell(money(wallet, wallet.getUsed()))
                    .cell(money(wallet, wallet.getSpendable()))
                    .note(tranches(wallet));
        }
        return table;
    }

    private static Table pools(List<PoolState> pools) {
        final Table table = new Table()
                .text("pool")
                .text("dimension")
                .number("available")
                .number("used since")
                .text("observed");
        for (PoolState pool : pools) {
            table.row(pool.getUsed() >= pool.getAvailable())
                    .cell(pool.getId())
                    .cell(pool.getDimension())
                    .cell(Human.number(pool.getAvailable()))
                    .cell(Human.number(pool.getUsed()))
                    .cell(pool.getObservedAtMs() == 0 ? "" : Human.instant(pool.getObservedAtMs()))
                    .note((pool.getReservedForPath().isEmpty() ? "shared" : "reserved") + match(pool.getMatchMap()));
        }
        return table;
    }

    private static String match(Map<String, String> match) {
        final StringBuilder text = new StringBuilder();
        new TreeMap<>(match)
                .forEach((name, value) ->
                        text.append(", ").append(name).append(" = ").append(value));
        return text.toString();
    }

    /** What counts, first what is spent first; the rest only as a number. */
    private static String tranches(WalletState wallet) {
        final StringBuilder text = new StringBuilder();
        if (wallet.getSettlementMs() > 0) {
            text.append("settled ").append(Human.instant(wallet.getSettlementMs()));
        }
        int idle = 0;
        for (TrancheState tranche : wallet.getTranchesList()) {
            if (!tranche.getCountsNow() && !tranche.getCountsAtSettlement()) {
                idle++;
                continue;
            }
            text.append("; ").append(tranche.getId()).append(' ').append(money(wallet, tranche.getRemaining()));
            if (tranche.getExpiresAtMs() > 0) {
                text.append(" until ").append(Human.instant(tranche.getExpiresAtMs()));
            }
            if (!tranche.getCountsNow()) {
                text.append(" from ").append(Human.instant(tranche.getStartsAtMs()));
            }
        }
        return text + (idle == 0 ? "" : "; " + idle + " that count neither now nor then");
    }

    private static String money(WalletState wallet, long amount) {
        return Human.money(amount, wallet.getScale(), wallet.getCurrency());
    }

    private static Table rules(List<ExplainedRule> rules) {
        final Table table = new Table()
                .text("effect")
                .text("rule")
                .text("at")
                .text("written in")
                .text("for");
        for (ExplainedRule rule : rules) {
            table.row(false)
                    .cell(Words.lower(rule.getEffect()))
                    .cell(rule.getRuleId())
                    .cell(Words.scope(rule.getScope()))
                    .cell(Style.DIM, rule.getSource())
                    .cell(rule.getDetail());
        }
        return table;
    }
}
