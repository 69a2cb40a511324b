/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.render.LedgerText;
import io.tollgate.v1.AdministrationServiceGrpc.AdministrationServiceBlockingStub;
import io.tollgate.v1.LedgerView;
import io.tollgate.v1.QueryLedgerRequest;
import io.tollgate.v1.QueryLedgerResponse;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tollgate ledger} */
@Command(
        name = "ledger",
        description = {
            "Shows what was used, from the control plane's ledger: each event that sidecars have reported, counted once.",
            "totals: sums by customer, feature, dimension and scope. events: one by one, the last first.",
            "sidecars: how much of each run is in the ledger, and how far it is behind. rejected: what was refused for good."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate ledger",
            "  tollgate ledger totals --customer acme --from 2026-11-01 --to 2026-12-01",
            "  tollgate ledger events --scope org:acme/project:rag --limit 20",
            "  tollgate ledger sidecars --output json"
        })
final class LedgerCommand implements Callable<Integer> {
    private static final int PAGE = 1_000;

    /** What is shown. */
    enum View {
        totals(LedgerView.LEDGER_VIEW_TOTALS),
        events(LedgerView.LEDGER_VIEW_EVENTS),
        sidecars(LedgerView.LEDGER_VIEW_PRODUCERS),
        rejected(LedgerView.LEDGER_VIEW_REJECTED);

        private final LedgerView view;

        View(LedgerView view) {
            this.view = view;
        }
    }

    @Parameters(
            arity = "0..1",
            paramLabel = "VIEW",
            defaultValue = "totals",
            description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    View view;

    @Option(names = "--customer", paramLabel = "ID", defaultValue = "", description = "Only this customer's.")
    String customer;

    @Option(
            names = "--scope",
            paramLabel = "PATH",
            defaultValue = "",
            description = "Only this scope and below it, for instance org:acme.")
    String scope;

    @Option(names = "--dimension", paramLabel = "NAME", defaultValue = "", description = "Only this dimension.")
    String dimension;

    @Option(names = "--feature", paramLabel = "KEY", defaultValue = "", description = "Only this feature.")
    String feature;

    @Option(names = "--sidecar", paramLabel = "ID", defaultValue = "", description = "Only what this sidecar reported.")
    String sidecar;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            defaultValue = "",
            description = "Used from then on: 2026-11-01 (UTC) or 2026-11-01T08:00:00Z.")
    String from;

    @Option(names = "--to", paramLabel = "TIME", defaultValue = "", description = "Used before then.")
    String to;

    @Option(
            names = "--limit",
            paramLabel = "COUNT",
            defaultValue = "200",
            description = "How many at most; default ${DEFAULT-VALUE}.")
    int limit;

    @Mixin
    ControlPlaneAddress plane;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        if (limit < 1) {
            throw CommandFailure.usage("--limit " + limit + " must be at least 1");
        }
        final QueryLedgerRequest request = QueryLedgerRequest.newBuilder()
                .setView(view.view)
                .setCustomerExternalId(customer)
                .setScopePath(scope)
                .setDimension(dimension)
                .setFeature(feature)
                .setSidecarId(sidecar)
                .setFromMs(time("--from", from))
                .setToMs(time("--to", to))
                .build();
        final QueryLedgerResponse answer = plane.ask(control -> pages(control, request));
        output.print(answer, paint -> LedgerText.of(answer, view.view, System.currentTimeMillis(), paint));
        return ExitCode.OK;
    }

    private QueryLedgerResponse pages(AdministrationServiceBlockingStub control, QueryLedgerRequest request) {
        final QueryLedgerResponse.Builder all = QueryLedgerResponse.newBuilder();
        int count;
        do {
            count = all.getEntriesCount() + all.getTotalsCount() + all.getProducersCount() + all.getRejectionsCount();
            final QueryLedgerResponse page = control.queryLedger(request.toBuilder()
                    .setPageSize(Math.max(1, Math.min(PAGE, limit - count)))
                    .setPageToken(all.getNextPageToken())
                    .build());
            count += page.getEntriesCount()
                    + page.getTotalsCount()
                    + page.getProducersCount()
                    + page.getRejectionsCount();
            all.clearNextPageToken().mergeFrom(page);
        } while (!all.getNextPageToken().isEmpty() && count < limit);
        return all.build();
    }

    private static long time(String option, String text) {
        if (text.isEmpty()) {
            return 0;
        }
        try {
            return text.indexOf('T') < 0
                    ? LocalDate.parse(text)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant()
                            .toEpochMilli()
                    : text.endsWith("Z")
                            ? Instant.parse(text).toEpochMilli()
                            : OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException e) {
            throw CommandFailure.usage(
                    option + " '" + text + "' is no time; write 2026-11-01 (midnight, UTC) or 2026-11-01T08:00:00Z");
        }
    }
}
