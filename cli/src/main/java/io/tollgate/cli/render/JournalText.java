/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.JournalStatusResponse;
import io.tollgate.v1.ReportingStatus;

/** The text of {@code tollgate journal}, and its part of {@code tollgate status}. */
public final class JournalText {
    private static final double PERCENT = 100;

    private JournalText() {}

    /** @param nowMs milliseconds since 1970 */
    public static String of(JournalStatusResponse journal, long nowMs, Paint paint) {
        final Page page = new Page(paint);
        if (!journal.getEnabled()) {
            page.line(Style.CAREFUL, "usage is not journaled (journal.enabled: false): nothing is reported");
            return page.toString();
        }
        page.line(journal.getFailed() ? Style.STRONG_BAD : Style.BOLD, title(journal));
        page.fact("this run", sequences(journal));
        if (journal.getOldRunCount() > 0) {
            page.fact(
                    "old runs", Style.CAREFUL, Human.count(journal.getOldRunCount(), "run") + " with pending records");
        }
        if (!journal.getOldestBootId().isEmpty()) {
            page.fact(
                    "oldest",
                    "run " + journal.getOldestBootId() + ", acknowledged up to "
                            + Human.number(journal.getOldestAcknowledgedSequence()));
        }
        page.fact("size", size(journal));
        page.fact("durability", durability(journal));
        trouble(page, journal);
        if (journal.hasReporting()) {
            page.heading("Reporting");
            reporting(page, journal.getReporting(), nowMs);
        }
        return page.toString();
    }

    /** The part of a status; nothing when the sidecar says nothing of a journal. */
    static void summary(Page page, JournalStatusResponse journal) {
        if (!journal.getEnabled()) {
            return;
        }
        page.heading("Usage journal");
        page.fact("pending", pending(journal));
        page.fact("size", size(journal));
        trouble(page, journal);
        final ReportingStatus reporting = journal.getReporting();
        page.fact("reports", style(reporting), state(reporting));
        if (reporting.getRejectedCount() > 0) {
            page.fact("rejected", Style.STRONG_BAD, rejected(reporting));
        }
    }

    private static String title(JournalStatusResponse journal) {
        return journal.getFailed()
                ? "FAILED: nothing billable is allowed until the next start"
                : Human.number(journal.getPendingCount()) + " pending";
    }

    private static String pending(JournalStatusResponse journal) {
        final long lagMs = journal.getReporting().getLagMs();
        return Human.number(journal.getPendingCount())
                + (journal.getPendingCount() > 0 && lagMs > 0 ? ", the oldest for " + Human.durationMs(lagMs) : "");
    }

    private static String sequences(JournalStatusResponse journal) {
        return "appended up to " + Human.number(journal.getAppendedSequence()) + ", acknowledged up to "
                + Human.number(journal.getAcknowledgedSequence());
    }

    private static String size(JournalStatusResponse journal) {
        final long max = journal.getMaxBytes();
        final String share = max <= 0
                ? ""
                : " (" + Math.round(PERCENT * journal.getLengthBytes() / max) + " % of " + Human.bytes(max) + ")";
        return Human.bytes(journal.getLengthBytes()) + share;
    }

    private static String durability(JournalStatusResponse journal) {
        return journal.getDurability()
                + (journal.getDurability().equals("power")
                        ? ": outlives a power failure"
                        : ": outlives the end of the process, not a power failure");
    }

    private static void trouble(Page page, JournalStatusResponse journal) {
        if (journal.getFailed()) {
            page.fact("FAILED", Style.STRONG_BAD, "nothing billable is allowed until the next start");
        }
        if (journal.getRefusedCount() > 0) {
            page.fact(
                    "refused",
                    Style.BAD,
                    Human.number(journal.getRefusedCount())
                            + " takes and settles, for lack of room or since it failed");
        }
        if (journal.getDamagedCount() > 0) {
            page.fact(
                    "damaged",
                    Style.BAD,
                    Human.count(journal.getDamagedCount(), "segment") + " found at the start, see state_dir/damaged");
        }
        page.fact("last error", Style.BAD, journal.getLastError());
    }

    private static void reporting(Page page, ReportingStatus reporting, long nowMs) {
        page.fact("to", reporting.getAddress());
        page.fact("state", style(reporting), state(reporting));
        if (reporting.getLagMs() > 0) {
            page.fact("lag", "the oldest record has waited " + Human.durationMs(reporting.getLagMs()));
        }
        page.fact("reported", Human.number(reporting.getReportedCount()) + " since the start");
        if (reporting.getLastAcknowledgedAtMs() > 0) {
            page.fact(
                    "last",
                    "acknowledged " + Human.durationMs(Math.max(0, nowMs - reporting.getLastAcknowledgedAtMs()))
                            + " ago");
        }
        if (reporting.getRejectedCount() > 0) {
            page.fact("rejected", Style.STRONG_BAD, rejected(reporting));
        }
        page.fact("last error", Style.BAD, reporting.getLastError());
    }

    private static String rejected(ReportingStatus reporting) {
        return Human.number(reporting.getRejectedCount()) + " by the ledger, kept in " + reporting.getRejectedFile();
    }

    private static Style style(ReportingStatus reporting) {
        return switch (reporting.getState()) {
            case REPORTING_STATE_FAILING -> Style.STRONG_BAD;
            case REPORTING_STATE_NOBODY -> Style.CAREFUL;
            default -> Style.NONE;
        };
    }

    private static String state(ReportingStatus reporting) {
        return switch (reporting.getState()) {
            case REPORTING_STATE_IDLE -> "everything is in the ledger";
            case REPORTING_STATE_SENDING -> "sending";
            case REPORTING_STATE_FAILING ->
                "FAILING, " + Human.number(reporting.getConsecutiveFailures()) + " tries in a row: "
                        + reporting.getLastError();
            case REPORTING_STATE_NOBODY ->
                "NOBODY to report to (no control plane): when the journal is full, billable work is denied";
            default -> "";
        };
    }
}
