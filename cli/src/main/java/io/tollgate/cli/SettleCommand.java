/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.v1.SettleRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tollgate settle} */
@Command(
        name = "settle",
        description = {
            "Says what was really used under a reservation: the rest goes back, more is recorded as debt.",
            "Exit code 0 when it is recorded, 1 when the reservation is not known."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate settle 3f0c5b1e9a7d42c8b6f1e0d9c8b7a695 --usage 812:output_token",
            "  tollgate settle 3f0c5b1e9a7d42c8b6f1e0d9c8b7a695"
        })
final class SettleCommand implements Callable<Integer> {
    @Parameters(paramLabel = "ID", description = "The reservation, as the answer to mode reserve names it.")
    String id;

    @Option(
            names = "--usage",
            paramLabel = "AMOUNT:UNIT",
            description = "What was used; none = nothing, for instance 1000:input_token. Repeatable.")
    List<String> usages = new ArrayList<>();

    @Mixin
    SidecarAddress sidecar;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        final SettleRequest.Builder request = SettleRequest.newBuilder().setReservationId(id);
        usages.forEach(usage -> request.addActual(RequestWords.usage(usage)));
        return sidecar.show(
                sidecar.ask(client -> client.settleAsync(request.build()).join()), output);
    }
}
