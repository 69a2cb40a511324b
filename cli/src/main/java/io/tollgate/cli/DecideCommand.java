/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.render.VerdictText;
import io.tollgate.client.Decision;
import io.tollgate.client.DecisionRequest;
import io.tollgate.client.TollgateClient;
import io.tollgate.client.TransportFailure;
import io.tollgate.v1.DecideRequest;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tollgate decide} */
@Command(
        name = "decide",
        description = {
            "Asks a sidecar for a decision, as an application would.",
            "Exit code 0 for ALLOW and WARN, 1 for DENY, 4 if it is denied because the evidence is too old."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate decide --org lumen --project rag --actor user:ana \\",
            "      --action llm/model/invoke --usage 1000:input_token",
            "  tollgate decide --file request.json --address unix:/run/tollgate.sock --output json",
            "  tollgate decide --org lumen --project rag --api-key-env RAG_KEY \\",
            "      --action llm/model/invoke --mode consume",
        })
final class DecideCommand implements Callable<Integer> {
    @Mixin
    RequestOptions question;

    @Option(
            names = "--address",
            paramLabel = "ADDRESS",
            defaultValue = TollgateClient.DEFAULT_ADDRESS,
            description = "The sidecar: HOST:PORT or unix:/PATH; default ${DEFAULT-VALUE}.")
    String address;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = TimeSpan.class,
            description = "How long to wait for the answer; default ${DEFAULT-VALUE}.")
    Duration timeout;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        final DecideRequest request = question.request();
        final Decision decision;
        try (TollgateClient client = TollgateClient.connect(address)) {
            decision = client.decide(DecisionRequest.of(request), timeout);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
        if (decision.cause().isPresent()) {
            throw noAnswer(decision.cause().get());
        }
        output.print(decision.raw(), paint -> VerdictText.of(request, decision.raw(), paint));
        return ExitCode.of(decision.raw());
    }

    private CommandFailure noAnswer(TransportFailure cause) {
        return switch (cause.kind()) {
            case TIMEOUT ->
                CommandFailure.unreachable(
                        "no sidecar answered at " + address + " within " + timeout.toMillis() + " ms (--timeout)");
            case UNREACHABLE ->
                CommandFailure.unreachable(
                        "no sidecar answers at " + address + "; is it running?\n" + cause.getMessage());
            default -> CommandFailure.unreachable("no answer that counts: " + cause.getMessage());
        };
    }
}
