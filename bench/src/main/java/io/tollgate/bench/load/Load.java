/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import io.tollgate.examples.generator.GeneratedShape;
import io.tollgate.v1.DecideRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Sends decisions to a server on this host and reports latency, outcomes and processor time. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Sends decisions to a server on this host and reports latency, outcomes and processor time.",
        footer = {
            "",
            "Examples:",
            "  bench/run load.Load --target 127.0.0.1:7070 --pid $PID --in-flight 8",
            "  bench/run load.Load --target unix:/run/tollgate.sock --call stream --in-flight 64",
            "  bench/run load.Load --target 127.0.0.1:7070 --rate 20000 --in-flight 4096",
            "Exit codes: 0 all calls answered, 1 some failed, 2 usage, 3 unreachable."
        })
public final class Load implements Callable<Integer> {
    @Option(names = "--target", required = true, description = "HOST:PORT or unix:/PATH; this host only.")
    private String target = "";

    @Option(
            names = "--call",
            description = "unary, batch, stream, or check, which is Envoy's (default: ${DEFAULT-VALUE}).")
    private LoadPlan.Call call = LoadPlan.Call.UNARY;

    @Option(names = "--batch", description = "Decisions per call of --call batch (default: 32).")
    private @Nullable Integer batchSize;

    @Option(
            names = "--in-flight",
            description =
                    "Closed loop: calls (stream: questions) always unanswered; open loop: most (default: 1; with --rate 4096).")
    private @Nullable Integer inFlight;

    @Option(
            names = "--rate",
            description =
                    "Open loop: so many calls are due per second, and times count from when they were due (default: closed loop).")
    private int ratePerS;

    @Option(names = "--spin", description = "Open loop: keep the pace with a busy loop; costs a core.")
    private boolean spin;

    @Option(names = "--connections", description = "Connections that share the calls (default: ${DEFAULT-VALUE}).")
    private int connections = 1;

    @Option(
            names = "--warm-up",
            description =
                    "Seconds before measuring; below 20 the compiler is measured too (default: ${DEFAULT-VALUE}).")
    private double warmUpS = 20;

    @Option(names = "--duration", description = "Seconds to measure (default: ${DEFAULT-VALUE}).")
    private double durationS = 10;

    @Option(names = "--calls", description = "Stop after so many measured calls (default: no bound).")
    private long maxCalls = Long.MAX_VALUE;

    @Option(names = "--pid", description = "The server's process, to read its processor time and memory.")
    private @Nullable Long pid;

    @Option(names = "--requests", description = "A file with one DecideRequest as JSON a line (default: generated).")
    private @Nullable Path requests;

    @Option(
            names = "--principals",
            description = "Generated requests: principals of the data set (default: ${DEFAULT-VALUE}).")
    private int principals = 1_000;

    @Option(
            names = "--draw",
            description = "Generated requests: zipf (exponent 0.99) or uniform (default: ${DEFAULT-VALUE}).")
    private RequestSource.Hot hot = RequestSource.Hot.ZIPF;

    @Option(names = "--by-name", description = "Generated requests: actors by type and id instead of by API key.")
    private boolean byName;

    @Option(names = "--seed", description = "Generated requests: seed (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--pool",
            description = "Generated requests: how many are made and sent round and round (default: ${DEFAULT-VALUE}).")
    private int poolSize = 1 << 16;

    @Option(names = "--json", description = "Also write the result as JSON to this file.")
    private @Nullable Path json;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    /** Runs the command. */
    public static void main(final String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Load())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof IOException || failure instanceof IllegalArgumentException) {
                        command.getErr().println("load: " + failure.getMessage());
                        return failure instanceof IOException ? 3 : 2;
                    }
                    throw failure;
                });
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        final LoadPlan plan = plan();
        final LoadResult result = new LoadRun(plan, pool(), pid == null ? null : ProcessStat.of(pid)).run();
        out.print(LoadReport.text(result));
        out.flush();
        if (json != null) {
            Files.writeString(json, LoadReport.json(result));
        }
        return result.errorCount() == 0 && result.tally().completedCalls() > 0 ? 0 : 1;
    }

    private LoadPlan plan() {
        final int batch = batchSize != null ? batchSize : call == LoadPlan.Call.BATCH ? 32 : 1;
        final int atOnce = inFlight != null ? inFlight : ratePerS > 0 ? 4_096 : connections;
        final LoadPlan.Span seconds = LoadPlan.Span.ofSeconds(warmUpS, durationS);
        return new LoadPlan(
                LocalAddress.parse(target),
                call,
                batch,
                connections,
                new LoadPlan.Loop(atOnce, ratePerS, spin),
                new LoadPlan.Span(seconds.warmUpNs(), seconds.durationNs(), maxCalls, seconds.drainNs()));
    }

    private RequestPool pool() throws IOException {
        if (call == LoadPlan.Call.CHECK) {
            return RequestPool.ofMessages(
                    RequestSource.generatedChecks(new GeneratedShape(principals, seed, 0), hot, poolSize));
        }
        final List<DecideRequest> all = requests != null
                ? RequestSource.file(requests)
                : RequestSource.generated(
                        new GeneratedShape(principals, seed, 0), new RequestSource.Draw(hot, !byName), poolSize);
        return call == LoadPlan.Call.BATCH
                ? RequestPool.ofBatches(all, batchSize != null ? batchSize : 32)
                : RequestPool.ofDecisions(all);
    }
}
