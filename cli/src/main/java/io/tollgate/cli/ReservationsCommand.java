/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.render.ReservationsText;
import io.tollgate.v1.ListReservationsRequest;
import io.tollgate.v1.ListReservationsResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tollgate reservations} */
@Command(
        name = "reservations",
        description = "Lists what is held: reservations that were not settled or released yet.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate reservations",
            "  tollgate reservations --all --output json",
            "  tollgate reservations --limit 1000 --address 127.0.0.1:7071"
        })
final class ReservationsCommand implements Callable<Integer> {
    private static final int PAGE = 500;

    @Option(names = "--all", description = "Also those that have ended in the last 10 minutes.")
    boolean all;

    @Option(
            names = "--limit",
            paramLabel = "COUNT",
            defaultValue = "200",
            description = "How many at most; default ${DEFAULT-VALUE}.")
    int limit;

    @Mixin
    Admin admin;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        final ListReservationsResponse.Builder listed = ListReservationsResponse.newBuilder();
        do {
            final ListReservationsRequest request = ListReservationsRequest.newBuilder()
                    .setIncludeEnded(all)
                    .setPageSize(Math.max(1, Math.min(PAGE, limit - listed.getReservationsCount())))
                    .setPageToken(listed.getNextPageToken())
                    .build();
            final ListReservationsResponse page = admin.ask(sidecar -> sidecar.listReservations(request));
            listed.addAllReservations(page.getReservationsList())
                    .setNextPageToken(page.getNextPageToken())
                    .setCounts(page.getCounts());
        } while (!listed.getNextPageToken().isEmpty() && listed.getReservationsCount() < limit);
        output.print(listed.build(), paint -> ReservationsText.of(listed.build(), System.currentTimeMillis(), paint));
        return ExitCode.OK;
    }
}
