/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tollgate release} */
@Command(
        name = "release",
        description = {
            "Gives a reservation back whole, as if the request had not happened.",
            "Exit code 0 when it is done, 1 when the reservation is not known."
        },
        footerHeading = "%nExamples:%n",
        footer = "  tollgate release 3f0c5b1e9a7d42c8b6f1e0d9c8b7a695")
final class ReleaseCommand implements Callable<Integer> {
    @Parameters(paramLabel = "ID", description = "The reservation, as the answer to mode reserve names it.")
    String id;

    @Mixin
    SidecarAddress sidecar;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        return sidecar.show(sidecar.ask(client -> client.releaseAsync(id).join()), output);
    }
}
