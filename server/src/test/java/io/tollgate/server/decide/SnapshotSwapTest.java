/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.stub.StreamObserver;
import io.tollgate.server.support.TestSnapshots;
import io.tollgate.server.support.TestWorld;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots swapped under load: no error, and no answer, batch included, that mixes two versions. */
class SnapshotSwapTest {
    private static final int SWAPS = 60;
    private static final int BATCH = 32;
    private static final DecideRequest QUESTION = EdgeHarness.question("ann")
            .addUsage(Usage.newBuilder().setAmount(1).setUnit("token"))
            .build();

    @TempDir
    Path directory;

    private final AtomicBoolean stop = new AtomicBoolean();
    private final Set<String> faults = ConcurrentHashMap.newKeySet();
    private final Set<Long> versionsSeen = ConcurrentHashMap.newKeySet();
    private final AtomicLong answers = new AtomicLong();

    @Test
    void shouldAnswerEveryQuestionFromOneVersion() throws Exception {
        try (TestSnapshots snapshots = new TestSnapshots(directory, 2)) {
            snapshots.activate(1);
            final ExecutorService clients = Executors.newFixedThreadPool(3);
            try (EdgeHarness edge = new EdgeHarness(
                    builder -> builder.set("transport.event_loops", "2"),
                    () -> new EngineEvaluator(snapshots.engine.newWorker(), "edge-1"))) {
                final List<Future<?>> running = new ArrayList<>();
                running.add(clients.submit(() -> askOneByOne(edge)));
                running.add(clients.submit(() -> askInBatches(edge)));
                running.add(clients.submit(() -> {
                    askOverAStream(edge);
                    return null;
                }));
                swap(snapshots);
                stop.set(true);
                for (final Future<?> client : running) {
                    client.get(30, TimeUnit.SECONDS);
                }
            } finally {
                clients.shutdownNow();
            }
            snapshots.worlds.reclaim();
            assertEquals(0, snapshots.worlds.retiredCount(), "every retired world was closed");
        }
        assertEquals(Collections.emptySet(), faults);
        assertTrue(versionsSeen.size() > 2, "the load has met " + versionsSeen);
        assertTrue(answers.get() > SWAPS, answers + " answers");
    }

    private static void swap(final TestSnapshots snapshots) throws IOException {
        for (long version = 2; version < SWAPS; version++) {
            snapshots.activate(version);
        }
    }

    private void askOneByOne(final EdgeHarness edge) {
        final var stub = DecisionServiceGrpc.newBlockingStub(edge.tcp());
        while (!stop.get()) {
            check(stub.decide(QUESTION));
        }
    }

    private void askInBatches(final EdgeHarness edge) {
        final var stub = DecisionServiceGrpc.newBlockingStub(edge.tcp());
        final DecideBatchRequest batch = DecideBatchRequest.newBuilder()
                .addAllRequests(Collections.nCopies(BATCH, QUESTION))
                .build();
        while (!stop.get()) {
            final List<DecideResponse> responses = stub.decideBatch(batch).getResponsesList();
            responses.forEach(this::check);
            final long versions = responses.stream()
                    .map(response -> response.getEvidence().getSnapshotVersion())
                    .distinct()
                    .count();
            if (versions != 1 || responses.size() != BATCH) {
                faults.add("a batch of " + responses.size() + " answers of " + versions + " versions");
            }
        }
    }

    private void askOverAStream(final EdgeHarness edge) throws InterruptedException {
        final CountDownLatch done = new CountDownLatch(1);
        final CompletableFuture<StreamObserver<DecideRequest>> questions = new CompletableFuture<>();
        questions.complete(DecisionServiceGrpc.newStub(edge.tcp()).decideStream(new StreamObserver<>() {
            @Override
            public void onNext(final DecideResponse value) {
                check(value);
                if (stop.get()) {
                    questions.join().onCompleted();
                } else {
                    questions.join().onNext(QUESTION);
                }
            }

            @Override
            public void onError(final Throwable t) {
                faults.add("the stream broke: " + t);
                done.countDown();
            }

            @Override
            public void onCompleted() {
                done.countDown();
            }
        }));
        questions.join().onNext(QUESTION);
        assertTrue(done.await(30, TimeUnit.SECONDS), "the stream ended");
    }

    private void check(final DecideResponse response) {
        answers.incrementAndGet();
        final long version = response.getEvidence().getSnapshotVersion();
        versionsSeen.add(version);
        final boolean whole = response.getOutcome() == Outcome.OUTCOME_ALLOW
                && response.getEvidence().getSnapshotDigest().equals(TestWorld.digest(version))
                && response.getEvidence().getRegistryVersion() == version
                && response.getMatchedRules(0).getRuleId().equals("everybody-v" + version)
                && response.getObligations(0).getValue().getIntValue() == version;
        if (!whole) {
            faults.add(response.toString());
        }
    }
}
