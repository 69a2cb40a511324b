/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.server.Sidecar;
import io.tollgate.server.config.SidecarConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tollgate sidecar} */
@Command(
        name = "sidecar",
        description = {
            "Runs a sidecar in the foreground; logs to standard error. SIGTERM drains and stops it.",
            "Keys of the configuration: docs/configuration.md."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  tollgate sidecar --config /etc/tollgate/sidecar.yaml"})
final class SidecarCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The configuration, YAML.")
    Path file;

    @Override
    public Integer call() {
        final Session session = Session.of(spec);
        final SidecarConfig config = SidecarConfig.builder()
                .file(session.resolve(file))
                .environment(session.environment())
                .build();
        Logs.showInformation();
        printConfiguration(config);
        final Sidecar sidecar = Sidecar.start(config);
        try {
            session.stop().listenToProcess();
            session.stop().await();
        } finally {
            sidecar.close();
        }
        return ExitCode.OK;
    }

    private void printConfiguration(SidecarConfig config) {
        final PrintWriter err = spec.commandLine().getErr();
        err.println("# effective configuration, SHA-256 " + config.sha256());
        err.print(config.yaml());
        err.flush();
    }
}
