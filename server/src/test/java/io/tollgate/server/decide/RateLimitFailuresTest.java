/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static io.tollgate.server.decide.Limits.codes;
import static io.tollgate.server.decide.Limits.descriptor;
import static io.tollgate.server.decide.Limits.header;
import static io.tollgate.server.decide.Limits.hits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.envoy.ratelimit.v3.RateLimitResponse;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse.Code;
import io.tollgate.loader.journal.JournalFacts.Durability;
import io.tollgate.loader.journal.JournalSettings;
import io.tollgate.loader.journal.Producer;
import io.tollgate.loader.journal.UsageJournal;
import io.tollgate.loader.storage.LocalStorage;
import io.tollgate.server.decisionlog.LaneLog;
import io.tollgate.server.decisionlog.TestLog;
import io.tollgate.server.support.LogWatch;
import io.tollgate.server.support.TestSnapshots;
import io.tollgate.v1.BatchMode;
import io.tollgate.v1.DecisionLogEntry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Envoy's rate limit service where something breaks, and what the decision log says of it. */
class RateLimitFailuresTest {
    private static final int SEGMENT = 1 << 20;
    private static final long PATIENCE_S = 30;

    @TempDir
    Path directory;

    private EdgeHarness edge(final Supplier<Evaluator> evaluators, final DecisionListeners.Surroundings around) {
        return new EdgeHarness(
                builder ->
                        builder.set("envoy.mapping", Limits.mapping(directory)).set("shed.max_loop_lag_ms", "60000"),
                evaluators,
                around);
    }

    private static DecisionListeners.Surroundings alone() {
        return new DecisionListeners.Surroundings(null, LaneLog::none);
    }

    @Test
    void shouldBeOverTheLimitWhenTheEvaluatorBreaks() {
        final FakeEvaluator evaluator = new FakeEvaluator();
        evaluator.before = request -> {
            throw new IllegalStateException("a bug");
        };
        try (LogWatch log = new LogWatch();
                EdgeHarness edge = edge(() -> evaluator, alone())) {
            final Limits limits = new Limits(edge);
            final RateLimitResponse one = limits.ask(descriptor("plain", "ann"));
            assertEquals(List.of(Code.OVER_LIMIT), codes(one));
            assertEquals("INTERNAL", header(one, "x-tollgate-reason"));
            final RateLimitResponse many =
                    limits.ask(descriptor("plain", "ann"), descriptor("free", "x"), descriptor("plain", "eve"));
            assertEquals(Code.OVER_LIMIT, many.getOverallCode());
            assertEquals(List.of(Code.OVER_LIMIT, Code.OK, Code.OVER_LIMIT), codes(many));
            assertFalse(log.all().isEmpty(), "the bug is told");
        }
    }

    @Test
    void shouldBeOverTheLimitWhenTheAnswerCannotBeMade() {
        final FakeEvaluator evaluator = new FakeEvaluator();
        try (LogWatch log = new LogWatch();
                EdgeHarness edge = edge(() -> new BrokenBatch(evaluator), alone())) {
            final RateLimitResponse response =
                    new Limits(edge).ask(descriptor("plain", "ann"), descriptor("plain", "b"));
            assertEquals(Code.OVER_LIMIT, response.getOverallCode());
            assertEquals(List.of(Code.OVER_LIMIT, Code.OVER_LIMIT), codes(response));
            assertEquals("INTERNAL", header(response, "x-tollgate-reason"));
            assertFalse(log.all().isEmpty(), "the bug is told");
        }
    }

    /** Fails where nobody expects it. */
    private static final class BrokenBatch implements Evaluator {
        private final FakeEvaluator evaluator;

        BrokenBatch(final FakeEvaluator evaluator) {
            this.evaluator = evaluator;
        }

        @Override
        public void begin() {
            evaluator.begin();
        }

        @Override
        public void answer(
                final io.tollgate.core.request.DecisionRequest request,
                final boolean explain,
                final io.tollgate.v1.DecideResponse.Builder response) {
            // an answer without an outcome: counting it fails
        }

        @Override
        public void extend(
                final long high,
                final long low,
                final io.tollgate.core.request.DecisionRequest request,
                final io.tollgate.v1.DecideResponse.Builder response) {
            throw new UnsupportedOperationException();
        }

