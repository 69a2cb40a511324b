/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.control.ControlPlane;
import io.tollgate.control.ControlPlaneConfig;
import io.tollgate.control.ControlPlaneListener;
import io.tollgate.control.signing.SigningConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tollgate control-plane} */
@Command(
        name = "control-plane",
        description = {
            "Runs a control plane in the foreground; logs to standard error. SIGTERM stops it.",
            "Keys of the configuration: docs/control-plane.md."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  tollgate control-plane --config /etc/tollgate/control-plane.yaml"})
final class ControlPlaneCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The configuration, YAML.")
    Path file;

    @Override
    public Integer call() {
        final Session session = Session.of(spec);
        Logs.showInformation();
        final ControlPlane plane = start(session.resolve(file));
        try {
            session.stop().listenToProcess();
            session.stop().await();
        } finally {
            plane.close();
        }
        return ExitCode.OK;
    }

    private ControlPlane start(Path config) {
        if (!Files.isReadable(config)) {
            throw CommandFailure.usage(config + " does not exist or cannot be read");
        }
        try {
            final ControlPlaneConfig read = ControlPlaneConfig.read(config);
            final PrintWriter err = spec.commandLine().getErr();
            err.print(yaml(read));
            err.flush();
            return ControlPlane.start(read, ControlPlaneListener.NONE);
        } catch (IOException e) {
            throw CommandFailure.usage("the control plane cannot start: " + e.getMessage());
        }
    }

    /** As it could stand in the file, every default filled in. It names files with keys, and holds none. */
    private static String yaml(ControlPlaneConfig config) {
        final StringBuilder yaml = new StringBuilder("# effective configuration\n");
        yaml.append("listen:\n  grpc: ").append(text(config.grpcAddress()));
        final InetSocketAddress http = config.httpAddress();
        yaml.append("\n  http: ").append(http == null ? "none" : text(http)).append('\n');
        final ControlPlaneConfig.Tls tls = config.tls();
        if (tls != null) {
            yaml.append("tls:\n  certificate_file: ").append(tls.certificateFile());
            yaml.append("\n  key_file: ").append(tls.keyFile()).append('\n');
        }
        yaml.append("state_dir: ").append(config.stateDir()).append("\nbundles:\n");
        config.bundles()
                .forEach(bundle -> yaml.append("  - dir: ").append(bundle.dir()).append('\n'));
        yaml.append("watch:\n  enabled: ").append(config.watch());
        yaml.append("\n  interval_ms: ").append(config.watchIntervalMs());
        yaml.append("\nlimits:\n  max_snapshot_streams: ")
                .append(config.limits().maxPulls());
        yaml.append("\n  max_waiting_polls: ").append(config.limits().maxWaits());
        yaml.append("\n  max_wait_ms: ").append(config.limits().maxWaitMs());
        yaml.append("\n  max_connections: ").append(config.limits().maxConnections());
        yaml.append("\n  max_calls_per_connection: ").append(config.limits().maxCallsPerConnection());
        yaml.append("\n  max_usage_streams: ").append(config.limits().maxReports());
        yaml.append("\nledger:\n  lost_reports: ").append(config.ledger().passLost() ? "pass" : "refuse");
        yaml.append("\narchive:\n  keep_hours: ")
                .append(config.publishing().retention().hours());
        yaml.append("\n  max_bytes: ").append(config.publishing().retention().maxBytes());
        signing(config.signing(), yaml.append('\n'));
        return yaml.toString();
    }

    private static void signing(SigningConfig signing, StringBuilder yaml) {
        if (signing.keys().isEmpty()) {
            yaml.append("# signing: nothing is signed\n");
            return;
        }
        yaml.append("signing:\n  keys:\n");
        for (final SigningConfig.Key key : signing.keys()) {
            yaml.append("    - { ")
                    .append(key.file() == null ? "environment: " + key.environment() : "file: '" + key.file() + "'")
                    .append(", active: ")
                    .append(key.active())
                    .append(" }\n");
        }
    }

    private static String text(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }
}
