/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.CapacityState;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DimensionKind;
import io.tollgate.v1.Effect;
import io.tollgate.v1.Evidence;
import io.tollgate.v1.ExplainedCeiling;
import io.tollgate.v1.ExplainedPool;
import io.tollgate.v1.ExplainedRule;
import io.tollgate.v1.ExplainedScope;
import io.tollgate.v1.ExplainedStage;
import io.tollgate.v1.Explanation;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.PlaneAge;
import java.util.List;

/**
 * The text of {@code tollgate explain}, for somebody who knows nothing of the policies: the verdict in one sentence,
 * why, then everything that was looked at, widest scope first. What decided is marked with '>'.
 */
public final class ExplanationText {
    private final Page page;
    private final DecideResponse response;
    private final Explanation explanation;

    private ExplanationText(Page page, DecideResponse response) {
        this.page = page;
        this.response = response;
        this.explanation = response.getExplanation();
    }

    /** The whole text. */
    public static String of(DecideRequest request, DecideResponse response, Paint paint) {
        final Page page = new Page(paint);
        VerdictText.begin(page, request, response);
        final ExplanationText text = new ExplanationText(page, response);
        page.table("Stages", text.stages());
        page.table("Chain, from global to the leaf", chain(text.explanation.getChainList()));
        page.table("Rules", rules(text.explanation.getRulesList(), text.decidingEffect()));
        page.table("Ceilings", text.ceilings());
        if (text.explanation.getPoolsCount() > 0) {
            page.table(
                    "Pools, in the order in which they are tried (> = serves)", pools(text.explanation.getPoolsList()));
        }
        text.evidence();
        return page.toString();
    }

    private Table stages() {
        final Table table =
                new Table().text("stage").text("answer").text("reason").text("detail");
        for (ExplainedStage stage : explanation.getStagesList()) {
            final boolean denied = stage.getOutcome() == Outcome.OUTCOME_DENY;
            table.row(stage.getDecisive())
                    .cell(stage.getDecisive() ? Style.BOLD : Style.NONE, Words.of(stage.getStage()));
            if (stage.getSkipped()) {
                table.cell(Style.DIM, "skipped").cell("");
            } else if (denied) {
                table.cell(
                                stage.getDecisive() ? Style.STRONG_BAD : Style.BAD,
                                stage.getDecisive() ? "DENY" : "deny, not decisive")
                        .cell(Words.of(stage.getReason()));
            } else {
                final boolean warned = stage.getOutcome() == Outcome.OUTCOME_WARN;
                table.cell(warned ? Style.CAREFUL : Style.GOOD, warned ? "WARN" : "pass")
                        .cell(warned ? Words.of(stage.getReason()) : "");
            }
            table.cell(stage.getDetail());
        }
        return table;
    }

    private static Table chain(List<ExplainedScope> chain) {
        final Table table =
                new Table().text("scope").text("name").text("may say yes").number("rules");
        for (ExplainedScope scope : chain) {
            table.row(false)
                    .cell(Words.scope(scope.getScope()))
                    .cell(scope.getDisplayName())
                    .cell(scope.getAuthority() ? Style.GOOD : Style.DIM, scope.getAuthority() ? "yes" : "no")
                    .cell(Human.number(scope.getRuleCount()));
        }
        return table;
    }

    /** Matching rules with this effect decided; UNRECOGNIZED = none did. */
    private Effect decidingEffect() {
        return switch (response.getReason()) {
            case REASON_POLICY_DENY -> Effect.EFFECT_DENY;
            case REASON_POLICY_RESTRICTED -> Effect.EFFECT_RESTRICT;
            case REASON_POLICY_WARN -> Effect.EFFECT_WARN;
            case REASON_OK, REASON_OVER_SOFT_LIMIT, REASON_NEAR_LIMIT -> Effect.EFFECT_ALLOW;
            default -> Effect.UNRECOGNIZED;
        };
    }

    private static Table rules(List<ExplainedRule> rules, Effect deciding) {
        final Table table = new Table()
                .text("match")
                .text("effect")
                .text("rule")
                .text("at")
                .text("written in")
                .text("why");
        for (ExplainedRule rule : rules) {
            // A restriction denies by not matching.
            final boolean acts = deciding == Effect.EFFECT_RESTRICT ? !rule.getMatched() : rule.getMatched();
            table.row((acts && rule.getEffect() == deciding) || rule.getError());
            if (rule.getError()) {
                table.cell(Style.STRONG_BAD, "ERROR");
            } else {
                table.cell(rule.getMatched() ? Style.GOOD : Style.DIM, rule.getMatched() ? "yes" : "no");
            }
            table.cell(Words.lower(rule.getEffect()))
                    .cell(rule.getRuleId())
                    .cell(Words.scope(rule.getScope()))
                    .cell(Style.DIM, rule.getSource())
                    .cell(rule.getDetail());
        }
        return table;
    }

