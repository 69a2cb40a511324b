/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.render.StatusText;
import io.tollgate.v1.StatusRequest;
import io.tollgate.v1.StatusResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tollgate health} */
@Command(
        name = "health",
        description = {
            "One line and an exit code for probes and scripts.",
            "Exit code 0 ready, 1 starting or draining, 3 unreachable, 4 stale or missing snapshot."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  tollgate health && start-service", "  tollgate health --timeout 500ms"})
final class HealthCommand implements Callable<Integer> {
    @Mixin
    Admin admin;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        final StatusResponse status = admin.ask(sidecar -> sidecar.status(StatusRequest.getDefaultInstance()));
        output.print(status, paint -> StatusText.health(status, paint));
        return ExitCode.of(status);
    }
}
