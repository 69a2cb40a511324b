/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.render.JournalText;
import io.tollgate.v1.JournalStatusRequest;
import io.tollgate.v1.JournalStatusResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tollgate journal} */
@Command(
        name = "journal",
        description = {
            "Shows a sidecar's usage journal: what is not in the control plane's ledger yet, and why.",
            "Exit code 1 when usage cannot be recorded or was rejected."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  tollgate journal", "  tollgate journal --output json"})
final class JournalCommand implements Callable<Integer> {
    @Mixin
    Admin admin;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        final JournalStatusResponse journal =
                admin.ask(sidecar -> sidecar.journalStatus(JournalStatusRequest.getDefaultInstance()));
        output.print(journal, paint -> JournalText.of(journal, System.currentTimeMillis(), paint));
        return journal.getFailed() || journal.getReporting().getRejectedCount() > 0 ? ExitCode.NO : ExitCode.OK;
    }
}
