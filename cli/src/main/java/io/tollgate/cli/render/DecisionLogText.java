/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.DecisionLogStatus;

/** The decision log's part of the status. */
final class DecisionLogText {
    private DecisionLogText() {}

    static void on(Page page, DecisionLogStatus log) {
        if (!log.getEnabled() && log.getFollowers() == 0) {
            return;
        }
        page.heading("Decision log");
        if (!log.getFile().isEmpty()) {
            page.fact(
                    "file",
                    log.getHealthy() ? Style.NONE : Style.STRONG_BAD,
                    log.getFile() + ", " + Human.bytes(log.getLengthBytes())
                            + (log.getHealthy() ? "" : ", CANNOT BE WRITTEN"));
        }
        if (!log.getOtlpEndpoint().isEmpty()) {
            page.fact("collector", log.getOtlpEndpoint() + ", " + Human.number(log.getExportedCount()) + " sent");
        }
        page.fact(
                "entries",
                Human.number(log.getWrittenCount()) + " written, last number " + Human.number(log.getSequence()));
        page.fact(
                "lost",
                log.getDroppedCount() == 0 ? Style.GOOD : Style.STRONG_BAD,
                log.getDroppedCount() == 0 ? "none" : Human.number(log.getDroppedCount()));
        page.fact(
                "last error",
                Style.BAD,
                log.getLastError().isEmpty()
                        ? ""
                        : log.getLastError() + " (" + Human.instant(log.getLastErrorAtMs()) + ")");
        page.fact("allows", log.getAllowPercent() + " %");
        page.fact("audited", log.getAudited().equals("required") ? "required: denied while they cannot be logged" : "");
        page.fact("masked", String.join(", ", log.getMaskedList()));
        page.fact("followers", log.getFollowers() == 0 ? "" : Human.number(log.getFollowers()));
    }
}
