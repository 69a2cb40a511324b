/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.LedgerEntry;
import io.tollgate.v1.LedgerProducer;
import io.tollgate.v1.LedgerRejection;
import io.tollgate.v1.LedgerStatus;
import io.tollgate.v1.LedgerTotal;
import io.tollgate.v1.LedgerView;
import io.tollgate.v1.QueryLedgerResponse;
import java.math.BigInteger;
import java.util.Locale;

/** The text of {@code tollgate ledger}. */
public final class LedgerText {
    private LedgerText() {}

    /** @param nowMs milliseconds since 1970 */
    public static String of(QueryLedgerResponse answer, LedgerView view, long nowMs, Paint paint) {
        final Page page = new Page(paint);
        status(page, answer.getStatus());
        switch (view) {
            case LEDGER_VIEW_TOTALS -> page.table("Totals", totals(answer));
            case LEDGER_VIEW_PRODUCERS -> page.table("Sidecars (> = something to look at)", producers(answer, nowMs));
            case LEDGER_VIEW_REJECTED -> page.table("Rejected", rejections(answer));
            default -> page.table("Events", events(answer));
        }
        if (answer.getTotalsCount()
                        + answer.getEntriesCount()
                        + answer.getProducersCount()
                        + answer.getRejectionsCount()
                == 0) {
            page.line(Style.DIM, "Nothing matches.");
        }
        if (!answer.getNextPageToken().isEmpty()) {
            page.line(Style.DIM, "There are more; --limit shows them.");
        }
        return page.toString();
    }

    private static void status(Page page, LedgerStatus status) {
        page.line(
                status.getAccepting() ? Style.BOLD : Style.STRONG_BAD,
                status.getAccepting()
                        ? "accepting, " + Human.count(status.getLedgerSequence(), "event")
                        : "NOT ACCEPTING: " + status.getRefusal());
        page.fact("file", status.getFile() + ", " + Human.bytes(status.getLengthBytes()));
        page.fact(
                "now",
                "since the start " + Human.number(status.getAcceptedCount()) + " accepted, "
                        + Human.number(status.getDuplicateCount()) + " repeated, "
                        + Human.number(status.getRejectedCount()) + " rejected");
        if (status.getConflictCount() > 0) {
            page.fact(
                    "CONFLICTS",
                    Style.STRONG_BAD,
                    Human.count(status.getConflictCount(), "record")
                            + " came with other content than before: see tollgate ledger rejected");
        }
    }

    private static Table totals(QueryLedgerResponse answer) {
        final Table table = new Table()
                .text("customer")
                .text("feature")
                .text("dimension")
                .text("scope")
                .number("amount")
                .number("events");
        for (LedgerTotal total : answer.getTotalsList()) {
            table.row(false)
                    .cell(total.getCustomerExternalId())
                    .cell(total.getFeature())
                    .cell(total.getDimension())
                    .cell(total.getScopePath())
                    .cell(grouped(total.getAmount()))
                    .cell(Human.number(total.getEventCount()));
        }
        return table;
    }

    private static String grouped(String amount) {
        return amount.matches("-?\\d+") ? String.format(Locale.ROOT, "%,d", new BigInteger(amount)) : amount;
    }

    private static Table events(QueryLedgerResponse answer) {
        final Table table = new Table()
                .text("time")
                .text("customer")
                .text("scope")
                .text("feature")
                .text("dimension")
                .number("amount")
                .text("event")
                .text("from")
                .text("remarks");
        for (LedgerEntry entry : answer.getEntriesList()) {
            table.row(entry.getRemarksCount() > 0)
                    .cell(Human.instant(entry.getTimestampMs()))
                    .cell(entry.getCustomerExternalId())
                    .cell(entry.getScopePath())
                    .cell(entry.getFeature())
                    .cell(entry.getDimension())
                    .cell(Human.number(entry.getAmount()))
                    .cell(entry.getEventId())
                    .cell(entry.getProducer() + " " + entry.getSequence())
                    .cell(Style.CAREFUL, String.join(", ", entry.getRemarksList()));
        }
        return table;
    }

    private static Table producers(QueryLedgerResponse answer, long nowMs) {
        final Table table = new Table()
                .text("sidecar")
                .text("run")
                .number("accepted")
                .number("behind")
                .number("events")
                .number("rejected")
                .number("lost")
                .number("reported");
        for (LedgerProducer producer : answer.getProducersList()) {
            final long behind = Math.max(0, producer.getAppendedSequence() - producer.getAcceptedSequence());
            final boolean odd = producer.getRejectedCount() + producer.getLostCount() > 0;
            table.row(odd)
                    .cell(producer.getSidecarId())
                    .cell(producer.getBootId())
                    .cell(Human.number(producer.getAcceptedSequence()))
                    .cell(Human.number(behind))
                    .cell(Human.number(producer.getEventCount()))
                    .cell(Human.number(producer.getRejectedCount()))
                    .cell(Human.number(producer.getLostCount()))
                    .cell(Human.durationMs(Math.max(0, nowMs - producer.getLastReportAtMs())) + " ago");
        }
        return table;
    }

    private static Table rejections(QueryLedgerResponse answer) {
        final Table table = new Table()
                .text("time")
                .text("sidecar")
                .text("run")
                .number("sequence")
                .number("bytes")
                .text("cause");
        for (LedgerRejection rejection : answer.getRejectionsList()) {
            table.row(false)
                    .cell(Human.instant(rejection.getReceivedAtMs()))
                    .cell(rejection.getSidecarId())
                    .cell(rejection.getBootId())
                    .cell(Human.number(rejection.getSequence()))
                    .cell(Human.number(rejection.getRecord().size()))
                    .cell(rejection.getCause());
        }
        return table;
    }
}
