/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.JsonObject;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.AllowSnapshotRequest;
import io.tollgate.v1.AllowSnapshotResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tollgate snapshot allow} */
@Command(
        name = "allow",
        description = {
            "Lets a sidecar activate what its dry run has refused, whatever it flips, and try again at once.",
            "It is written to the sidecar's log, with the name. See what flips: tollgate status."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  tollgate snapshot allow 1795219200000-8", "  tollgate snapshot allow 1795219200000-7+12"})
final class SnapshotAllowCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "VERSION",
            description = "As the refusal names it: EPOCH-VERSION, of a delta EPOCH-VERSION+SEQUENCE.")
    String version = "";

    @Option(names = "--by", paramLabel = "NAME", description = "Who says so; default the user who runs this.")
    String by = System.getProperty("user.name", "");

    @Mixin
    Admin admin;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        final AllowSnapshotResponse answer =
                admin.ask(sidecar -> sidecar.allowSnapshot(AllowSnapshotRequest.newBuilder()
                        .setCandidate(version)
                        .setAllowedBy(by)
                        .build()));
        if (!answer.getProblem().isEmpty()) {
            throw CommandFailure.no(answer.getProblem());
        }
        final JsonObject json = new JsonObject();
        json.addProperty("allowed", version);
        json.addProperty("by", by);
        output.print(
                json,
                paint -> paint.in(Style.STRONG_GOOD, "ALLOWED") + ": " + paint.in(Style.NONE, version)
                        + " is tried again now, whatever it flips\n");
        return ExitCode.OK;
    }
}
