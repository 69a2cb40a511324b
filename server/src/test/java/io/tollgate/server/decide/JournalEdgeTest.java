/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.tollgate.envoy.auth.v3.AttributeContext;
import io.tollgate.envoy.auth.v3.AuthorizationGrpc;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.loader.journal.JournalFacts.Durability;
import io.tollgate.loader.journal.JournalSettings;
import io.tollgate.loader.journal.Producer;
import io.tollgate.loader.journal.UsageJournal;
import io.tollgate.loader.storage.LocalStorage;
import io.tollgate.server.decisionlog.LaneLog;
import io.tollgate.server.decisionlog.TestLog;
import io.tollgate.server.support.TestSnapshots;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.BatchMode;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideBatchResponse;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReservationOutcome;
import io.tollgate.v1.SettleRequest;
import io.tollgate.v1.SettleResponse;
import io.tollgate.v1.Usage;
import io.tollgate.v1.UsageRecord;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The usage journal behind real gRPC: what is told rests on records that are as durable as configured. */
@SuppressWarnings("NullAway.Init") // each test opens first
class JournalEdgeTest {
    private static final int SEGMENT = 1 << 20;
    private static final long PATIENCE_S = 30;

    @TempDir
    Path directory;

    private final Disk disk = new Disk();
    private UsageJournal journal;
    private TestSnapshots snapshots;
    private EdgeHarness edge;
    private DecisionServiceGrpc.DecisionServiceBlockingStub stub;
    private DecisionServiceGrpc.DecisionServiceFutureStub later;

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

    private void open(final Durability durability) throws IOException {
        open(durability, LaneLog::none);
    }

