/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.CapacityState;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.CostEstimate;
import io.tollgate.v1.CostShare;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DimensionKind;
import io.tollgate.v1.Effect;
import io.tollgate.v1.MatchedRule;
import io.tollgate.v1.Obligation;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.Warning;
import java.util.Locale;

/** A decision in a few lines: the verdict in one sentence, then why, then what goes with it. */
public final class VerdictText {
    private final Page page;
    private final DecideRequest request;
    private final DecideResponse response;

    private VerdictText(Page page, DecideRequest request, DecideResponse response) {
        this.page = page;
        this.request = request;
        this.response = response;
    }

    /** The whole text of {@code tollgate decide}. */
    public static String of(DecideRequest request, DecideResponse response, Paint paint) {
        final Page page = new Page(paint);
        final VerdictText text = new VerdictText(page, request, response);
        text.verdict();
        text.why();
        text.evidence();
        return page.toString();
    }

    /** Verdict and why, without the evidence. */
    public static String verdictAndWhy(DecideRequest request, DecideResponse response, Paint paint) {
        final Page page = new Page(paint);
        final VerdictText text = new VerdictText(page, request, response);
        text.verdict();
        text.why();
        return page.toString();
    }

    /** Verdict and why, for {@code tollgate explain}, which shows the evidence in full. */
    static void begin(Page page, DecideRequest request, DecideResponse response) {
        final VerdictText text = new VerdictText(page, request, response);
        text.verdict();
        page.heading("Why");
        text.why();
    }

    private void verdict() {
        final String who = Words.actor(request.getActor());
        final String deed = Words.deed(request);
        switch (response.getOutcome()) {
            case OUTCOME_ALLOW -> page.line(Style.STRONG_GOOD, "ALLOWED: " + who + " may " + deed + ".");
            case OUTCOME_WARN ->
                page.line(
                        Style.CAREFUL,
                        "ALLOWED, WITH A WARNING (" + Words.reason(response) + "): " + who + " may " + deed + ".");
            case OUTCOME_DENY ->
                page.line(Style.STRONG_BAD, "DENIED by " + deniedBy() + ": " + who + " may not " + deed + ".");
            default ->
                page.line(
                        Style.STRONG_BAD,
                        "DENIED: outcome " + response.getOutcomeValue() + " is not known to this program. " + who
                                + " may not " + deed + ".");
        }
    }

    private String deniedBy() {
        final String reason = Words.reason(response);
        return response.getReasonClass() == ReasonClass.REASON_CLASS_UNSPECIFIED
                ? reason
                : Words.lower(response.getReasonClass()) + " (" + reason + ")";
    }

    private void why() {
        if (response.getOutcome() != Outcome.OUTCOME_ALLOW) {
            page.fact("message", Style.BOLD, response.getMessage());
        }
        ceiling();
        for (CapacityState pool : response.getCapacityList()) {
            page.fact("capacity", pool(pool));
        }
        for (MatchedRule rule : response.getMatchedRulesList()) {
            page.fact(
                    role(rule.getEffect()),
                    Words.lower(rule.getEffect()) + " " + rule.getRuleId() + " at " + Words.scope(rule.getScope()));
        }
        for (Warning warning : response.getWarningsList()) {
            page.fact("warning", style(warning), warningText(warning));
        }
        retry();
        if (isReduced()) {
            page.fact(
                    "granted",
                    Style.CAREFUL,
                    Words.usages(response.getGrantedList()) + " of " + Words.usages(request.getUsageList()));
        }
        for (Obligation obligation : response.getObligationsList()) {
            page.fact("obligation", obligationText(obligation));
        }
        if (response.hasReservation()) {
            page.fact(
                    "reserved",
                    response.getReservation().getId() + " until "
                            + Human.instant(response.getReservation().getExpiresAtMs()));
        }
        if (response.hasCost()) {
            cost(response.getCost());
        }
    }

    /** "3.84 USD (price book list, version 7)", "main at org:acme, 2.10 USD can be spent", "from monthly 2.00 USD, gift 1.84 USD" */
    private void cost(CostEstimate cost) {
        page.fact(
                "cost",
                money(cost, cost.getAmount()) + " (price book " + cost.getPriceBook() + ", version "
                        + cost.getPriceVersion() + ")");
        if (!cost.getWalletId().isEmpty()) {
            final String spendable = cost.getSpendable() < 0
                    ? "overdrawn by " + money(cost, -cost.getSpendable())
                    : money(cost, cost.getSpendable()) + " can be spent";
            page.fact("wallet", cost.getWalletId() + " at " + Words.scope(cost.getWalletScope()) + ", " + spendable);
        }
        final StringBuilder shares = new StringBuilder();
        for (CostShare share : cost.getSharesList()) {
            shares.append(shares.length() == 0 ? "from " : ", ")
                    .append(share.getTrancheId())
                    .append(' ')
                    .append(money(cost, share.getAmount()));
        }
        page.fact("", shares.toString());
    }

    private static String money(CostEstimate cost, long amount) {
        return Human.money(amount, cost.getScale(), cost.getCurrency());
    }

