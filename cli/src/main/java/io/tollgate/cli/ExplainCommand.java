/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.render.ExplanationText;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.ExplainRequest;
import io.tollgate.v1.ExplainResponse;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tollgate explain} */
@Command(
        name = "explain",
        description = {
            "Shows why a request is allowed or denied: every stage, scope, rule and ceiling. Takes nothing.",
            "Exit codes as of decide.",
            "With --replay: decides again, offline, what an entry of the decision log says, and compares the answers",
            "field by field. Exit code 0 if they are the same, 1 if not or if it cannot be told, 4 without the snapshot."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate explain --org lumen --project rag --actor user:ana \\",
            "      --action llm/model/invoke --usage 1000:input_token",
            "  tollgate explain --file request.json --output json",
            "  tollgate explain --replay decisions.jsonl --decision 7c1e-3-42 --snapshot acme-1-7.tgs",
        })
final class ExplainCommand implements Callable<Integer> {
    @Mixin
    RequestOptions question;

    @Mixin
    ReplayOptions replay;

    @Mixin
    Admin admin;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() throws IOException {
        if (replay.isAsked()) {
            question.requireNone("--replay");
            return replay.run(output);
        }
        replay.requireNothing();
        final DecideRequest request = question.request();
        final ExplainResponse response = admin.ask(sidecar ->
                sidecar.explain(ExplainRequest.newBuilder().setRequest(request).build()));
        output.print(response.getDecision(), paint -> ExplanationText.of(request, response.getDecision(), paint));
        return ExitCode.of(response.getDecision());
    }
}
