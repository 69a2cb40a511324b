/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.ListReservationsResponse;
import io.tollgate.v1.ReservationCounts;
import io.tollgate.v1.ReservationStatus;

/** The text of {@code tollgate reservations}. */
public final class ReservationsText {
    private static final double PERCENT = 100;

    private ReservationsText() {}

    /** @param nowMs milliseconds since 1970 */
    public static String of(ListReservationsResponse listed, long nowMs, Paint paint) {
        final Page page = new Page(paint);
        final ReservationCounts counts = listed.getCounts();
        page.line(Style.BOLD, counts.getReserved() + " reserved, " + counts.getOverdue() + " overdue");
        page.fact("ended", counts.getEnded() + " are remembered");
        page.fact("keys", counts.getIdempotencyKeys() + " idempotency keys are remembered");
        page.fact(
                "store",
                Human.bytes(counts.getLengthBytes()) + ", " + Math.round(counts.getUsedRatio() * PERCENT)
                        + " % in use");
        if (counts.getDamaged() > 0) {
            page.fact("damaged", Style.CAREFUL, counts.getDamaged() + " were set aside; what they took stays counted");
        }
        if (counts.getSetAside()) {
            page.fact("damaged", Style.CAREFUL, "at the start a whole file was set aside; what it held stays counted");
        }
        page.table("Reservations (> = overdue)", table(listed, nowMs));
        if (!listed.getNextPageToken().isEmpty()) {
            page.line(Style.DIM, "There are more; --limit shows them.");
        }
        return page.toString();
    }

    private static Table table(ListReservationsResponse listed, long nowMs) {
        final Table table = new Table()
                .text("id")
                .text("state")
                .text("scope")
                .text("actor")
                .text("operation")
                .text("held")
                .number("age")
                .number("expires in");
        for (ReservationStatus each : listed.getReservationsList()) {
            table.row(each.getState().equals("OVERDUE"))
                    .cell(each.getReservationId())
                    .cell(each.getState())
                    .cell(each.getScope().getPath())
                    .cell(each.getActor())
                    .cell(each.getOperation())
                    .cell(Words.usages(each.getHeldList()))
                    .cell(Human.durationMs(Math.max(0, nowMs - each.getCreatedAtMs())))
                    .cell(
                            each.getExpiresInMs() < 0
                                    ? "-" + Human.durationMs(-each.getExpiresInMs())
                                    : Human.durationMs(each.getExpiresInMs()));
        }
        return table;
    }
}
