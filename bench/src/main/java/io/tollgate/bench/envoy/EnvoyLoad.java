/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.envoy;

import io.tollgate.bench.load.EmptyServer;
import io.tollgate.bench.load.NettyNoise;
import io.tollgate.bench.load.ProcessStat;
import io.tollgate.bench.report.Machine;
import io.tollgate.bench.rig.ChildProcess;
import io.tollgate.bench.rig.GeneratedSite;
import io.tollgate.bench.world.Folders;
import io.tollgate.bench.world.GeneratedChecks;
import io.tollgate.examples.generator.GeneratedShape;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What a gate adds to requests through a real Envoy. Starts a control plane, a sidecar, an empty ext_authz server and one Envoy with a
 * listener for each {@link Gate}, and loads the listeners in turn, round after round, so that the machine's moods meet all of them.
 */
@Command(
        name = "envoy",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures requests through Envoy with no filter, with Envoy's RBAC filter, with an ext_authz server that always"
                        + " allows, and with Tollgate; prints a Markdown table for each kind of load.")
public final class EnvoyLoad implements Callable<Integer> {
    private static final List<String> HEAP = List.of("-Xmx256m", "-Xms256m");
    private static final int POOL = 1 << 14;

    @Option(
            names = "--version-of-envoy",
            description = "Fetched by examples/envoy/get-envoy (default: ${DEFAULT-VALUE}).")
    private String version = "1.40.0";

    @Option(names = "--envoy-threads", description = "Envoy's --concurrency (default: ${DEFAULT-VALUE}).")
    private int envoyThreads = 1;

    @Option(names = "--principals", description = "Principals of the data set, Zipf (default: ${DEFAULT-VALUE}).")
    private int principals = 10_000;

    @Option(
            names = "--rates",
            split = ",",
            description = "Open loop: requests due per second, one table each; 0 = closed loop (default: 1000,3000,0).")
    private List<Integer> rates = List.of(1_000, 3_000, 0);

    @Option(
            names = "--connections",
            description = "Keep-alive connections of the open loop (default: ${DEFAULT-VALUE}).")
    private int connections = 64;

    @Option(
            names = "--in-flight",
            description = "Connections of the closed loop, each always busy (default: ${DEFAULT-VALUE}).")
    private int inFlight = 8;

    @Option(names = "--rounds", description = "Runs of each load through each gate (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(
            names = "--warm-up",
            description = "Seconds of load through each gate before the first round (default: ${DEFAULT-VALUE}).")
    private double warmUpS = 8;

    @Option(names = "--duration", description = "Seconds of each run, after one to settle (default: ${DEFAULT-VALUE}).")
    private double durationS = 5;

    @Option(names = "--set", description = "More of the sidecar's configuration: warm_up.decisions=0")
    private List<String> settings = new ArrayList<>();

    @Option(names = "--output", description = "Write the Markdown to this file as well.")
    private @Nullable Path output;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    /** Runs the command. */
    public static void main(final String[] args) {
        System.exit(new CommandLine(new EnvoyLoad()).execute(args));
    }

    /** What runs, and where. */
    private record Stage(EnvoyProcess envoy, ChildProcess empty, ChildProcess sidecar, Map<Gate, Integer> ports) {
        List<ProcessStat> processes(final Gate gate) {
            final ProcessStat first = ProcessStat.of(envoy.pid());
            return switch (gate.server) {
                case NOBODY -> List.of(first);
                case EMPTY -> List.of(first, ProcessStat.of(empty.pid()));
                case SIDECAR -> List.of(first, ProcessStat.of(sidecar.pid()));
            };
        }

        int port(final Gate gate) {
            return Objects.requireNonNull(ports.get(gate));
        }
    }

    @Override
    public Integer call() throws Exception {
        NettyNoise.silence();
        final Path work = Files.createTempDirectory("tollgate-envoy");
        final int code = measureIn(work);
        if (code == 0) {
            Folders.delete(work);
        } else {
            System.err.println("logs: " + work);
        }
        return code;
    }

