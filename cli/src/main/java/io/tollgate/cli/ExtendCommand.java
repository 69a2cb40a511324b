/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.render.VerdictText;
import io.tollgate.client.Decision;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.ExtendRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tollgate extend} */
@Command(
        name = "extend",
        description = {
            "Asks for more under a reservation, before going on.",
            "Exit code 0 for ALLOW and WARN, 1 for DENY: the reservation then stays as it was."
        },
        footerHeading = "%nExamples:%n",
        footer = "  tollgate extend 3f0c5b1e9a7d42c8b6f1e0d9c8b7a695 --usage 500:output_token --ttl 60s")
final class ExtendCommand implements Callable<Integer> {
    @Parameters(paramLabel = "ID", description = "The reservation, as the answer to mode reserve names it.")
    String id;

    @Option(
            names = "--usage",
            paramLabel = "AMOUNT:UNIT",
            description = "How much more, for instance 1000:input_token. Repeatable.")
    List<String> usages = new ArrayList<>();

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description = "Hold it for so long from now; it is never shortened.")
    @Nullable
    Duration ttl;

    @Option(names = "--idempotency-key", paramLabel = "KEY", description = "Repeating it takes nothing more.")
    @Nullable
    String idempotencyKey;

    @Mixin
    SidecarAddress sidecar;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        final ExtendRequest.Builder request = ExtendRequest.newBuilder().setReservationId(id);
        usages.forEach(usage -> request.addUsage(RequestWords.usage(usage)));
        if (ttl != null) {
            request.setTtlMs(ttl.toMillis());
        }
        if (idempotencyKey != null) {
            request.setIdempotencyKey(idempotencyKey);
        }
        final Decision decision =
                sidecar.ask(client -> client.extendAsync(request.build()).join());
        if (decision.cause().isPresent()) {
            throw sidecar.noAnswer(decision.cause().get());
        }
        final DecideRequest asked =
                DecideRequest.newBuilder().addAllUsage(request.getUsageList()).build();
        output.print(decision.raw(), paint -> VerdictText.of(asked, decision.raw(), paint));
        return ExitCode.of(decision.raw());
    }
}
