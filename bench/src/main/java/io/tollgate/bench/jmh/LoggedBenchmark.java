/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jmh;

import io.tollgate.examples.generator.GeneratedRequests;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decide.EngineEvaluator;
import io.tollgate.server.decide.FaultLog;
import io.tollgate.server.decide.LocalDecisions;
import io.tollgate.server.decisionlog.DecisionLog;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the decision log costs the event loop: one ALLOW from message to message without a log, with a log that does not want it, and with
 * one that does, its thread running. In the last case the ring soon is half full, so many are lost: that costs as much as keeping them,
 * less a copy.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class LoggedBenchmark {

    /** An edge with a log. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // JMH calls open() first
    public static class Logged {
        /** none: no log; unwanted: a log that no plain allow goes to; all: everything is logged. */
        @Param({"none", "unwanted", "all"})
        public String log;

        DecideRequest question;
        LocalDecisions decisions;
        private Path folder;
        private DecisionLog opened;

        /** Opens the log and starts its thread. */
        @Setup(Level.Trial)
        public void open(final WorldState state) throws IOException {
            folder = Files.createTempDirectory("tollgate-bench-log");
            final SidecarConfig config = SidecarConfig.builder()
                    .set("trust.unsigned", "allow")
                    .set(
                            "decision_log.file",
                            log.equals("none") ? "" : folder.resolve("d.jsonl").toString())
                    .set("decision_log.allow_percent", log.equals("all") ? "100" : "0")
                    .set("decision_log.max_files", "1")
                    .build();
            opened = DecisionLog.open(config.decisionLog(), "bench", "boot").start();
            question = new GeneratedRequests(state.bench.shape()).byKey(0);
            decisions = new LocalDecisions(
                    config,
                    "boot",
                    new EngineEvaluator(state.bench.newWorker(), "bench"),
                    new FaultLog(System.getLogger("tollgate.bench"), System::nanoTime),
                    opened.newLane());
        }

        /** Says what became of the entries. */
        @TearDown(Level.Trial)
        public void close() throws IOException {
            opened.close();
            System.out.println("log " + log + ": " + opened.facts());
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder()).forEach(Logged::delete);
            }
        }

        private static void delete(final Path path) {
            try {
                Files.delete(path);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Decision, answer message and, where it is wanted, the entry. */
    @Benchmark
    public DecideResponse decide(final Logged edge) {
        return edge.decisions.decide(edge.question);
    }
}
