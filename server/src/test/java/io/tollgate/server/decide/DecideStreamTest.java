/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DecideStreamTest {
    private static final int MANY = 5_000;
    private static final long PATIENCE_S = 30;

    private final EdgeHarness edge = new EdgeHarness();

    @AfterEach
    void close() {
        edge.close();
    }

    @Test
    void shouldAnswerInTheOrderOfTheQuestions() throws Exception {
        final Answers answers = new Answers();
        final StreamObserver<DecideRequest> questions =
                DecisionServiceGrpc.newStub(edge.tcp()).decideStream(answers);
        for (int i = 0; i < MANY; i++) {
            questions.onNext(question(i));
        }
        questions.onCompleted();

        final List<DecideResponse> received = answers.done.get(PATIENCE_S, TimeUnit.SECONDS);

        assertEquals(
                IntStream.range(0, MANY).mapToObj(i -> "c" + i).toList(),
                received.stream().map(DecideResponse::getCorrelationId).toList());
        assertEquals(
                MANY,
                new HashSet<>(received.stream()
                                .map(DecideResponse::getDecisionId)
                                .toList())
                        .size(),
                "decision ids are unique");
        assertTrue(received.stream().allMatch(answer -> answer.getDecisionId().startsWith("boot-0-")));
    }

    @Test
    void shouldNotReadAheadOfACallerThatDoesNotReadItsAnswers() throws Exception {
        final ClientCall<DecideRequest, DecideResponse> call =
                edge.tcp().newCall(DecisionServiceGrpc.getDecideStreamMethod(), CallOptions.DEFAULT);
        final CompletableFuture<Status> end = new CompletableFuture<>();
        final List<String> received = new ArrayList<>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(final DecideResponse message) {
                        received.add(message.getCorrelationId());
                    }

                    @Override
                    public void onClose(final Status status, final Metadata trailers) {
                        end.complete(status);
                    }
                },
                new Metadata());
        // Answers echo 60 KiB each and none is read: far more than both windows together.
        final int questions = 200;
        for (int i = 0; i < questions; i++) {
            call.sendMessage(EdgeHarness.question("u")
                    .setCorrelationId(i + "x".repeat(60_000))
                    .build());
        }
        call.halfClose();
        waitUntilAnsweringStops();
        final int answeredUnread = edge.evaluator.answered.get();
        assertTrue(answeredUnread < questions / 2, answeredUnread + " questions were read although no answer was");

        call.request(questions);

        assertEquals(Status.Code.OK, end.get(PATIENCE_S, TimeUnit.SECONDS).getCode());
        assertEquals(questions, received.size());
        assertEquals(questions, edge.evaluator.answered.get());
    }

    @Test
    void shouldEndTheStreamAtAMessageThatIsNone() throws Exception {
        final Answers answers = new Answers();
        final StreamObserver<DecideRequest> questions =
                DecisionServiceGrpc.newStub(edge.tcp()).decideStream(answers);
        questions.onNext(question(0));
        questions.onNext(
                question(1).toBuilder().setCorrelationId("x".repeat(70_000)).build());

        final StatusRuntimeException e = answers.failure();

        assertEquals(Status.Code.RESOURCE_EXHAUSTED, e.getStatus().getCode());
        assertEquals(1, answers.received.size());
    }

    @Test
    void shouldEndOpenStreamsWhenDraining() throws Exception {
        final Answers answers = new Answers();
        final StreamObserver<DecideRequest> questions =
                DecisionServiceGrpc.newStub(edge.tcp()).decideStream(answers);
        questions.onNext(question(0));
        answers.first.get(PATIENCE_S, TimeUnit.SECONDS);

        assertTrue(edge.listeners.drain(TimeUnit.SECONDS.toNanos(PATIENCE_S)), "nothing was in flight any more");

        final StatusRuntimeException e = answers.failure();
        assertEquals(Status.Code.UNAVAILABLE, e.getStatus().getCode());
        assertTrue(String.valueOf(e.getStatus().getDescription()).contains("shutting down"), e.getMessage());
    }

    @Test
    void shouldEndHealthWatchesWhenDraining() throws Exception {
        final CompletableFuture<Status> end = new CompletableFuture<>();
        final CompletableFuture<HealthCheckResponse> first = new CompletableFuture<>();
        HealthGrpc.newStub(edge.tcp()).watch(HealthCheckRequest.getDefaultInstance(), new StreamObserver<>() {
            @Override
            public void onNext(final HealthCheckResponse value) {
                first.complete(value);
            }

            @Override
            public void onError(final Throwable t) {
                end.complete(Status.fromThrowable(t));
            }

            @Override
            public void onCompleted() {
                end.complete(Status.OK);
            }
        });
        first.get(PATIENCE_S, TimeUnit.SECONDS);

        assertTrue(edge.listeners.drain(TimeUnit.SECONDS.toNanos(PATIENCE_S)), "nobody waits for a watch");
        assertEquals(
                Status.Code.UNAVAILABLE, end.get(PATIENCE_S, TimeUnit.SECONDS).getCode());
    }

    @Test
    void shouldLetFurtherCallsOfAConnectionWait() throws Exception {
        try (EdgeHarness narrow = new EdgeHarness(builder -> builder.set("limits.max_calls_per_connection", "1"))) {
            final var channel = narrow.tcp();
            final Answers answers = new Answers();
            final StreamObserver<DecideRequest> questions =
                    DecisionServiceGrpc.newStub(channel).decideStream(answers);
            questions.onNext(question(0));
            answers.first.get(PATIENCE_S, TimeUnit.SECONDS);
            final Future<DecideResponse> second =
                    DecisionServiceGrpc.newFutureStub(channel).decide(question(1));
            questions.onNext(question(2));
            while (answers.received.size() < 2) {
                Thread.sleep(1);
            }
            assertFalse(second.isDone(), "the stream is the one call that this connection may have");

            questions.onCompleted();

            assertEquals("c1", second.get(PATIENCE_S, TimeUnit.SECONDS).getCorrelationId());
        }
    }

    private void waitUntilAnsweringStops() throws InterruptedException {
        int before = -1;
        while (before != edge.evaluator.answered.get() || before == 0) {
            before = edge.evaluator.answered.get();
            Thread.sleep(200);
        }
    }

    private static DecideRequest question(final int i) {
        return EdgeHarness.question("u").setCorrelationId("c" + i).build();
    }

    private static final class Answers implements StreamObserver<DecideResponse> {
        final List<DecideResponse> received = new CopyOnWriteArrayList<>();
        final CompletableFuture<DecideResponse> first = new CompletableFuture<>();
        final CompletableFuture<List<DecideResponse>> done = new CompletableFuture<>();

        @Override
        public void onNext(final DecideResponse value) {
            received.add(value);
            first.complete(value);
        }

        @Override
        public void onError(final Throwable t) {
            done.completeExceptionally(t);
        }

        @Override
        public void onCompleted() {
            done.complete(received);
        }

        StatusRuntimeException failure() throws Exception {
            try {
                done.get(PATIENCE_S, TimeUnit.SECONDS);
            } catch (final java.util.concurrent.ExecutionException e) {
                return assertInstanceOf(StatusRuntimeException.class, e.getCause());
            }
            throw new AssertionError("the stream ended in good order");
        }
    }
}
