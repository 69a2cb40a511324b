/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.deltas;

import io.tollgate.bench.world.Folders;
import io.tollgate.client.Decision;
import io.tollgate.client.DecisionRequest;
import io.tollgate.client.TollgateClient;
import io.tollgate.control.ControlPlane;
import io.tollgate.control.ControlPlaneConfig;
import io.tollgate.control.ControlPlaneListener;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.control.publish.Publication;
import io.tollgate.server.Sidecar;
import io.tollgate.server.config.SidecarConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * P9: from a change that the control plane has accepted (durable in its delta log) to the first decision that rests on it, as a caller over
 * gRPC sees it. A limit of examples/acme is edited so many times; after each edit a caller asks in a tight loop until the evidence of an
 * answer has the change's sequence. The time that a question takes is in the result.
 */
@Command(
        name = "deltas",
        mixinStandardHelpOptions = true,
        description = "From a published change to the decision that knows it (P9).")
public final class DeltaLatency implements Callable<Integer> {
    private static final String LIMIT = "dimension: llm.requests, limit: 600,";
    private static final String EDITED = "dimension: llm.requests, limit: %d,";
    private static final long PATIENCE_MS = 30_000;
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final double US_PER_MS = 1_000.0;

    @Option(names = "--publishes", description = "Changes that count (default: ${DEFAULT-VALUE}).")
    private int publishes = 1_000;

    @Option(names = "--warm-up", description = "Changes before them (default: ${DEFAULT-VALUE}).")
    private int warmUp = 50;

    @Option(names = "--pause-ms", description = "Between two changes (default: ${DEFAULT-VALUE}).")
    private long pauseMs = 20;

    private final Histogram acceptedToEnforced = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);
    private final Histogram savedToEnforced = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);
    private final BlockingQueue<Accepted> accepted = new LinkedBlockingQueue<>();

    private record Accepted(Publication publication, long atNs) {}

    /** Runs it. */
    public static void main(final String[] args) {
        System.exit(new CommandLine(new DeltaLatency()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        final Path work = Files.createTempDirectory("tollgate-deltas");
        try {
            run(work);
            return 0;
        } finally {
            Folders.delete(work);
        }
    }

    private void run(final Path work) throws Exception {
        final Path bundle = work.resolve("acme");
        copy(Path.of(Objects.requireNonNull(System.getProperty("tollgate.root")), "examples", "acme"), bundle);
        final ControlPlaneConfig config = ControlPlaneConfig.of(bundle, work.resolve("control"))
                .listeningOn(new InetSocketAddress("127.0.0.1", 0), null);
        try (ControlPlane plane = ControlPlane.start(config, new Listener());
                Sidecar sidecar = startSidecar(work, plane)) {
            if (!sidecar.awaitReady(PATIENCE_MS)) {
                throw new IllegalStateException("not ready: " + sidecar.stateCause());
            }
            final int port =
                    Objects.requireNonNull(sidecar.addresses().decisions()).getPort();
            try (TollgateClient client = TollgateClient.connect("127.0.0.1:" + port)) {
                edits(client, bundle.resolve("limits/customers.yaml"));
            }
        }
        print("accepted -> enforced", acceptedToEnforced);
        print("saved -> enforced (with the watch of the files and the compilation)", savedToEnforced);
    }

    private static Sidecar startSidecar(final Path work, final ControlPlane plane) {
        return Sidecar.start(SidecarConfig.builder()
                .set("sidecar_id", "measured")
                .set("state_dir", work.resolve("sidecar").toString())
                .set("control_plane.address", "127.0.0.1:" + plane.grpcAddress().getPort())
                .set("control_plane.bundle", "acme")
                .set("trust.unsigned", "allow")
                .set("listen.address", "127.0.0.1:0")
                .set("listen.admin_address", "")
                .set("listen.http_address", "")
                .set("shutdown.lame_duck_ms", "0")
                .build());
    }

    private void edits(final TollgateClient client, final Path file) throws IOException, InterruptedException {
        final String text = Files.readString(file);
        if (!text.contains(LIMIT)) {
            throw new IllegalStateException(file + " does not have '" + LIMIT + "' any more");
        }
        accepted.clear();
        for (int i = 1; i <= warmUp + publishes; i++) {
            final long savedNs = System.nanoTime();
            Files.writeString(file, text.replace(LIMIT, String.format(Locale.ROOT, EDITED, 600 + i)));
            final Accepted change = accepted.poll(PATIENCE_MS, TimeUnit.MILLISECONDS);
            if (change == null || !change.publication.isDelta()) {
                throw new IllegalStateException("edit " + i + " was not published as a delta: " + change);
            }
            final long enforcedNs = awaitEnforced(client, change.publication.sequence());
            if (i > warmUp) {
                acceptedToEnforced.recordValue(micros(enforcedNs - change.atNs));
                savedToEnforced.recordValue(micros(enforcedNs - savedNs));
            }
            Thread.sleep(pauseMs);
        }
    }

    private static long awaitEnforced(final TollgateClient client, final long sequence) {
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS)) {
            final Decision decision = client.decide(
                    DecisionRequest.builder()
                            .organization("lumen")
                            .actor("user", "ana")
                            .action("llm", "model", "invoke")
                            .usage(500, "input_token")
                            .build(),
                    DEADLINE);
            if (decision.raw().getEvidence().getDeltaSequence() >= sequence) {
                return System.nanoTime();
            }
        }
        throw new IllegalStateException("delta " + sequence + " is not in force after " + PATIENCE_MS + " ms");
    }

    private static long micros(final long ns) {
        return Math.max(0, TimeUnit.NANOSECONDS.toMicros(ns));
    }

    private static void print(final String what, final Histogram histogram) {
        System.out.printf(
                Locale.ROOT,
                "%s, %d changes, ms: p50 %.1f  p90 %.1f  p99 %.1f  p99.9 %.1f  max %.1f%n",
                what,
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(50) / US_PER_MS,
                histogram.getValueAtPercentile(90) / US_PER_MS,
                histogram.getValueAtPercentile(99) / US_PER_MS,
                histogram.getValueAtPercentile(99.9) / US_PER_MS,
                histogram.getMaxValue() / US_PER_MS);
    }

    private static void copy(final Path source, final Path target) throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            for (final Path file : files.toList()) {
                final Path copy = target.resolve(source.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
    }

    /** On the watcher's thread, right after the change is on the control plane's disk. */
    private final class Listener implements ControlPlaneListener {
        @Override
        public void published(final Path dir, final Publication publication, final CompileResult result) {
            accepted.add(new Accepted(publication, System.nanoTime()));
        }
    }
}