    private int measureIn(final Path work) throws Exception {
        final Path binary = EnvoyProcess.binary(version);
        final GeneratedShape shape = GeneratedShape.of(principals);
        final HttpRequests requests = HttpRequests.generated(shape, Math.min(POOL, principals * 4));
        final Map<Gate, Integer> ports = new EnumMap<>(Gate.class);
        for (final Gate gate : Gate.values()) {
            ports.put(gate, freePort());
        }
        settings.add("envoy.mapping=" + GeneratedChecks.mapping(work));
        try (GeneratedSite site = GeneratedSite.start(work, shape, settings);
                ChildProcess empty = ChildProcess.start(
                        EmptyServer.class,
                        HEAP,
                        List.of("--unix", work.resolve("e").toString()),
                        work.resolve("empty.log"),
                        60);
                EnvoyProcess envoy = EnvoyProcess.start(
                        binary,
                        envoyThreads,
                        work,
                        EnvoyConfig.of(ports, asked(work, empty, site.sidecar())),
                        ports.values())) {
            final Stage stage = new Stage(envoy, empty, site.sidecar(), ports);
            GateProof.prove(ports, shape);
            return measure(stage, requests);
        }
    }

    private static Map<Gate, String> asked(final Path work, final ChildProcess empty, final ChildProcess sidecar) {
        final Map<Gate, String> asked = new EnumMap<>(Gate.class);
        asked.put(Gate.ALLOW_TCP, EnvoyConfig.tcp(empty.fact("tcp")));
        asked.put(Gate.ALLOW_UNIX, EnvoyConfig.unix(work.resolve("e").toString()));
        asked.put(Gate.TOLLGATE_TCP, EnvoyConfig.tcp(sidecar.fact("tcp")));
        asked.put(Gate.TOLLGATE_UNIX, EnvoyConfig.unix(work.resolve("s").toString()));
        return asked;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private int measure(final Stage stage, final HttpRequests requests) throws IOException, InterruptedException {
        for (final Gate gate : Gate.values()) {
            run(stage, gate, requests, 0, gate.asks() ? warmUpS : warmUpS / 4);
        }
        final List<EnvoyTable> tables = new ArrayList<>();
        for (final int rate : rates) {
            tables.add(new EnvoyTable(
                    rate == 0
                            ? "Closed loop, " + inFlight + " connections"
                            : String.format(Locale.ROOT, "Open loop, %,d requests/s", rate)));
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < rates.size(); i++) {
                for (final Gate gate : Gate.values()) {
                    tables.get(i).add(gate, run(stage, gate, requests, rates.get(i), durationS));
                }
            }
            System.err.printf(Locale.ROOT, "round %d of %d done%n", round + 1, rounds);
        }
        report(tables, requests);
        final List<String> failures =
                tables.stream().flatMap(table -> table.failures().stream()).toList();
        failures.forEach(System.err::println);
        return failures.isEmpty() ? 0 : 1;
    }

    private HttpLoad.Result run(
            final Stage stage, final Gate gate, final HttpRequests requests, final int rate, final double seconds)
            throws IOException, InterruptedException {
        final HttpLoad.Plan plan = new HttpLoad.Plan(
                stage.port(gate), rate == 0 ? inFlight : connections, rate, Math.min(1, durationS), seconds);
        return new HttpLoad(plan, requests).run(stage.processes(gate));
    }

    private void report(final List<EnvoyTable> tables, final HttpRequests requests) throws IOException {
        final StringBuilder text = new StringBuilder();
        text.append(Machine.describe()).append("\n\n");
        text.append(String.format(
                Locale.ROOT,
                "Envoy %s with --concurrency %d; it answers itself (direct_response). %,d principals, Zipf; requests of %.0f bytes over"
                        + " HTTP/1.1, client on the same machine. %d rounds of %.0f s, medians; max is the longest of all.%n%n",
                version,
                envoyThreads,
                principals,
                requests.meanLengthBytes(),
                rounds,
                durationS));
        for (final EnvoyTable table : tables) {
            text.append(table.markdown()).append('\n');
        }
        out.print(text);
        out.flush();
        if (output != null) {
            Files.writeString(output, text);
        }
    }
}
