/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.EnvoySettlementStatus;
import java.util.Map;
import java.util.stream.Collectors;

/** What Envoy's access log made of reservations. */
final class SettlementText {
    private SettlementText() {}

    static void on(Page page, EnvoySettlementStatus status) {
        if (status.equals(EnvoySettlementStatus.getDefaultInstance())) {
            return;
        }
        page.heading("Settled by Envoy's access log");
        page.fact("entries", Human.number(status.getEntryCount()));
        page.fact(
                "ended",
                status.getResultsMap().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(each -> each.getKey().replace('_', ' ') + " " + Human.number(each.getValue()))
                        .collect(Collectors.joining(", ")));
        if (status.getWaitingCount() > 0) {
            page.fact("waiting", Style.CAREFUL, Human.number(status.getWaitingCount()) + " to be tried again");
        }
        if (status.getOverdueCount() > 0) {
            page.fact(
                    "unsettled",
                    Style.BAD,
                    Human.number(status.getOverdueCount()) + " whose time was over before an entry came, "
                            + Human.number(status.getExpiredCount()) + " of them ended by expiry");
        }
        if (status.getMissingAmountCount() + status.getInvalidAmountCount() > 0) {
            page.fact(
                    "amounts",
                    Style.CAREFUL,
                    Human.number(status.getMissingAmountCount()) + " not told, "
                            + Human.number(status.getInvalidAmountCount()) + " unreadable");
        }
        if (status.getRefusedMessageCount() > 0) {
            page.fact("unreadable", Style.BAD, Human.count(status.getRefusedMessageCount(), "message") + " of the log");
        }
    }
}
