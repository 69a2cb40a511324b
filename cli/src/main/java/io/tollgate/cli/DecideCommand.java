/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.render.VerdictText;
import io.tollgate.client.Decision;
import io.tollgate.client.DecisionRequest;
import io.tollgate.v1.DecideRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tollgate decide} */
@Command(
        name = "decide",
        description = {
            "Asks a sidecar for a decision, as an application would.",
            "Exit code 0 for ALLOW and WARN, 1 for DENY, 4 if it is denied because the evidence is too old.",
            "With --from-check: the way of an HTTP request through Envoy's mapping, the decision, and what Envoy gets.",
            "Asked as CHECK, so that trying takes nothing."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate decide --org lumen --project rag --actor user:ana \\",
            "      --action llm/model/invoke --usage 1000:input_token",
            "  tollgate decide --file request.json --address unix:/run/tollgate.sock --output json",
            "  tollgate decide --org lumen --project rag --api-key-env RAG_KEY \\",
            "      --action llm/model/invoke --mode consume",
            "  tollgate decide --from-check captured.json",
            "  tollgate decide --from-check captured.json --mapping envoy-mapping.yaml --question-only",
        })
final class DecideCommand implements Callable<Integer> {
    @Mixin
    RequestOptions question;

    @Mixin
    CheckOptions check;

    @Mixin
    SidecarAddress sidecar;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        if (check.isAsked()) {
            question.requireNone("--from-check");
            return new CheckedQuestion(check, sidecar, output).run();
        }
        check.requireNothing();
        final DecideRequest request = question.request();
        final Decision decision = sidecar.ask(client -> client.decide(DecisionRequest.of(request), sidecar.timeout));
        if (decision.cause().isPresent()) {
            throw sidecar.noAnswer(decision.cause().get());
        }
        output.print(decision.raw(), paint -> VerdictText.of(request, decision.raw(), paint));
        return ExitCode.of(decision.raw());
    }
}
