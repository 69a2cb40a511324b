/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.render.ScopeText;
import io.tollgate.v1.DumpScopeRequest;
import io.tollgate.v1.DumpScopeResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tollgate dump-scope} */
@Command(
        name = "dump-scope",
        aliases = "counters",
        description = "Shows a scope as the sidecar sees it: state, chain, ceilings with their counters, rules.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate dump-scope org:lumen/project:rag",
            "  tollgate dump-scope org:lumen/user:ana --output json",
            "  tollgate counters plan:pro"
        })
final class DumpScopeCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "PATH",
            description = "global, plan:pro, org:acme, org:acme/project:rag, org:acme/user:ada ...")
    String path;

    @Mixin
    Admin admin;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        final DumpScopeResponse dump = admin.ask(sidecar ->
                sidecar.dumpScope(DumpScopeRequest.newBuilder().setPath(path).build()));
        output.print(dump, paint -> ScopeText.of(dump, paint));
        return ExitCode.OK;
    }
}
