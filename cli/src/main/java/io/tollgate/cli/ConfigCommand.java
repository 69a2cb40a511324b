/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.v1.GetConfigRequest;
import io.tollgate.v1.GetConfigResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tollgate config} */
@Command(
        name = "config",
        description = "Shows the configuration that a sidecar runs with, every default filled in, secrets masked.",
        footerHeading = "%nExamples:%n",
        footer = {"  tollgate config", "  tollgate config --output json"})
final class ConfigCommand implements Callable<Integer> {
    @Mixin
    Admin admin;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        final GetConfigResponse config = admin.ask(sidecar -> sidecar.getConfig(GetConfigRequest.getDefaultInstance()));
        output.print(
                config,
                paint -> "# SHA-256 " + config.getSha256() + "\n"
                        + config.getYaml().stripTrailing() + "\n");
        return ExitCode.OK;
    }
}