    /** What rules with this effect did for the answer: "rule" gave it, "through" handed the authority down. */
    private String role(Effect effect) {
        final boolean allowed =
                response.getOutcome() == Outcome.OUTCOME_ALLOW || response.getOutcome() == Outcome.OUTCOME_WARN;
        final boolean byPolicy = response.getReasonClass() == ReasonClass.REASON_CLASS_POLICY;
        return switch (effect) {
            case EFFECT_ALLOW, EFFECT_WARN -> allowed ? "rule" : "matched";
            case EFFECT_DENY, EFFECT_RESTRICT -> byPolicy ? "rule" : "matched";
            case EFFECT_DELEGATE -> allowed ? "through" : "matched";
            default -> "matched";
        };
    }

    private void ceiling() {
        if (!response.hasBindingCeiling()) {
            return;
        }
        final CeilingState ceiling = response.getBindingCeiling();
        page.fact(
                "ceiling",
                ceiling.getId() + " on " + ceiling.getDimension() + ", " + Words.lower(ceiling.getEnforcement())
                        + ", inherited from " + Words.scope(ceiling.getScope()));
        page.fact("", numbers(ceiling));
        page.fact("", ExplanationText.override(ceiling));
    }

    /** "1,000,000 token a month: 999,500 used, 500 left, this asks for 1,200; starts again 2026-12-01 00:00:00 UTC" */
    private static String numbers(CeilingState ceiling) {
        final StringBuilder text = new StringBuilder();
        text.append(limit(ceiling));
        if (ceiling.getKind() != DimensionKind.DIMENSION_KIND_RATE) {
            text.append(", ").append(Human.number(ceiling.getUsed())).append(" used");
        }
        if (!ceiling.getUnlimited()) {
            text.append(", ").append(Human.number(ceiling.getRemaining())).append(" left");
        }
        text.append(", this asks for ").append(Human.number(ceiling.getRequested()));
        if (!ExplanationText.resets(ceiling).isEmpty()) {
            final boolean rate = ceiling.getKind() == DimensionKind.DIMENSION_KIND_RATE;
            text.append(rate ? "; full again " : "; starts again ").append(Human.instant(ceiling.getResetsAtMs()));
        }
        return text.toString();
    }

    /** "1,000,000 token", "100,000 token/min (burst 20,000)" */
    private static String limit(CeilingState ceiling) {
        final String unit = ceiling.getUnit().isEmpty() ? "" : " " + ceiling.getUnit();
        if (ceiling.getUnlimited()) {
            return "unlimited" + unit;
        }
        final String limit = Human.number(ceiling.getLimit()) + unit;
        return ceiling.getKind() == DimensionKind.DIMENSION_KIND_RATE
                ? limit + Human.perPeriod(ceiling.getPeriodMs()) + " (burst " + Human.number(ceiling.getBurst()) + ")"
                : limit;
    }

    /** "own pool eu-acme of capacity.gpu: 32 gpu were free, 30 used since, this asks for 4" */
    private static String pool(CapacityState pool) {
        if (pool.getPoolId().isEmpty()) {
            return "no pool of " + pool.getDimension() + " for such a request, which asks for "
                    + Human.number(pool.getRequested());
        }
        return (pool.getOwn() ? "own" : "shared") + " pool " + pool.getPoolId() + " of " + pool.getDimension() + ": "
                + Human.number(pool.getAvailable()) + " " + pool.getUnit() + " were free, "
                + Human.number(pool.getUsed()) + " used since, this asks for " + Human.number(pool.getRequested());
    }

    private void retry() {
        if (response.getRetryAfterNs() > 0) {
            page.fact("retry", "in " + Human.waiting(response.getRetryAfterNs()));
        } else if (response.getRetryNever() && response.getOutcome() == Outcome.OUTCOME_DENY) {
            page.fact("retry", "never: waiting does not help");
        }
    }

    private boolean isReduced() {
        return response.getGrantedCount() > 0 && !response.getGrantedList().equals(request.getUsageList());
    }

    private static Style style(Warning warning) {
        return switch (warning.getSeverity()) {
            case SEVERITY_CRITICAL -> Style.BAD;
            case SEVERITY_WARNING -> Style.CAREFUL;
            default -> Style.NONE;
        };
    }

    private static String warningText(Warning warning) {
        final StringBuilder text = new StringBuilder();
        text.append(Words.lower(warning.getSeverity())).append(": ");
        text.append(warning.getMessage().isEmpty() ? Words.of(warning.getReason()) : warning.getMessage());
        if (!warning.getSubject().isEmpty()) {
            text.append(" (").append(warning.getSubject());
            text.append(warning.hasScope() ? " at " + Words.scope(warning.getScope()) : "")
                    .append(')');
        }
        return text.toString();
    }

    private static String obligationText(Obligation obligation) {
        final String key = obligation.getKey().isEmpty() ? "" : "." + obligation.getKey();
        return obligation.getFeature() + key + " = " + Words.attribute(obligation.getValue());
    }

    private void evidence() {
        page.fact("decision", response.getDecisionId());
        if (response.hasEvidence() && response.getEvidence().getSnapshotVersion() > 0) {
            page.fact(
                    "snapshot",
                    String.format(
                            Locale.ROOT,
                            "%s version %d, registry %d",
                            response.getEvidence().getBundle(),
                            response.getEvidence().getSnapshotVersion(),
                            response.getEvidence().getRegistryVersion()));
        }
    }
}
