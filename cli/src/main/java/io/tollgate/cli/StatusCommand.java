/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.render.StatusText;
import io.tollgate.v1.StatusRequest;
import io.tollgate.v1.StatusResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tollgate status} */
@Command(
        name = "status",
        description = "Shows what a sidecar runs on: snapshot, age of the evidence, connection, counters, decisions.",
        footerHeading = "%nExamples:%n",
        footer = {"  tollgate status", "  tollgate status --output json --address 127.0.0.1:7071"})
final class StatusCommand implements Callable<Integer> {
    @Mixin
    Admin admin;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        final StatusResponse status = admin.ask(sidecar -> sidecar.status(StatusRequest.getDefaultInstance()));
        output.print(status, paint -> StatusText.of(status, paint));
        return ExitCode.OK;
    }
}
