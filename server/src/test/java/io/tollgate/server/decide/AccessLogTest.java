/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.envoy.accesslog.v3.AccessLogServiceGrpc;
import io.tollgate.envoy.accesslog.v3.AccessLogType;
import io.tollgate.envoy.accesslog.v3.HTTPAccessLogEntry;
import io.tollgate.envoy.accesslog.v3.StreamAccessLogsMessage;
import io.tollgate.envoy.accesslog.v3.StreamAccessLogsResponse;
import io.tollgate.envoy.auth.v3.AttributeContext;
import io.tollgate.envoy.auth.v3.AuthorizationGrpc;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.loader.journal.JournalFacts.Durability;
import io.tollgate.loader.journal.JournalSettings;
import io.tollgate.loader.journal.Producer;
import io.tollgate.loader.journal.UsageJournal;
import io.tollgate.loader.storage.LocalStorage;
import io.tollgate.server.metrics.SettlementCounters;
import io.tollgate.server.metrics.SettlementResult;
import io.tollgate.server.support.TestSnapshots;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionReadings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Envoy's access log over real gRPC, after Checks over real gRPC, against the real engine. */
class AccessLogTest {
    private static final CallOptions PATIENT = CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);
    private static final String MAPPING =
            """
            request:
              organization: acme
              project: rag
              actor_type: user
              actor_id: ann
              product: llm
              resource_type: model
              action: invoke
              mode: reserve
            rules:
              - name: settled
                match: { path: /settled }
                request: { usage: [ { unit: token, amount: { query: n }, default: 10 } ] }
                settle: { usage: [ { unit: token, header: x-used } ], on_missing: expire }
              - { name: application, match: { path: /application }, request: { usage: [ { unit: token, amount: 10 } ] } }
            """;

    @TempDir
    Path directory;

    /** So many settles fail before one succeeds. */
    private final AtomicInteger failing = new AtomicInteger();

    private final AtomicInteger tries = new AtomicInteger();

    private TestSnapshots snapshots;
    private EdgeHarness edge;

    @BeforeEach
    void open() throws IOException {
        snapshots = new TestSnapshots(directory, 1);
        snapshots.activate(1);
        edge = edge(snapshots);
    }

    private EdgeHarness edge(final TestSnapshots behind) throws IOException {
        final Path mapping = Files.writeString(directory.resolve("mapping.yaml"), MAPPING);
        return new EdgeHarness(
                builder -> builder.set("envoy.mapping", mapping.toString()).set("shed.max_loop_lag_ms", "60000"),
                () -> new Failing(new EngineEvaluator(behind.engine.newWorker(), "edge-1"), failing, tries));
    }

    @AfterEach
    void close() {
        edge.close();
        snapshots.close();
    }

    /** The real one, which fails at the first settles. */
    private record Failing(EngineEvaluator engine, AtomicInteger failing, AtomicInteger tries) implements Evaluator {
        @Override
        public void begin() {
            engine.begin();
        }

        @Override
        public void answer(
                final DecisionRequest request, final boolean explain, final DecideResponse.Builder response) {
            engine.answer(request, explain, response);
        }

        @Override
        public void extend(
                final long high, final long low, final DecisionRequest request, final DecideResponse.Builder response) {
            engine.extend(high, low, request, response);
        }

        @Override
        public BatchEvaluator batch() {
            return engine.batch();
        }

        @Override
        public void settle(final long high, final long low, final DecisionRequest actual, final EndResult result) {
            tries.incrementAndGet();
            if (failing.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new IllegalStateException("made up");
            }
            engine.settle(high, low, actual, result);
        }

        @Override
        public void release(final long high, final long low, final EndResult result) {
            engine.release(high, low, result);
        }

        @Override
        public void expectEnd(final long high, final long low, final boolean awaited) {
            engine.expectEnd(high, low, awaited);
        }

        @Override
        public @Nullable DecisionReadings readings() {
            return engine.readings();
        }

        @Override
        public void end() {
            engine.end();
        }
    }

    /** One Envoy's worker. */
    private static final class Worker implements StreamObserver<StreamAccessLogsResponse> {
        final CompletableFuture<Boolean> ended = new CompletableFuture<>();
        final StreamObserver<StreamAccessLogsMessage> log;

        Worker(final ManagedChannel channel) {
            log = AccessLogServiceGrpc.newStub(channel).streamAccessLogs(this);
        }

        void send(final HTTPAccessLogEntry... entries) {
            log.onNext(message(entries));
        }

        @Override
        public void onNext(final StreamAccessLogsResponse answer) {}

        @Override
        public void onError(final Throwable broken) {
            ended.completeExceptionally(broken);
        }

        @Override
        public void onCompleted() {
            ended.complete(true);
        }
    }

    private static StreamAccessLogsMessage message(final HTTPAccessLogEntry... entries) {
        final StreamAccessLogsMessage.Builder message = StreamAccessLogsMessage.newBuilder();
        for (final HTTPAccessLogEntry entry : entries) {
            message.getHttpLogsBuilder().addLogEntry(entry);
        }
        return message.build();
    }

    private Struct check(final String path) {
        final CheckRequest.Builder check = CheckRequest.newBuilder();
        check.getAttributesBuilder()
                .getRequestBuilder()
                .setHttp(AttributeContext.HttpRequest.newBuilder()
                        .setMethod("GET")
                        .setPath(path));
        final CheckResponse answer =
                ClientCalls.blockingUnaryCall(edge.tcp(), AuthorizationGrpc.getCheckMethod(), PATIENT, check.build());
        assertTrue(answer.hasOkResponse(), answer.toString());
        return answer.getDynamicMetadata();
    }

    private static HTTPAccessLogEntry entry(final Struct metadata, final int code, final String used) {
        final HTTPAccessLogEntry.Builder entry = HTTPAccessLogEntry.newBuilder();
        entry.getCommonPropertiesBuilder()
                .setAccessLogType(AccessLogType.DownstreamEnd)
                .getMetadataBuilder()
                .putFilterMetadata("envoy.filters.http.ext_authz", metadata);
        entry.getResponseBuilder().setResponseCode(UInt32Value.of(code));
        if (!used.isEmpty()) {
            entry.getResponseBuilder().putResponseHeaders("x-used", used);
        }
        return entry.build();
    }

    private SettlementCounters counts() {
        return edge.listeners.counters().get(0).settlements();
    }

    private void await(final SettlementResult result, final long count) {
        await(result.label(), () -> counts().count(result), count);
    }

    private static void await(final String what, final LongSupplier value, final long wanted) {
        final BooleanSupplier reached = () -> value.getAsLong() == wanted;
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!reached.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        assertEquals(wanted, value.getAsLong(), what);
    }

    @Test
    void shouldEndWhatChecksReservedOverSeveralStreams() {
        final Worker one = new Worker(edge.tcp());
        final Worker two = new Worker(edge.tcp());
        final Struct used = check("/settled");
        assertEquals(
                "10",
                used.getFieldsOrThrow("reserved")
                        .getStructValue()
                        .getFieldsOrThrow("token")
                        .getStringValue());
        one.send(entry(used, 200, "4"), entry(check("/settled"), 500, ""), entry(check("/settled"), 200, ""));
        two.send(entry(check("/settled?n=3"), 200, "5"));
        await(SettlementResult.SETTLED, 1);
        await(SettlementResult.OVERRUN, 1);
        await(SettlementResult.RELEASED, 1);
        await(SettlementResult.LEFT, 1);
        assertEquals(1, counts().missingCount());
        assertEquals(1, snapshots.reservations().reserved(), "the one that was left");
        two.send(entry(used, 200, "9"));
        await(SettlementResult.REPEATED, 1);
        assertEquals(0, counts().waitingCount());
        one.log.onCompleted();
        assertTrue(one.ended.join());
    }

    @Test
    void shouldLeaveToTheApplicationWhatIsItsOwn() {
        final Worker worker = new Worker(edge.tcp());
        final Struct metadata = check("/application");
        assertFalse(metadata.containsFields("reserved"));
        worker.send(entry(metadata, 200, "4"), HTTPAccessLogEntry.getDefaultInstance());
        await("entries", counts()::entryCount, 2);
        worker.log.onCompleted();
        assertTrue(worker.ended.join());
        assertEquals(1, snapshots.reservations().reserved());
    }

    @Test
    void shouldSkipWhatIsNoMessageAndGoOn() {
        final MethodDescriptor<byte[], StreamAccessLogsResponse> raw =
                AccessLogServiceGrpc.getStreamAccessLogsMethod().toBuilder(
                                new EdgeHarness.RawMarshaller(),
                                AccessLogServiceGrpc.getStreamAccessLogsMethod().getResponseMarshaller())
                        .build();
        final CompletableFuture<Boolean> ended = new CompletableFuture<>();
        final StreamObserver<byte[]> log =
                ClientCalls.asyncClientStreamingCall(edge.tcp().newCall(raw, PATIENT), new StreamObserver<>() {
                    @Override
                    public void onNext(final StreamAccessLogsResponse answer) {}

                    @Override
                    public void onError(final Throwable broken) {
                        ended.completeExceptionally(broken);
                    }

                    @Override
                    public void onCompleted() {
                        ended.complete(true);
                    }
                });
        log.onNext(new byte[] {(byte) 0xff, 1, 2});
        log.onNext(new byte[0]);
        log.onNext(message(entry(check("/settled"), 200, "4")).toByteArray());
        log.onNext(new byte[] {18, 5, 1});
        log.onCompleted();
        assertTrue(ended.join());
        assertEquals(2, counts().refusedCount());
        assertEquals(1, counts().count(SettlementResult.SETTLED));
    }

    @Test
    void shouldDoAMessageOfManyEntries() {
        final Worker worker = new Worker(edge.tcp());
        final HTTPAccessLogEntry entry = entry(check("/settled"), 200, "4");
        worker.send(Collections.nCopies(1_000, entry).toArray(HTTPAccessLogEntry[]::new));
        worker.send(entry(check("/settled"), 200, "4"));
        worker.log.onCompleted();
        assertTrue(worker.ended.join());
        assertEquals(1_001, counts().entryCount());
        assertEquals(2, counts().count(SettlementResult.SETTLED));
        assertEquals(999, counts().count(SettlementResult.REPEATED));
    }

    @Test
    void shouldTryAgainWhatFails() {
        failing.set(2);
        final Worker worker = new Worker(edge.tcp());
        worker.send(entry(check("/settled"), 200, "4"));
        await(SettlementResult.SETTLED, 1);
        await("waiting", counts()::waitingCount, 0);
        assertEquals(0, snapshots.reservations().reserved());
    }

    @Test
    void shouldKeepWhatTheJournalHasNoRoomForUntilItCanBeDone() throws IOException {
        edge.close();
        snapshots.close();
        final UsageJournal journal = UsageJournal.open(
                new LocalStorage(),
                directory.resolve("journal"),
                directory.resolve("damaged"),
                new JournalSettings(Durability.PROCESS, 8L << 20, 1 << 20),
                new Producer("edge-1", "boot"),
                new Random(1),
                System::nanoTime);
        snapshots = new TestSnapshots(directory.resolve("beside-a-journal"), 1, journal);
        snapshots.activate(1);
        edge = edge(snapshots);
        final Worker worker = new Worker(edge.tcp());
        final Struct taken = check("/settled");
        final Struct given = check("/settled");
        journal.log().fail();
        worker.send(entry(taken, 200, "4"), entry(given, 500, ""));
        await(SettlementResult.RELEASED, 1);
        await("waiting", counts()::waitingCount, 1);
        await("tries", () -> Math.min(4, tries.get()), 4);
        assertEquals(1, counts().waitingCount());
        assertEquals(0, counts().count(SettlementResult.GIVEN_UP));
        assertEquals(1, snapshots.reservations().reserved());
        journal.close();
    }

    @Test
    void shouldGiveUpWhatAlwaysFails() {
        failing.set(Integer.MAX_VALUE);
        final Worker worker = new Worker(edge.tcp());
        worker.send(entry(check("/settled"), 200, "4"));
        await(SettlementResult.GIVEN_UP, 1);
        await("waiting", counts()::waitingCount, 0);
        assertEquals(1, snapshots.reservations().reserved(), "it ends by expiry, and is counted then");
    }

    @Test
    void shouldSettleWhatComesDuringTheDrainAndEndTheStreamCleanly() {
        final Worker worker = new Worker(edge.tcp());
        final Struct first = check("/settled");
        final Struct second = check("/settled");
        worker.send(entry(first, 200, "4"));
        await(SettlementResult.SETTLED, 1);
        final CompletableFuture<Boolean> drained =
                CompletableFuture.supplyAsync(() -> edge.listeners.drain(TimeUnit.SECONDS.toNanos(20)));
        worker.send(entry(second, 200, "4"));
        await(SettlementResult.SETTLED, 2);
        assertTrue(worker.ended.join(), "ended with OK");
        assertTrue(drained.join(), "nothing was cut");
    }

    @Test
    void shouldNotCallLostWhatAnEntryCameFor() {
        final Worker worker = new Worker(edge.tcp());
        check("/settled");
        check("/application");
        worker.send(entry(check("/settled"), 200, "4"), entry(check("/settled"), 200, ""));
        await(SettlementResult.LEFT, 1);
        snapshots.clock.advanceMs(70_000);
        snapshots.confirm();
        snapshots.engine.newSweeper(1).sweepAll(snapshots.clock.monotonicNs() + snapshots.clock.epochOffsetNs(), null);
        assertEquals(1, snapshots.reservations().awaitedOverdue(), "the one that nothing came for");
        assertEquals(0, snapshots.reservations().awaitedExpired());
    }
}
