/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tollgate ratelimit} */
@Command(
        name = "ratelimit",
        description = "For users of the reference rate-limit server (envoyproxy/ratelimit).",
        subcommands = RatelimitConvertCommand.class,
        footerHeading = "%nExamples:%n",
        footer = "  tollgate ratelimit convert config/*.yaml --output edge --actor user --values values.yaml")
final class RatelimitCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }
}
