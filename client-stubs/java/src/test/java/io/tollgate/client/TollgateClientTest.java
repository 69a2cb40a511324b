/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedOutputStream;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.tollgate.client.TransportFailure.Kind;
import io.tollgate.v1.BatchMode;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DecideBatchResponse;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.SettleRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TollgateClientTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(40);

    private final List<AutoCloseable> open = new ArrayList<>();

    @TempDir
    Path directory;

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    @Test
    void shouldAllowWhenTheSidecarSaysSo() throws Exception {
        final Decision decision = clientOf(sidecar()).decide(request("c-1"));

        assertTrue(decision.allowed());
        assertTrue(decision.fromSidecar());
        assertEquals(Reason.REASON_OK, decision.reason());
    }

    @Test
    void shouldAllowOverAUnixDomainSocket() throws Exception {
        final ScriptedSidecar sidecar = use(ScriptedSidecar.onUnix(directory.resolve("t.sock")));

        assertTrue(clientOf(sidecar).decide(request("c-1")).allowed());
    }

    @Test
    void shouldGoOnWithWarnings() throws Exception {
        final ScriptedSidecar sidecar = sidecar();
        sidecar.onDecide = (request, answers) -> {
            answers.onNext(ScriptedSidecar.answer(request, Outcome.OUTCOME_WARN, Reason.REASON_OVER_SOFT_LIMIT)
                    .addWarnings(io.tollgate.v1.Warning.newBuilder().setMessage("90 % used"))
                    .build());
            answers.onCompleted();
        };
        final Decision decision = clientOf(sidecar).decide(request("c-1"));

        assertTrue(decision.allowed());
        assertEquals("90 % used", decision.warnings().get(0).getMessage());
    }

    @Test
    void shouldShowWhyItWasDenied() throws Exception {
        final ScriptedSidecar sidecar = sidecar();
        sidecar.onDecide = (request, answers) -> {
            answers.onNext(ScriptedSidecar.answer(request, Outcome.OUTCOME_DENY, Reason.REASON_RATE_LIMITED)
                    .setReasonClass(ReasonClass.REASON_CLASS_QUOTA)
                    .setMessage("Too fast")
                    .setRetryAfterNs(1_500_000_000L)
                    .setBindingCeiling(CeilingState.newBuilder().setId("tokens-per-minute"))
                    .build());
            answers.onCompleted();
        };
        final Decision decision = clientOf(sidecar).decide(request("c-1"));

        assertFalse(decision.allowed());
        assertTrue(decision.fromSidecar());
        assertEquals(ReasonClass.REASON_CLASS_QUOTA, decision.reasonClass());
        assertEquals(Duration.ofMillis(1500), decision.retryAfter().orElseThrow());
        assertEquals(
                "tokens-per-minute", decision.bindingCeiling().orElseThrow().getId());
        assertEquals("Too fast", decision.message());
    }

    @Test
    void shouldDenyWhenNobodyListens() throws Exception {
        final ScriptedSidecar sidecar = ScriptedSidecar.onTcp();
        final String address = sidecar.address();
        sidecar.close();

        final Decision decision = use(TollgateClient.connect(address)).decide(request("c-9"), LONG);

        assertDenied(Kind.UNREACHABLE, decision);
        assertEquals("c-9", decision.raw().getCorrelationId());
        assertTrue(decision.toString().contains(address), decision.toString());
    }

    @Test
    void shouldDenyWhenTheSocketDoesNotExist() {
        final TollgateClient client = use(TollgateClient.connect("unix:" + directory.resolve("none.sock")));

        assertDenied(Kind.UNREACHABLE, client.decide(request("c-1"), LONG));
    }

    @Test
    void shouldDenyWhenTheSidecarIsKilledMidCall() throws Exception {
        final ScriptedSidecar sidecar = sidecar();
        final CountDownLatch asked = new CountDownLatch(1);
        sidecar.onDecide = (request, answers) -> asked.countDown();
        final CompletableFuture<Decision> future = clientOf(sidecar).decideAsync(request("c-1"));
        assertTrue(asked.await(30, TimeUnit.SECONDS));

        sidecar.close();

        assertDenied(Kind.UNREACHABLE, future.get(30, TimeUnit.SECONDS));
    }

    @Test
    void shouldDenyWhenTheCallFailsAfterAnAllow() throws Exception {
        final ScriptedSidecar sidecar = sidecar();
        sidecar.onDecide = (request, answers) -> {
            answers.onNext(ScriptedSidecar.allow(request));
            answers.onError(Status.INTERNAL.withDescription("broke").asRuntimeException());
        };

        assertDenied(Kind.UNREACHABLE, clientOf(sidecar).decide(request("c-1")));
    }

    @Test
    void shouldDenyWhenTheDeadlinePasses() throws Exception {
        final ScriptedSidecar sidecar = sidecar();
        sidecar.onDecide = (request, answers) -> {};
        final TollgateClient client = clientOf(sidecar);
        assertTrue(client.awaitReady(LONG));

        assertDenied(Kind.TIMEOUT, client.decide(request("c-1"), SHORT));
        assertDenied(Kind.TIMEOUT, client.decideAsync(request("c-1"), SHORT).get(30, TimeUnit.SECONDS));
    }

    @Test
    void shouldDenyAnOutcomeThatItDoesNotKnow() throws Exception {
        final ScriptedSidecar sidecar = sidecar();
        sidecar.onDecide = (request, answers) -> {
            answers.onNext(DecideResponse.newBuilder()
                    .setOutcomeValue(17)
                    .setCorrelationId(request.getCorrelationId())
                    .build());
            answers.onCompleted();
        };
        final Decision decision = clientOf(sidecar).decide(request("c-1"));

        assertDenied(Kind.MALFORMED, decision);
        assertTrue(decision.cause().orElseThrow().getMessage().contains("17"));
    }

    @Test
    void shouldDenyAnEmptyAnswer() throws Exception {
        final ScriptedSidecar sidecar = sidecar();
        sidecar.onDecide = (request, answers) -> {
            answers.onNext(DecideResponse.getDefaultInstance());
            answers.onCompleted();
        };

        assertDenied(Kind.MALFORMED, clientOf(sidecar).decide(request("c-1")));
    }

    @Test
    void shouldDenyTheAnswerToAnotherRequest() throws Exception {
        final ScriptedSidecar sidecar = sidecar();
        sidecar.onDecide = (request, answers) -> {
            answers.onNext(ScriptedSidecar.allow(request("c-2").toMessage()));
            answers.onCompleted();
        };
        final Decision decision = clientOf(sidecar).decide(request("c-1"));

        assertDenied(Kind.MALFORMED, decision);
        assertEquals(Outcome.OUTCOME_DENY, decision.raw().getOutcome());
    }

    @Test
    void shouldDenyWhenTheCallIsRefused() throws Exception {
        final ScriptedSidecar sidecar = sidecar();
        sidecar.onDecide = (request, answers) -> answers.onError(
                Status.PERMISSION_DENIED.withDescription("no token").asRuntimeException());

        assertDenied(Kind.REFUSED, clientOf(sidecar).decide(request("c-1")));
    }

    @Test
    void shouldDenyWhenCancelledOrTimedOutByTheCaller() throws Exception {
        final ScriptedSidecar sidecar = sidecar();
        sidecar.onDecide = (request, answers) -> {};
        final TollgateClient client = clientOf(sidecar);

        final CompletableFuture<Decision> cancelled = client.decideAsync(request("c-1"));
        assertTrue(cancelled.cancel(true));
        assertDenied(Kind.CANCELLED, cancelled.join());

        final CompletableFuture<Decision> timedOut = client.decideAsync(request("c-1"));
        assertDenied(Kind.TIMEOUT, timedOut.orTimeout(1, TimeUnit.MILLISECONDS).join());
    }

    @Test
    void shouldDenyAndStayInterruptedWhenInterrupted() throws Exception {
        final ScriptedSidecar sidecar = sidecar();
        final CountDownLatch asked = new CountDownLatch(1);
        sidecar.onDecide = (request, answers) -> asked.countDown();
        final TollgateClient client = clientOf(sidecar);
        final CompletableFuture<Decision> decision = new CompletableFuture<>();
        final CompletableFuture<Boolean> flag = new CompletableFuture<>();
        final Thread thread = new Thread(() -> {
            decision.complete(client.decide(request("c-1")));
            flag.complete(Thread.currentThread().isInterrupted());
        });
        thread.start();
        assertTrue(asked.await(30, TimeUnit.SECONDS));

        thread.interrupt();
        assertDenied(Kind.INTERRUPTED, decision.join());
        assertTrue(flag.join(), "the interrupt must stay set");
    }

    @Test
    void shouldNotAskAtAllWhenAlreadyInterrupted() throws Exception {
        final TollgateClient client = clientOf(sidecar());
        Thread.currentThread().interrupt();
        final Decision decision = client.decide(request("c-1"));

        assertTrue(Thread.interrupted());
        assertDenied(Kind.INTERRUPTED, decision);
    }

    @Test
    void shouldDenyOnceClosedAndCloseTwice() throws Exception {
        final TollgateClient client = clientOf(sidecar());
        final DecisionStream stream = client.openStream();
        assertTrue(client.decide(request("c-1")).allowed());
        client.close();
        client.close();

        assertDenied(Kind.CLOSED, client.decide(request("c-1")));
        assertDenied(Kind.CLOSED, client.decideAsync(request("c-1")).join());
        assertDenied(Kind.CLOSED, stream.decide(request("c-1")).join());
        assertFalse(client.awaitReady(LONG));
    }

    @Test
    void shouldReconnectWhenTheSidecarComesBack() throws Exception {
        final ScriptedSidecar first = ScriptedSidecar.onTcp();
        final int port = first.port();
        final TollgateClient client = use(
                TollgateClient.builder().address(first.address()).deadline(LONG).build());
        assertTrue(client.decide(request("c-1")).allowed());
        first.close();
        assertFalse(client.decide(request("c-1")).allowed());

        use(ScriptedSidecar.onTcp(port));

        assertTrue(client.awaitReady(LONG));
        assertTrue(client.decide(request("c-1")).allowed());
    }

    @Test
    void shouldAnswerEachCallerItsOwnWhenUsedConcurrently() throws Exception {
        final TollgateClient client = clientOf(sidecar());
        final List<Thread> threads = new ArrayList<>();
        final List<String> wrong = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int t = 0; t < 8; t++) {
            final int thread = t;
            threads.add(new Thread(() -> {
                for (int i = 0; i < 200; i++) {
                    final String id = thread + "-" + i;
                    final Decision decision = client.decide(request(id));
                    if (!decision.allowed()
                            || !decision.raw().getCorrelationId().equals(id)) {
                        wrong.add(id + ": " + decision);
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        assertEquals(List.of(), wrong);
    }

    @Test
    void shouldAnswerABatchInOrder() throws Exception {
        final List<Decision> decisions =
                clientOf(sidecar()).decideBatch(BatchMode.BATCH_MODE_INDEPENDENT, List.of(request("a"), request("b")));

        assertEquals(
                List.of("a", "b"),
                decisions.stream().map(d -> d.raw().getCorrelationId()).toList());
        assertTrue(decisions.stream().allMatch(Decision::allowed));
    }

    @Test
    void shouldDenyAWholeBatchWhenAnswersAreMissing() throws Exception {
        final ScriptedSidecar sidecar = sidecar();
        sidecar.onBatch = batch -> DecideBatchResponse.newBuilder()
                .addResponses(ScriptedSidecar.allow(batch.getRequests(0)))
                .build();
        final List<Decision> decisions =
                clientOf(sidecar).decideBatch(BatchMode.BATCH_MODE_ATOMIC, List.of(request("a"), request("b")));

        assertEquals(2, decisions.size());
        decisions.forEach(decision -> assertDenied(Kind.MALFORMED, decision));
    }

    @Test
    void shouldAnswerEvenWhenTheCallbackExecutorRefuses() throws Exception {
        final TollgateClient client = use(TollgateClient.builder()
                .address(sidecar().address())
                .deadline(LONG)
                .callbackExecutor(task -> {
                    throw new RejectedExecutionException("full");
                })
                .build());

        assertTrue(client.decideAsync(request("c-1")).get(30, TimeUnit.SECONDS).allowed());
    }

    @Test
    void shouldSayWhatBecameOfAReservation() throws Exception {
        final ScriptedSidecar sidecar = sidecar();
        final TollgateClient client = clientOf(sidecar);

        assertTrue(client.settleAsync(SettleRequest.getDefaultInstance()).join().acknowledged());
        assertFalse(client.releaseAsync("r-1").join().acknowledged());
        assertTrue(client.extendAsync(io.tollgate.v1.ExtendRequest.getDefaultInstance())
                .join()
                .allowed());
        sidecar.close();
        final Settlement lost =
                client.settleAsync(SettleRequest.getDefaultInstance()).join();
        assertFalse(lost.acknowledged());
        assertEquals(Kind.UNREACHABLE, lost.cause().orElseThrow().kind());
    }

    @Test
    void shouldReleaseWhatNobodySettledWhenTheHandleIsClosed() throws Exception {
        final ScriptedSidecar sidecar = sidecar();
        final TollgateClient client = clientOf(sidecar);
        sidecar.onDecide = (request, answers) -> {
            final DecideResponse.Builder answer = ScriptedSidecar.allow(request).toBuilder();
            answer.getReservationBuilder()
                    .setId("r-" + request.getCorrelationId())
                    .setExpiresAtMs(9);
            answers.onNext(answer.build());
            answers.onCompleted();
        };
        try (Reservation settled = client.reserve(reserve("1"))) {
            assertTrue(settled.allowed());
            assertEquals(9, settled.expiresAt().orElseThrow().toEpochMilli());
            assertTrue(settled.settle(3, "token").acknowledged());
        }
        try (Reservation forgotten = client.reserve(reserve("2"))) {
            assertEquals("r-2", forgotten.id());
        }
        sidecar.onDecide = (request, answers) -> {
            answers.onNext(ScriptedSidecar.answer(request, Outcome.OUTCOME_DENY, Reason.REASON_QUOTA_EXHAUSTED)
                    .build());
            answers.onCompleted();
        };
        try (Reservation denied = client.reserve(reserve("3"))) {
            assertFalse(denied.allowed());
            assertEquals("", denied.id());
        }
        assertEquals(List.of("settle r-1", "release r-2"), sidecar.ended);
        assertThrows(IllegalArgumentException.class, () -> client.reserve(request("4")));
    }

    private static DecisionRequest reserve(String correlationId) {
        return DecisionRequest.builder()
                .correlationId(correlationId)
                .organization("acme")
                .actor("user", "ada")
                .action("llm", "chat", "complete")
                .reserve()
                .build();
    }

    @Test
    void shouldSendTheTokenOfAFile() throws Exception {
        final ScriptedSidecar sidecar = sidecar();
        final Path token = Files.writeString(directory.resolve("token"), "s3cret\n");
        final TollgateClient client = use(TollgateClient.builder()
                .address(sidecar.address())
                .deadline(LONG)
                .tokenFile(token)
                .build());

        assertTrue(client.decide(request("c-1")).allowed());
        assertEquals(List.of("Bearer s3cret"), sidecar.authorizations);
    }

    @Test
    void shouldDenyWhenAnInterceptorFails() throws Exception {
        final TollgateClient client = use(TollgateClient.builder()
                .address(sidecar().address())
                .deadline(LONG)
                .interceptor(new ClientInterceptor() {
                    @Override
                    public <Q, R> ClientCall<Q, R> interceptCall(
                            MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
                        throw new IllegalStateException("no identity");
                    }
                })
                .build());

        assertFalse(client.decide(request("c-1")).allowed());
        assertFalse(client.openStream().decide(request("c-1")).join().allowed());
    }

    @Test
    void shouldSayWhenTheSidecarAnswers() throws Exception {
        final ScriptedSidecar sidecar = ScriptedSidecar.onTcp();
        final TollgateClient client = clientOf(sidecar);
        assertTrue(client.awaitReady(LONG));
        sidecar.close();

        assertFalse(client.awaitReady(Duration.ofMillis(100)));
    }

    @Test
    void shouldLeaveABorrowedChannelOpen() throws Exception {
        final ScriptedSidecar sidecar = sidecar();
        final ManagedChannel channel =
                NettyChannelBuilder.forTarget(sidecar.address()).usePlaintext().build();
        open.add(channel::shutdownNow);
        final TollgateClient client =
                TollgateClient.builder().channel(channel).deadline(LONG).build();
        assertTrue(client.decide(request("c-1")).allowed());
        client.close();

        assertFalse(channel.isShutdown());
        assertDenied(Kind.CLOSED, client.decide(request("c-1")));
    }

    @Test
    void shouldNotReadGarbageAsAnAllow() throws Exception {
        // Field 1 (outcome) as text instead of a number: parses as an unknown field, leaving the outcome unspecified.
        final byte[] garbage = new byte[4];
        final CodedOutputStream out = CodedOutputStream.newInstance(garbage);
        out.writeString(1, "ok");
        final DecideResponse response = DecideResponse.parseFrom(garbage);

        assertDenied(Kind.MALFORMED, Answers.check(request("").toMessage(), response));
    }

    static DecisionRequest request(String correlationId) {
        final DecisionRequestBuilder builder = DecisionRequest.builder()
                .actor("user", "ada")
                .organization("acme")
                .project("rag")
                .action("llm", "model", "generate")
                .usage(1200, "token");
        return correlationId.isEmpty()
                ? builder.build()
                : builder.correlationId(correlationId).build();
    }

    static void assertDenied(Kind kind, Decision decision) {
        assertFalse(decision.allowed(), decision.toString());
        assertEquals(Outcome.OUTCOME_DENY, decision.outcome());
        assertEquals(Reason.REASON_UNREACHABLE, decision.reason());
        assertEquals(ReasonClass.REASON_CLASS_SYSTEM, decision.reasonClass());
        assertFalse(decision.message().isEmpty());
        assertEquals(kind, decision.cause().orElseThrow().kind(), decision.toString());
    }

    private ScriptedSidecar sidecar() throws Exception {
        return use(ScriptedSidecar.onTcp());
    }

    private TollgateClient clientOf(ScriptedSidecar sidecar) {
        return use(TollgateClient.builder()
                .address(sidecar.address())
                .deadline(LONG)
                .build());
    }

    private <T extends AutoCloseable> T use(T resource) {
        open.add(resource);
        return resource;
    }
}