    private Table ceilings() {
        final Table table =
                ceilingColumns(new Table().text("fits")).number("asks").text("resets");
        for (ExplainedCeiling ceiling : explanation.getCeilingsList()) {
            final CeilingState state = ceiling.getState();
            table.row(ceiling.getBinding())
                    .cell(ceiling.getFits() ? Style.GOOD : Style.STRONG_BAD, ceiling.getFits() ? "yes" : "NO");
            ceilingCells(table, state);
            table.cell(Human.number(state.getRequested())).cell(resets(state));
            table.note(ceilingNote(state, ceiling.getDetail(), ceiling.getSource()));
        }
        return table;
    }

    private static Table pools(List<ExplainedPool> pools) {
        final Table table = new Table()
                .text("holds it")
                .text("pool")
                .text("dimension")
                .number("available")
                .number("used")
                .number("asks");
        for (ExplainedPool pool : pools) {
            final CapacityState state = pool.getState();
            table.row(pool.getServes())
                    .cell(pool.getFits() ? Style.GOOD : Style.STRONG_BAD, pool.getFits() ? "yes" : "NO")
                    .cell(state.getPoolId())
                    .cell(state.getDimension())
                    .cell(Human.number(state.getAvailable()))
                    .cell(Human.number(state.getUsed()))
                    .cell(Human.number(state.getRequested()));
            table.note(pool.getDetail());
        }
        return table;
    }

    static Table ceilingColumns(Table table) {
        return table.text("ceiling")
                .text("from")
                .number("limit")
                .text("")
                .number("used")
                .number("left");
    }

    static void ceilingCells(Table table, CeilingState state) {
        final boolean rate = state.getKind() == DimensionKind.DIMENSION_KIND_RATE;
        final boolean unlimited = state.getUnlimited();
        table.cell(state.getId())
                .cell(Words.scope(state.getScope()))
                .cell(unlimited ? "unlimited" : Human.number(state.getLimit()))
                .cell(rate && !unlimited ? state.getUnit() + Human.perPeriod(state.getPeriodMs()) : state.getUnit())
                .cell(rate ? "" : Human.number(state.getUsed()))
                .cell(unlimited ? "" : Human.number(state.getRemaining()));
    }

    /** A rate that is full has nothing to wait for. */
    static String resets(CeilingState state) {
        final boolean full =
                state.getKind() == DimensionKind.DIMENSION_KIND_RATE && state.getRemaining() >= state.getBurst();
        return state.getResetsAtMs() > 0 && !full ? Human.instant(state.getResetsAtMs()) : "";
    }

    /** "llm.tokens, hard, burst 20,000: 700 too many (limits/plans.yaml:3:5)" */
    static String ceilingNote(CeilingState state, String detail, String source) {
        final StringBuilder note = new StringBuilder(state.getDimension());
        note.append(", ").append(Words.lower(state.getEnforcement()));
        if (state.getKind() == DimensionKind.DIMENSION_KIND_RATE && !state.getUnlimited()) {
            note.append(", burst ").append(Human.number(state.getBurst()));
        }
        final String override = override(state);
        note.append(detail.isEmpty() && !override.isEmpty() ? ": " + override : "");
        note.append(detail.isEmpty() ? "" : ": " + detail);
        note.append(source.isEmpty() ? "" : " (" + source + ")");
        return note.toString();
    }

    /** "by override launch-week until 2027-03-01 00:00:00 UTC"; empty when none is in force. */
    static String override(CeilingState state) {
        return state.getOverrideId().isEmpty()
                ? ""
                : "by override " + state.getOverrideId() + " until " + Human.instant(state.getOverrideExpiresAtMs());
    }

    private void evidence() {
        final Evidence evidence = response.getEvidence();
        page.heading("Evidence");
        page.fact("snapshot", snapshot(evidence));
        page.fact("sidecar", evidence.getSidecarId());
        page.fact("decision", response.getDecisionId());
        page.fact(
                "ledger",
                evidence.getLedgerSequence() > 0 ? "sequence " + Human.number(evidence.getLedgerSequence()) : "");
        page.fact("lease", evidence.getLeaseId());
        if (evidence.getPlaneAgesCount() > 0) {
            page.table(planes(evidence.getPlaneAgesList()));
        }
    }

    private static String snapshot(Evidence evidence) {
        if (evidence.getSnapshotVersion() == 0) {
            return "none";
        }
        final String delta =
                evidence.getDeltaSequence() == 0 ? "" : ", delta " + Human.number(evidence.getDeltaSequence());
        return evidence.getBundle() + " version " + evidence.getSnapshotVersion() + delta + ", registry "
                + evidence.getRegistryVersion() + ", digest " + evidence.getSnapshotDigest();
    }

    private static Table planes(List<PlaneAge> ages) {
        final Table table =
                new Table().text("plane").number("age").number("may be").text("");
        for (PlaneAge age : ages) {
            final boolean bounded = age.getMaxAgeMs() > 0;
            final boolean stale = age.getAgeMs() < 0 || (bounded && age.getAgeMs() > age.getMaxAgeMs());
            table.row(stale)
                    .cell(Words.of(age.getPlane()))
                    .cell(age.getAgeMs() < 0 ? "unknown" : Human.durationMs(age.getAgeMs()))
                    .cell(bounded ? Human.durationMs(age.getMaxAgeMs()) : "")
                    .cell(stale ? Style.STRONG_BAD : Style.GOOD, stale ? "STALE" : "fresh");
        }
        return table;
    }
}
