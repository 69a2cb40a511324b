/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DumpScopeResponse;
import io.tollgate.v1.ExplainedRule;
import io.tollgate.v1.ExplainedScope;
import java.util.List;

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