        @Override
        public BatchEvaluator batch() {
            throw new OutOfMemoryError("for the test");
        }

        @Override
        public void settle(
                final long high,
                final long low,
                final io.tollgate.core.request.DecisionRequest actual,
                final io.tollgate.core.reservation.EndResult result) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void release(final long high, final long low, final io.tollgate.core.reservation.EndResult result) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void end() {
            evaluator.end();
        }
    }

    @Test
    void shouldLogThroughADoorOfItsOwn() throws IOException {
        final FakeEvaluator evaluator = new FakeEvaluator();
        try (TestLog log = new TestLog(directory.resolve("log"), c -> c);
                EdgeHarness edge = edge(() -> evaluator, new DecisionListeners.Surroundings(null, log.lanes()))) {
            final Limits limits = new Limits(edge);
            limits.ask(descriptor("plain", "one"));
            limits.ask(descriptor("plain", "a"), descriptor("plain", "b"));
            limits.ask(descriptor("unknown", "x"));
            log.turn();
            final List<DecisionLogEntry> entries = log.entries();
            assertEquals(4, entries.size());
            for (final DecisionLogEntry entry : entries) {
                assertEquals("rate_limit", entry.getFace());
            }
            assertEquals(BatchMode.BATCH_MODE_ATOMIC, entries.get(2).getBatchMode());
            assertEquals(1, entries.get(2).getBatchIndex());
            assertEquals(2, entries.get(2).getBatchSize());
            assertEquals("b", entries.get(2).getRequest().getActor().getId());
        }
    }

    /** A disk whose syncs fail when told so. */
    private static final class Disk extends LocalStorage {
        volatile boolean fails;

        @Override
        public void force(final FileChannel channel) throws IOException {
            if (fails) {
                throw new IOException("Input/output error");
            }
            super.force(channel);
        }
    }

    @Test
    void shouldBeOverTheLimitWhenTheUsageCouldNotBeMadeDurable() throws Exception {
        final Disk disk = new Disk();
        final UsageJournal journal = UsageJournal.open(
                disk,
                directory.resolve("journal"),
                directory.resolve("damaged"),
                new JournalSettings(Durability.POWER, 8L * SEGMENT, SEGMENT),
                new Producer("edge-1", "boot"),
                new Random(1),
                System::nanoTime);
        final TestSnapshots snapshots = new TestSnapshots(directory, 1, journal);
        snapshots.activate(1);
        final TestLog log = new TestLog(directory.resolve("log"), c -> c);
        try (EdgeHarness edge = edge(
                () -> new EngineEvaluator(snapshots.engine.newWorker(), "edge-1"),
                new DecisionListeners.Surroundings(journal, log.lanes()))) {
            final Limits limits = new Limits(edge);
            final CompletableFuture<RateLimitResponse> lost = CompletableFuture.supplyAsync(
                    () -> limits.ask(hits("tokens", "ann", 10), hits("kilo", "ann", 1), descriptor("free", "x")));
            while (journal.log().appendedSequence() < 2) {
                Thread.onSpinWait();
            }
            disk.fails = true;
            journal.agent().doWork();
            final RateLimitResponse told = lost.get(PATIENCE_S, TimeUnit.SECONDS);
            assertEquals(Code.OVER_LIMIT, told.getOverallCode());
            assertEquals(List.of(Code.OVER_LIMIT, Code.OVER_LIMIT, Code.OVER_LIMIT), codes(told));
            assertEquals("JOURNAL_FULL", header(told, "x-tollgate-reason"));
            assertFalse(header(told, "x-tollgate-decision-id").isEmpty());
            log.turn();
            final List<String> outcomes = log.entries().stream()
                    .map(each -> each.getFace() + " " + each.getResponse().getOutcome())
                    .toList();
            assertEquals(
                    List.of(
                            "rate_limit OUTCOME_ALLOW",
                            "rate_limit OUTCOME_ALLOW",
                            "rate_limit OUTCOME_DENY",
                            "rate_limit OUTCOME_DENY"),
                    outcomes,
                    "and what was logged is put right");
            assertTrue(
                    log.entries().get(2).getResponse().getDecisionId().equals(header(told, "x-tollgate-decision-id")));
        } finally {
            log.close();
            snapshots.close();
            journal.close();
        }
    }
}
