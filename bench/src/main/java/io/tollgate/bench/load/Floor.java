/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import com.google.protobuf.MessageLite;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.tollgate.bench.report.Machine;
import io.tollgate.bench.rig.ChildProcess;
import io.tollgate.bench.rig.GeneratedSite;
import io.tollgate.bench.world.Folders;
import io.tollgate.bench.world.GeneratedChecks;
import io.tollgate.envoy.auth.v3.AuthorizationGrpc;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.examples.generator.GeneratedShape;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Target P4: what a decision over gRPC costs beside the empty call. Starts a control plane, a sidecar and the empty server as processes of
 * their own, records a real answer for the empty server to give, then measures the two in turn (A B B A), so that the machine's moods meet
 * both; medians and ratios.
 */
@Command(
        name = "floor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures the sidecar beside an empty server of the same stack; prints a Markdown table.")
public final class Floor implements Callable<Integer> {
    private static final List<String> HEAP = List.of("-Xmx256m", "-Xms256m");
    private static final int POOL = 1 << 16;
    private static final int WARM_UP_IN_FLIGHT = 16;

    @Option(names = "--principals", description = "Principals of the data set (default: ${DEFAULT-VALUE}).")
    private int principals = 100_000;

    @Option(names = "--draw", description = "zipf or uniform (default: ${DEFAULT-VALUE}).")
    private RequestSource.Hot hot = RequestSource.Hot.ZIPF;

    @Option(names = "--rounds", description = "Runs of each case on each server (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(
            names = "--warm-up",
            description = "Seconds of load on each server before the first round (default: ${DEFAULT-VALUE}).")
    private double warmUpS = 25;

    @Option(names = "--duration", description = "Seconds of each run, after one to settle (default: ${DEFAULT-VALUE}).")
    private double durationS = 5;

    @Option(names = "--unary-only", description = "Leave out batches and streams.")
    private boolean unaryOnly;

    @Option(names = "--check", description = "Envoy's Check in place of Decide, by a mapping; bench/run check.")
    private boolean check;

