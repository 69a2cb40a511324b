/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.rig;

import io.tollgate.server.Sidecar;
import io.tollgate.server.SidecarAddresses;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.config.SidecarConfigBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A sidecar as it ships; only its addresses and its state directory are chosen here. */
@Command(
        name = "measured-sidecar",
        mixinStandardHelpOptions = true,
        description = "A sidecar that a benchmark starts and stops.")
public final class MeasuredSidecar implements Callable<Integer> {
    @Option(names = "--set", description = "A configuration key: listen.unix_socket=/tmp/s")
    private Map<String, String> keys = new TreeMap<>();

    @Option(names = "--ready-s", description = "Give up when not ready by then (default: ${DEFAULT-VALUE}).")
    private long readyS = 120;

    /** Runs the sidecar. */
    public static void main(final String[] args) {
        System.exit(new CommandLine(new MeasuredSidecar()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        final SidecarConfigBuilder builder = SidecarConfig.builder()
                .set("sidecar_id", "measured")
                .set("listen.address", "127.0.0.1:0")
                .set("listen.admin_address", "")
                .set("listen.http_address", "")
                // Its snapshots are made by this program, for this run.
                .set("trust.unsigned", "allow")
                .set("shutdown.lame_duck_ms", "0");
        keys.forEach(builder::set);
        try (Sidecar sidecar = Sidecar.start(builder.build())) {
            if (!sidecar.awaitReady(TimeUnit.SECONDS.toMillis(readyS))) {
                System.err.println(
                        "not ready after " + readyS + " s: " + sidecar.state() + ", " + sidecar.stateCause());
                return 1;
            }
            final SidecarAddresses addresses = sidecar.addresses();
            final Map<String, String> facts = new TreeMap<>();
            final InetSocketAddress tcp = addresses.decisions();
            if (tcp != null) {
                facts.put("tcp", Integer.toString(tcp.getPort()));
            }
            ReadyLine.print(facts);
            ReadyLine.awaitEndOfInput();
            return 0;
        }
    }
}
