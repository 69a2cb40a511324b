/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.DryRunExample;
import io.tollgate.v1.DryRunPair;
import io.tollgate.v1.DryRunReport;
import io.tollgate.v1.DryRunReport.Verdict;
import io.tollgate.v1.DryRunStatus;
import java.time.Instant;

/** What the dry run found, on the page of a sidecar's status. */
final class DryRunText {
    private DryRunText() {}

    static void show(Page page, DryRunStatus status) {
        if (!status.getEnabled()) {
            return;
        }
        page.heading("Dry run before activation");
        page.fact("requests kept", status.getKeptCount() + " of " + status.getCapacity());
        if (status.getSkippedCount() > 0) {
            page.fact("not kept", status.getSkippedCount() + " (too long)");
        }
        page.fact("runs", status.getRunCount() + ", refused " + status.getRefusedCount());
        if (!status.getRefusedCandidate().isEmpty()) {
            page.fact(
                    "refused",
                    Style.STRONG_BAD,
                    status.getRefusedCandidate() + "; to let it through: tollgate snapshot allow "
                            + status.getRefusedCandidate());
        }
        if (status.hasLast()) {
            report(page, status.getLast());
        }
    }

    private static void report(Page page, DryRunReport report) {
        final boolean bad = report.getVerdict() == Verdict.VERDICT_REFUSED;
        final Style style =
                bad ? Style.BAD : report.getVerdict() == Verdict.VERDICT_PASSED ? Style.GOOD : Style.CAREFUL;
        page.fact(
                "last",
                style,
                report.getCandidate() + " beside " + report.getLive() + " at "
                        + Instant.ofEpochMilli(report.getEndedAtMs()) + ": " + report.getFlipCount() + " of "
                        + report.getJudgedCount() + " decisions would be others, " + verdict(report));
        if (report.getWarningsOnlyCount() > 0) {
            page.fact("warnings only", Long.toString(report.getWarningsOnlyCount()));
        }
        if (report.getUnsettledCount() > 0) {
            page.fact("not to be told", report.getUnsettledCount() + " (counters moved meanwhile)");
        }
        if (report.getPairsCount() > 0) {
            final Table table = new Table()
                    .number("decisions")
                    .text("live")
                    .text("candidate")
                    .text("");
            for (DryRunPair pair : report.getPairsList()) {
                table.row(pair.getFlip())
                        .cell(Long.toUnsignedString(pair.getCount()))
                        .cell(pair.getBefore())
                        .cell(pair.getFlip() ? Style.BAD : Style.NONE, pair.getAfter())
                        .cell(pair.getFlip() ? "" : "warnings only");
            }
            page.table("What became of answers", table);
        }
        if (report.getExamplesCount() > 0) {
            final Table table = new Table()
                    .text("actor")
                    .text("place")
                    .text("action")
                    .text("live")
                    .text("candidate");
            for (DryRunExample example : report.getExamplesList()) {
                table.row(false)
                        .cell(example.getActor())
                        .cell(example.getPlace())
                        .cell(example.getAction())
                        .cell(example.getBefore())
                        .cell(Style.BAD, example.getAfter());
            }
            page.table("Examples", table);
        }
    }

    private static String verdict(DryRunReport report) {
        final String beyond = report.getExceeded().isEmpty() ? "" : " (more than " + report.getExceeded() + ")";
        return switch (report.getVerdict()) {
            case VERDICT_PASSED -> "passed";
            case VERDICT_REPORTED -> "activated all the same" + beyond;
            case VERDICT_ALLOWED -> "allowed by an operator" + beyond;
            case VERDICT_REFUSED -> "refused" + beyond;
            default -> report.getVerdict().name();
        };
    }
}