    private void open(final Durability durability, final Supplier<LaneLog> logs) throws IOException {
        journal = UsageJournal.open(
                disk,
                directory.resolve("journal"),
                directory.resolve("damaged"),
                new JournalSettings(durability, 8L * SEGMENT, SEGMENT),
                new Producer("edge-1", "boot"),
                new Random(1),
                System::nanoTime);
        snapshots = new TestSnapshots(directory, 1, journal);
        snapshots.activate(1);
        edge = new EdgeHarness(() -> new EngineEvaluator(snapshots.engine.newWorker(), "edge-1"), journal, logs);
        stub = edge.stub();
        later = DecisionServiceGrpc.newFutureStub(edge.tcp()).withDeadlineAfter(PATIENCE_S, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() {
        edge.close();
        snapshots.close();
        journal.close();
    }

    private void work() {
        try {
            journal.agent().doWork();
        } catch (final Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Usage tokens(final long amount) {
        return Usage.newBuilder().setAmount(amount).setUnit("token").build();
    }

    private static DecideRequest ask(final DecideMode mode, final long amount) {
        return EdgeHarness.question("ann")
                .setMode(mode)
                .addUsage(tokens(amount))
                .build();
    }

    private List<UsageRecord> records() {
        work();
        final List<UsageRecord> found = new ArrayList<>();
        journal.read(new Producer("edge-1", "boot"), 0, 1_000, 1 << 20, (sequence, bytes, offset, length) -> {
            final byte[] copy = new byte[length];
            bytes.getBytes(offset, copy);
            try {
                found.add(UsageRecord.parseFrom(copy));
            } catch (final InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        });
        return found;
    }

    /** The event loop has done everything that was asked of it before. */
    private void settleDown() {
        assertEquals(
                Outcome.OUTCOME_ALLOW,
                stub.decide(ask(DecideMode.DECIDE_MODE_CHECK, 1)).getOutcome());
    }

    @Test
    void shouldRecordUnderTheDecisionIdOfTheAnswer() throws IOException {
        open(Durability.PROCESS);
        final DecideResponse answer = stub.decide(ask(DecideMode.DECIDE_MODE_CONSUME, 20));
        assertEquals(Outcome.OUTCOME_ALLOW, answer.getOutcome(), answer.toString());
        final List<UsageRecord> records = records();
        assertFalse(records.isEmpty());
        assertEquals(answer.getDecisionId(), records.get(0).getDecisionId());
        assertEquals("edge-1:" + answer.getDecisionId() + ":0", records.get(0).getEventId());
        assertEquals("org:acme/project:rag", records.get(0).getScopePath());
        assertFalse(records.get(0).getCustomerExternalId().isEmpty());
        assertTrue(records.stream().anyMatch(record -> record.getAmount() == 20), records::toString);
        assertEquals(snapshots.clock.wallMs(), records.get(0).getTimestampMs());
    }

    @Test
    void shouldRecordThePropertiesOfASettleAndRefuseTooMany() throws IOException {
        open(Durability.PROCESS);
        final DecideResponse reserved = stub.decide(ask(DecideMode.DECIDE_MODE_RESERVE, 20));
        final SettleRequest.Builder settle = SettleRequest.newBuilder()
                .setReservationId(reserved.getReservation().getId())
                .addActual(tokens(15));
        for (int i = 0; i < 33; i++) {
            settle.putProperties("p" + i, text("x"));
        }
        assertRefused(settle.build(), "33 properties, the limit is 32");
        assertRefused(
                settle.clearProperties()
                        .putProperties("big", text("x".repeat(3_000)))
                        .build(),
                "the limit is 2048");
        assertRefused(
                settle.clearProperties()
                        .putProperties("none", AttributeValue.getDefaultInstance())
                        .build(),
                "property 'none' has no value");
        assertRefused(settle.clearProperties().putProperties("", text("x")).build(), "1 to 128 characters");
        assertTrue(records().isEmpty(), "nothing was settled");
        settle.clearProperties()
                .putProperties("model", text("m-1"))
                .putProperties("a", AttributeValue.newBuilder().setIntValue(7).build());
        assertEquals(
                ReservationOutcome.RESERVATION_OUTCOME_SETTLED,
                stub.settle(settle.build()).getOutcome());
        final UsageRecord record = records().get(0);
        assertEquals(settle.getPropertiesMap(), record.getPropertiesMap());
        assertEquals(reserved.getDecisionId(), record.getDecisionId(), "of the decision that reserved");
        assertEquals(reserved.getReservation().getId(), record.getReservationId());
        assertTrue(records().stream().anyMatch(each -> each.getAmount() == 15));
    }

    private static AttributeValue text(final String value) {
        return AttributeValue.newBuilder().setStringValue(value).build();
    }

    private void assertRefused(final SettleRequest settle, final String because) {
        final StatusRuntimeException refused =
                assertThrows(StatusRuntimeException.class, () -> stub.settle(settle), because);
        assertEquals(Status.Code.INVALID_ARGUMENT, refused.getStatus().getCode());
        assertTrue(String.valueOf(refused.getStatus().getDescription()).contains(because), refused.toString());
    }

    @Test
    void shouldAnswerWhatTakesOnlyOnceItIsDurableAndGoOnMeanwhile() throws Exception {
        open(Durability.POWER);
        final ListenableFuture<DecideResponse> take = later.decide(ask(DecideMode.DECIDE_MODE_CONSUME, 20));
        final ListenableFuture<DecideBatchResponse> batch = later.decideBatch(DecideBatchRequest.newBuilder()
                .setMode(BatchMode.BATCH_MODE_ATOMIC)
                .addRequests(ask(DecideMode.DECIDE_MODE_CONSUME, 20))
                .addRequests(ask(DecideMode.DECIDE_MODE_CONSUME, 20))
                .build());
        awaitAppended(3);
        settleDown();
        assertFalse(take.isDone());
        assertFalse(batch.isDone());
        work();
        assertEquals(
                Outcome.OUTCOME_ALLOW, take.get(PATIENCE_S, TimeUnit.SECONDS).getOutcome());
        assertEquals(2, batch.get(PATIENCE_S, TimeUnit.SECONDS).getResponsesCount());
        final DecideResponse reserved = stub.decide(ask(DecideMode.DECIDE_MODE_RESERVE, 20));
        assertEquals(Outcome.OUTCOME_ALLOW, reserved.getOutcome(), "a hold is not usage, so it waits for nothing");
        final long before = journal.log().appendedSequence();
        final SettleRequest settle = SettleRequest.newBuilder()
                .setReservationId(reserved.getReservation().getId())
                .addActual(tokens(20))
                .build();
        final ListenableFuture<SettleResponse> first = later.settle(settle);
        awaitAppended(before + 1);
        final ListenableFuture<SettleResponse> again = later.settle(settle);
        settleDown();
        assertFalse(first.isDone());
        assertFalse(again.isDone(), "a repeated answer rests on the same record");
        work();
        assertEquals(
                ReservationOutcome.RESERVATION_OUTCOME_SETTLED,
                first.get(PATIENCE_S, TimeUnit.SECONDS).getOutcome());
        assertEquals(
                ReservationOutcome.RESERVATION_OUTCOME_SETTLED,
                again.get(PATIENCE_S, TimeUnit.SECONDS).getOutcome());
    }

    /** Requests of different connections may overtake each other; a record that is there has been asked for. */
    private void awaitAppended(final long sequence) throws InterruptedException {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        while (journal.log().appendedSequence() < sequence) {
            assertTrue(System.nanoTime() < deadline, "appended " + journal.log().appendedSequence());
            Thread.sleep(1);
        }
    }

    @Test
    void shouldKeepTheOrderOfAStream() throws Exception {
        open(Durability.POWER);
        final List<String> answers = new CopyOnWriteArrayList<>();
        final CompletableFuture<Void> done = new CompletableFuture<>();
        final StreamObserver<DecideRequest> questions = DecisionServiceGrpc.newStub(edge.tcp())
                .decideStream(new StreamObserver<>() {
                    @Override
                    public void onNext(final DecideResponse answer) {
                        answers.add(answer.getCorrelationId() + answer.getOutcome());
                    }

                    @Override
                    public void onError(final Throwable failure) {
                        done.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        done.complete(null);
                    }
                });
        final int count = 600;
        final List<String> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final DecideMode mode = i % 3 == 1 ? DecideMode.DECIDE_MODE_CHECK : DecideMode.DECIDE_MODE_CONSUME;
            questions.onNext(ask(mode, 1).toBuilder().setCorrelationId("c" + i).build());
            expected.add("c" + i + Outcome.OUTCOME_ALLOW);
        }
        questions.onCompleted();
        awaitAppended(1);
        settleDown();
        assertEquals(List.of(), answers, "the first takes, and nothing overtakes it");
        while (!done.isDone()) {
            work();
            Thread.sleep(1);
        }
        done.get();
        assertEquals(expected, answers);
    }

    @Test
    void shouldTellNothingThatCouldNotBeMadeDurable() throws Exception {
        open(Durability.POWER);
        final DecideResponse reserved = stub.decide(ask(DecideMode.DECIDE_MODE_RESERVE, 20));
        final ListenableFuture<DecideResponse> take = later.decide(ask(DecideMode.DECIDE_MODE_CONSUME, 20));
        awaitAppended(1);
        final long before = journal.log().appendedSequence();
        final ListenableFuture<SettleResponse> settle = later.settle(SettleRequest.newBuilder()
                .setReservationId(reserved.getReservation().getId())
                .addActual(tokens(20))
                .build());
        awaitAppended(before + 1);
        settleDown();
        disk.fails = true;
        work();
        final DecideResponse denied = take.get(PATIENCE_S, TimeUnit.SECONDS);
        assertEquals(Outcome.OUTCOME_DENY, denied.getOutcome());
        assertEquals(Reason.REASON_JOURNAL_FULL, denied.getReason());
        assertFalse(denied.getDecisionId().isEmpty());
        final Exception failed = assertThrows(Exception.class, () -> settle.get(PATIENCE_S, TimeUnit.SECONDS));
        assertEquals(Status.Code.UNAVAILABLE, Status.fromThrowable(failed).getCode());
        final DecideResponse next = stub.decide(ask(DecideMode.DECIDE_MODE_CONSUME, 20));
        assertEquals(Reason.REASON_JOURNAL_FULL, next.getReason());
        assertTrue(next.getMessage().contains("nothing was taken"), next.getMessage());
        assertEquals(
                Reason.REASON_JOURNAL_FULL,
                stub.decide(ask(DecideMode.DECIDE_MODE_RESERVE, 20)).getReason());
        settleDown();
    }

    /** Envoy lets pass what is a gRPC error where failure_mode_allow is set; so it is none. */
    @Test
    void shouldDenyACheckWhoseUsageCouldNotBeMadeDurable() throws Exception {
        final TestLog log = new TestLog(directory.resolve("log"), c -> c);
        open(Durability.POWER, log.lanes());
        final AuthorizationGrpc.AuthorizationFutureStub envoy =
                AuthorizationGrpc.newFutureStub(edge.tcp()).withDeadlineAfter(PATIENCE_S, TimeUnit.SECONDS);
        final ListenableFuture<CheckResponse> durable = envoy.check(check());
        awaitAppended(1);
        settleDown();
        assertFalse(durable.isDone(), "it waits for the sync");
        work();
        assertTrue(durable.get(PATIENCE_S, TimeUnit.SECONDS).hasOkResponse());

        final long before = journal.log().appendedSequence();
        final ListenableFuture<CheckResponse> lost = envoy.check(check());
        awaitAppended(before + 1);
        settleDown();
        disk.fails = true;
        work();
        final CheckResponse denied = lost.get(PATIENCE_S, TimeUnit.SECONDS);
        assertFalse(denied.hasOkResponse());
        assertEquals(503, denied.getDeniedResponse().getStatus().getCode());
        assertTrue(denied.getStatus().getCode() != 0);
        assertEquals(
                "JOURNAL_FULL",
                denied.getDynamicMetadata().getFieldsOrThrow("reason").getStringValue());
        assertFalse(id(denied).isEmpty());

        final CheckResponse next = envoy.check(check()).get(PATIENCE_S, TimeUnit.SECONDS);
        assertEquals(503, next.getDeniedResponse().getStatus().getCode());
        assertEquals(
                "JOURNAL_FULL",
                next.getDynamicMetadata().getFieldsOrThrow("reason").getStringValue());
        log.turn();
        final List<DecisionLogEntry> entries = log.entries();
        log.close();
        final List<String> told = new ArrayList<>();
        for (final DecisionLogEntry entry : entries) {
            if (entry.getFace().equals("ext_authz")) {
                told.add(entry.getResponse().getOutcome() + " "
                        + entry.getResponse().getDecisionId().equals(id(denied)));
            }
        }
        assertEquals(
                List.of("OUTCOME_ALLOW false", "OUTCOME_ALLOW true", "OUTCOME_DENY true", "OUTCOME_DENY false"),
                told,
                "the third is what the caller got in place of the second");
    }

    private static String id(final CheckResponse response) {
        return response.getDynamicMetadata().getFieldsOrThrow("decision_id").getStringValue();
    }

    private static CheckRequest check() {
        final AttributeContext.Builder attributes = AttributeContext.newBuilder()
                .putContextExtensions("organization", "acme")
                .putContextExtensions("project", "rag")
                .putContextExtensions("actor_type", "user")
                .putContextExtensions("actor_id", "ann")
                .putContextExtensions("product", "llm")
                .putContextExtensions("resource_type", "model")
                .putContextExtensions("action", "invoke");
        attributes.getRequestBuilder().getHttpBuilder().setMethod("GET").setPath("/v1/models");
        return CheckRequest.newBuilder().setAttributes(attributes).build();
    }

    @Test
    void shouldRefuseASettleThatCannotBeRecordedAndLeaveItOpen() throws IOException {
        open(Durability.PROCESS);
        final DecideResponse reserved = stub.decide(ask(DecideMode.DECIDE_MODE_RESERVE, 20));
        journal.log().fail();
        final StatusRuntimeException refused = assertThrows(
                StatusRuntimeException.class,
                () -> stub.settle(SettleRequest.newBuilder()
                        .setReservationId(reserved.getReservation().getId())
                        .addActual(tokens(20))
                        .build()));
        assertEquals(Status.Code.UNAVAILABLE, refused.getStatus().getCode());
        assertTrue(
                String.valueOf(refused.getStatus().getDescription()).contains("the reservation stays open"),
                refused.toString());
        assertEquals(1, snapshots.reservations().reserved());
    }
}
