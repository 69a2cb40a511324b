/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tollgate snapshot} */
@Command(
        name = "snapshot",
        description = "Looks into snapshots, at rest or live.",
        subcommands = {
            SnapshotInspectCommand.class,
            SnapshotVerifyCommand.class,
            SnapshotDiffCommand.class,
            SnapshotConfirmCommand.class,
            SnapshotArchiveCommand.class,
            SnapshotAllowCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {"  tollgate snapshot inspect acme.tgs", "  tollgate snapshot verify acme.tgs"})
final class SnapshotCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }
}