    @Option(names = "--output", description = "Write the Markdown to this file as well.")
    private @Nullable Path output;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    /** Runs the command. */
    public static void main(final String[] args) {
        System.exit(new CommandLine(new Floor())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    /** A server under measurement. */
    private record Measured(ChildProcess process, LocalAddress tcp, LocalAddress unix) {
        LocalAddress address(final FloorCase what) {
            return what.unix() ? unix : tcp;
        }

        static Measured of(final ChildProcess process, final Path socket) {
            return new Measured(
                    process,
                    LocalAddress.parse("127.0.0.1:" + process.fact("tcp")),
                    LocalAddress.parse("unix:" + socket));
        }
    }

    @Override
    public Integer call() throws Exception {
        final Path work = Files.createTempDirectory("tollgate-floor");
        final int code = measureIn(work);
        if (code == 0) {
            Folders.delete(work); // else its logs may tell why
        } else {
            System.err.println("logs: " + work);
        }
        return code;
    }

    private int measureIn(final Path work) throws Exception {
        final GeneratedShape shape = GeneratedShape.of(principals);
        final int count = Math.min(POOL, principals * 4);
        final List<DecideRequest> requests =
                RequestSource.generated(shape, new RequestSource.Draw(hot, true), check ? 1 : count);
        final RequestPool single = check
                ? RequestPool.ofMessages(RequestSource.generatedChecks(shape, hot, count))
                : RequestPool.ofDecisions(requests);
        final List<String> settings = check ? List.of("envoy.mapping=" + GeneratedChecks.mapping(work)) : List.of();
        try (GeneratedSite site = GeneratedSite.start(work, shape, settings)) {
            final Measured sidecar = Measured.of(site.sidecar(), work.resolve("s"));
            final Path answer = work.resolve("answer.bin");
            final MessageLite recorded = check
                    ? askCheck(sidecar.tcp, new GeneratedChecks(shape).check(0))
                    : ask(sidecar.tcp, requests.get(0));
            Files.write(answer, recorded.toByteArray());
            try (ChildProcess emptyProcess = startEmpty(work, check ? "--check-response" : "--response", answer)) {
                final Measured empty = Measured.of(emptyProcess, work.resolve("e"));
                return measure(empty, sidecar, new Traffic(requests, single), Files.size(answer));
            }
        }
    }

    /** What is sent: one by one, and as what batches are made of. */
    private record Traffic(List<DecideRequest> requests, RequestPool single) {}

    private static ChildProcess startEmpty(final Path work, final String option, final Path answer)
            throws IOException, InterruptedException {
        return ChildProcess.start(
                EmptyServer.class,
                HEAP,
                List.of("--unix", work.resolve("e").toString(), option, answer.toString()),
                work.resolve("empty.log"),
                60);
    }

    private static DecideResponse ask(final LocalAddress address, final DecideRequest request)
            throws InterruptedException {
        final ManagedChannel channel = channel(address);
        try {
            final DecideResponse response = DecisionServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .decide(request);
            if (response.getOutcome() != Outcome.OUTCOME_ALLOW) {
                throw new IllegalStateException("the generated request is not allowed: " + response);
            }
            return response;
        } finally {
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    private static CheckResponse askCheck(final LocalAddress address, final CheckRequest request)
            throws InterruptedException {
        final ManagedChannel channel = channel(address);
        try {
            final CheckResponse response = AuthorizationGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .check(request);
            if (!response.hasOkResponse()) {
                throw new IllegalStateException("the generated Check does not pass: " + response);
            }
            return response;
        } finally {
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    private static ManagedChannel channel(final LocalAddress address) {
        return NettyChannelBuilder.forAddress(address.socket())
                .usePlaintext()
                .overrideAuthority("localhost")
                .build();
    }

    private int measure(final Measured empty, final Measured sidecar, final Traffic traffic, final long answerBytes)
            throws IOException, InterruptedException {
        final RequestPool single = traffic.single;
        warmUp(empty, single);
        warmUp(sidecar, single);
        final FloorTable table = new FloorTable();
        (check ? FloorCase.checks() : FloorCase.all(!unaryOnly)).forEach(what -> table.add(new FloorTable.Row(what)));
        for (int round = 0; round < rounds; round++) {
            for (final FloorTable.Row row : table.rows()) {
                final RequestPool pool = row.what.call() == LoadPlan.Call.BATCH
                        ? RequestPool.ofBatches(traffic.requests, row.what.batchSize())
                        : single;
                final boolean emptyFirst = round % 2 == 0;
                (emptyFirst ? row.empty : row.sidecar).add(run(emptyFirst ? empty : sidecar, row.what, pool));
                (emptyFirst ? row.sidecar : row.empty).add(run(emptyFirst ? sidecar : empty, row.what, pool));
            }
            System.err.printf(Locale.ROOT, "round %d of %d done%n", round + 1, rounds);
        }
        report(table, single.meanLengthBytes(), answerBytes);
        table.failures().forEach(System.err::println);
        return table.failures().isEmpty() ? 0 : 1;
    }

    private void warmUp(final Measured server, final RequestPool pool) throws IOException, InterruptedException {
        for (final LocalAddress address : List.of(server.tcp, server.unix)) {
            final LoadPlan.Loop loop = LoadPlan.Loop.closed(WARM_UP_IN_FLIGHT);
            final LoadPlan.Span span = LoadPlan.Span.ofSeconds(0, warmUpS / 2);
            new LoadRun(
                            new LoadPlan(address, check ? LoadPlan.Call.CHECK : LoadPlan.Call.UNARY, 1, 1, loop, span),
                            pool,
                            null)
                    .run();
        }
    }

    private LoadResult run(final Measured server, final FloorCase what, final RequestPool pool)
            throws IOException, InterruptedException {
        final LoadPlan plan = what.plan(server.address(what), LoadPlan.Span.ofSeconds(1, durationS));
        return new LoadRun(plan, pool, ProcessStat.of(server.process.pid())).run();
    }

    private void report(final FloorTable table, final double requestBytes, final long answerBytes) throws IOException {
        final StringBuilder text = new StringBuilder();
        text.append(Machine.describe()).append("\n\n");
        text.append(String.format(
                Locale.ROOT,
                "%,d principals, %s; requests of %.0f bytes, answers of %d; %d rounds of %.0f s, medians."
                        + " Each pair: empty server / sidecar.%n%n",
                principals,
                hot.name().toLowerCase(Locale.ROOT),
                requestBytes,
                answerBytes,
                rounds,
                durationS));
        text.append(table.markdown());
        if (!unaryOnly && !check) {
            final double unary = table.decisionsPerCpuSecond(LoadPlan.Call.UNARY, 64);
            text.append(String.format(
                    Locale.ROOT,
                    "%nDecisions per second of server processor time against unary at 64 in flight: batch of 32 %.1fx, stream %.1fx.%n",
                    table.decisionsPerCpuSecond(LoadPlan.Call.BATCH, 8) / unary,
                    table.decisionsPerCpuSecond(LoadPlan.Call.STREAM, 64) / unary));
        }
        out.print(text);
        out.flush();
        if (output != null) {
            Files.writeString(output, text);
        }
    }
}
