/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tollgate.server.support.LogWatch;
import io.tollgate.v1.BatchMode;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DecideBatchTest {
    private final LogWatch log = new LogWatch();
    private final EdgeHarness edge = new EdgeHarness(builder -> builder.set("limits.max_batch_size", "40"));

    @AfterEach
    void close() {
        edge.close();
        log.close();
    }

    @Test
    void shouldAnswerEachOnItsOwnInOrderAndOfOneVersion() {
        final DecideBatchRequest batch = DecideBatchRequest.newBuilder()
                .setMode(BatchMode.BATCH_MODE_INDEPENDENT)
                .addAllRequests(IntStream.range(0, 40)
                        .mapToObj(i -> EdgeHarness.question(i % 2 == 0 ? "u" + i : "bad\0")
                                .setCorrelationId("c" + i)
                                .build())
                        .toList())
                .build();

        final List<DecideResponse> answers = edge.stub().decideBatch(batch).getResponsesList();

        assertEquals(40, answers.size());
        for (int i = 0; i < answers.size(); i++) {
            assertEquals("c" + i, answers.get(i).getCorrelationId());
            assertEquals(
                    i % 2 == 0 ? Outcome.OUTCOME_ALLOW : Outcome.OUTCOME_DENY,
                    answers.get(i).getOutcome());
        }
        assertEquals(1, edge.evaluator.begun.get(), "one version for all");
        assertEquals(1, edge.evaluator.ended.get());
    }

    @Test
    void shouldAnswerNothingWithNothing() {
        assertEquals(
                0,
                edge.stub().decideBatch(DecideBatchRequest.getDefaultInstance()).getResponsesCount());
    }

    @Test
    void shouldJudgeThoseThatStandTogetherOnceAndAnswerEach() {
        for (final BatchMode mode : List.of(BatchMode.BATCH_MODE_ATOMIC, BatchMode.BATCH_MODE_CUMULATIVE)) {
            edge.evaluator.calls.clear();
            final DecideBatchRequest batch = DecideBatchRequest.newBuilder()
                    .setMode(mode)
                    .addRequests(EdgeHarness.question("a").setCorrelationId("c0"))
                    .addRequests(EdgeHarness.question("b").setCorrelationId("c1"))
                    .build();

            final List<DecideResponse> answers = edge.stub().decideBatch(batch).getResponsesList();

            assertEquals(
                    List.of(mode.name().substring(11), "add a", "add b", "commit", "answer a", "answer b", "end"),
                    List.copyOf(edge.evaluator.calls));
            assertEquals("c0", answers.get(0).getCorrelationId());
            assertEquals("c1", answers.get(1).getCorrelationId());
        }
        assertEquals(2, edge.evaluator.ended.get());
    }

    @Test
    void shouldAnswerTheOthersOfABatchWhenOneAnswerFails() {
        edge.evaluator.before = request -> {
            if (edge.evaluator.answered.get() == 2) {
                throw new IllegalStateException("broken on purpose");
            }
        };
        final DecideBatchRequest.Builder batch = DecideBatchRequest.newBuilder().setMode(BatchMode.BATCH_MODE_ATOMIC);
        for (int i = 0; i < 3; i++) {
            batch.addRequests(EdgeHarness.question("u").setCorrelationId("c" + i));
        }

        final List<DecideResponse> answers =
                edge.stub().decideBatch(batch.build()).getResponsesList();

        assertEquals(
                List.of(Reason.REASON_OK, Reason.REASON_INTERNAL, Reason.REASON_OK),
                answers.stream().map(DecideResponse::getReason).toList());
        assertEquals(1, edge.evaluator.ended.get(), "the snapshot is let go");
    }

    @Test
    void shouldRefuseModesThatItDoesNotKnow() {
        assertEquals(
                Status.Code.INVALID_ARGUMENT,
                refused(DecideBatchRequest.newBuilder().setModeValue(9).build()).getCode());
    }

    @Test
    void shouldRefuseTooManyRequests() {
        final DecideBatchRequest.Builder batch = DecideBatchRequest.newBuilder();
        for (int i = 0; i < 41; i++) {
            batch.addRequests(EdgeHarness.question("u"));
        }

        final Status status = refused(batch.build());

        assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode());
        assertTrue(String.valueOf(status.getDescription()).contains("limits.max_batch_size"), status.toString());
        assertEquals(0, edge.evaluator.answered.get());
    }

    @Test
    void shouldDenyTheRestWhenOneAnswerFails() {
        edge.evaluator.before = request -> {
            if (edge.evaluator.answered.get() == 3) {
                throw new IllegalStateException("broken on purpose");
            }
        };
        final DecideBatchRequest.Builder batch = DecideBatchRequest.newBuilder();
        for (int i = 0; i < 5; i++) {
            batch.addRequests(EdgeHarness.question("u").setCorrelationId("c" + i));
        }

        final List<DecideResponse> answers =
                edge.stub().decideBatch(batch.build()).getResponsesList();

        assertEquals(
                List.of(
                        Reason.REASON_OK,
                        Reason.REASON_OK,
                        Reason.REASON_INTERNAL,
                        Reason.REASON_INTERNAL,
                        Reason.REASON_INTERNAL),
                answers.stream().map(DecideResponse::getReason).toList());
        assertEquals("c4", answers.get(4).getCorrelationId());
        assertEquals(1, edge.evaluator.ended.get(), "the snapshot is let go");
    }

    private Status refused(final DecideBatchRequest batch) {
        return assertThrows(StatusRuntimeException.class, () -> edge.stub().decideBatch(batch))
                .getStatus();
    }
}
