/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tollgate keys} */
@Command(
        name = "keys",
        description = "Keys that sign snapshots (Ed25519).",
        subcommands = {KeysGenerateCommand.class, KeysPublicCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {"  tollgate keys generate signing-2026.key", "  tollgate keys public signing-2026.key >> trust.pem"})
final class KeysCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }
}
