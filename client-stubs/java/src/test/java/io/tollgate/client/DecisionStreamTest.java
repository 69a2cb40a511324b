/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import static io.tollgate.client.TollgateClientTest.assertDenied;
import static io.tollgate.client.TollgateClientTest.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.stub.StreamObserver;
import io.tollgate.client.TransportFailure.Kind;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DecisionStreamTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private record Asked(DecideRequest request, StreamObserver<DecideResponse> answers) {
        void allow() {
            answers.onNext(ScriptedSidecar.allow(request));
        }
    }

    private final LinkedBlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private ScriptedSidecar sidecar;
    private TollgateClient client;

    @BeforeEach
    void start() throws Exception {
        sidecar = ScriptedSidecar.onTcp();
        client = client(LONG, 4);
    }

    @AfterEach
    void stop() {
        client.close();
        sidecar.close();
    }

    @Test
    void shouldAnswerInTheOrderOfTheRequests() throws Exception {
        final List<String> order = Collections.synchronizedList(new ArrayList<>());
        try (TollgateClient inline = TollgateClient.builder()
                        .address(sidecar.address())
                        .deadline(LONG)
                        .callbackExecutor(Runnable::run)
                        .build();
                DecisionStream stream = inline.openStream()) {
            final List<CompletableFuture<Void>> done = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                done.add(stream.decide(request("c-" + i))
                        .thenAccept(decision ->
                                order.add(decision.raw().getCorrelationId() + (decision.allowed() ? "" : " denied"))));
            }
            CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
        }

        final List<String> expected = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            expected.add("c-" + i);
        }
        assertEquals(expected, order);
    }

    @Test
    void shouldDenyAllPendingWhenTheSidecarDies() throws Exception {
        script();
        final DecisionStream stream = client.openStream();
        final List<CompletableFuture<Decision>> pending =
                List.of(stream.decide(request("a")), stream.decide(request("b")), stream.decide(request("c")));
        next().allow();
        assertTrue(pending.get(0).get(30, TimeUnit.SECONDS).allowed());

        sidecar.close();

        assertDenied(Kind.UNREACHABLE, pending.get(1).get(30, TimeUnit.SECONDS));
        assertDenied(Kind.UNREACHABLE, pending.get(2).get(30, TimeUnit.SECONDS));
        assertEquals(0, stream.pendingCount());
    }

    @Test
    void shouldOpenANewCallAfterABreak() throws Exception {
        script();
        final DecisionStream stream = client.openStream();
        final CompletableFuture<Decision> broken = stream.decide(request("a"));
        next().answers().onCompleted();
        assertDenied(Kind.UNREACHABLE, broken.get(30, TimeUnit.SECONDS));

        final CompletableFuture<Decision> after = stream.decide(request("b"));
        next().allow();

        assertTrue(after.get(30, TimeUnit.SECONDS).allowed());
    }

    @Test
    void shouldDenyEverythingWhenAnswersAreOutOfOrder() throws Exception {
        script();
        final DecisionStream stream = client.openStream();
        final CompletableFuture<Decision> first = stream.decide(request("a"));
        final CompletableFuture<Decision> second = stream.decide(request("b"));
        next();
        next().allow();

        assertDenied(Kind.MALFORMED, first.get(30, TimeUnit.SECONDS));
        assertDenied(Kind.MALFORMED, second.get(30, TimeUnit.SECONDS));
    }

    @Test
    void shouldTakeARefusalWithoutCorrelationIdAsTheNextAnswer() throws Exception {
        script();
        final DecisionStream stream = client.openStream();
        final CompletableFuture<Decision> first = stream.decide(request("a"));
        final CompletableFuture<Decision> second = stream.decide(request("b"));
        next().answers()
                .onNext(DecideResponse.newBuilder()
                        .setOutcome(Outcome.OUTCOME_DENY)
                        .setReason(Reason.REASON_OVERLOADED)
                        .build());
        next().allow();

        assertEquals(Reason.REASON_OVERLOADED, first.get(30, TimeUnit.SECONDS).reason());
        assertTrue(second.get(30, TimeUnit.SECONDS).allowed());
    }

    @Test
    void shouldDropALateAnswerAndKeepTheOrder() throws Exception {
        script();
        final DecisionStream stream = client.openStream();
        final CompletableFuture<Decision> late = stream.decide(request("a"));
        final CompletableFuture<Decision> next = stream.decide(request("b"));
        assertTrue(late.cancel(true));
        assertEquals(2, stream.pendingCount());
        next().allow();
        next().allow();

        assertDenied(Kind.CANCELLED, late.join());
        final Decision decision = next.get(30, TimeUnit.SECONDS);
        assertTrue(decision.allowed());
        assertEquals("b", decision.raw().getCorrelationId());
    }

    @Test
    void shouldDenyWhenTheDeadlinePasses() throws Exception {
        script();
        try (TollgateClient hasty = client(Duration.ofMillis(40), 4)) {
            assertTrue(hasty.awaitReady(LONG));
            assertDenied(Kind.TIMEOUT, hasty.openStream().decide(request("a")).get(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void shouldDenyWhenTheWindowStaysFull() throws Exception {
        script();
        try (TollgateClient hasty = client(Duration.ofMillis(100), 2)) {
            final DecisionStream stream = hasty.openStream();
            stream.decide(request("a"));
            stream.decide(request("b"));
            assertFalse(stream.isReady());

            assertDenied(Kind.OVERLOADED, stream.decide(request("c")).join());
        }
    }

    @Test
    void shouldWaitForRoomInTheWindow() throws Exception {
        script();
        final DecisionStream stream = client.openStream();
        for (int i = 0; i < 4; i++) {
            stream.decide(request("c-" + i));
        }
        final CompletableFuture<Decision> fifth = new CompletableFuture<>();
        final Thread sender =
                new Thread(() -> fifth.complete(stream.decide(request("c-4")).join()));
        sender.start();
        final Asked first = next();
        while (sender.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertEquals(4, stream.pendingCount());
        first.allow();
        for (int i = 0; i < 4; i++) {
            next().allow();
        }

        assertTrue(fifth.get(30, TimeUnit.SECONDS).allowed());
    }

    @Test
    void shouldDenyWhenInterruptedWhileWaitingForRoom() throws Exception {
        script();
        final DecisionStream stream = client.openStream();
        for (int i = 0; i < 4; i++) {
            stream.decide(request("c-" + i));
        }
        Thread.currentThread().interrupt();
        final Decision decision = stream.decide(request("d")).join();

        assertTrue(Thread.interrupted(), "the interrupt must stay set");
        assertDenied(Kind.INTERRUPTED, decision);
    }

    @Test
    void shouldGiveUpAStreamThatStands() throws Exception {
        script();
        try (TollgateClient hasty = client(Duration.ofMillis(20), 1024)) {
            assertTrue(hasty.awaitReady(LONG));
            final DecisionStream stream = hasty.openStream();
            assertDenied(Kind.TIMEOUT, stream.decide(request("a")).join());
            final Asked frozen = next();
            Asked onNewCall = frozen;
            for (int i = 0; i < 200 && onNewCall.answers() == frozen.answers(); i++) {
                stream.decide(request("b")).join();
                onNewCall = next();
            }

            assertFalse(onNewCall.answers() == frozen.answers(), "the stream was never given up");
        }
    }

    @Test
    void shouldAnswerWhatIsPendingAfterClose() throws Exception {
        script();
        final DecisionStream stream = client.openStream();
        final CompletableFuture<Decision> pending = stream.decide(request("a"));
        final Asked question = next();
        stream.close();
        stream.close();

        assertDenied(Kind.CLOSED, stream.decide(request("b")).join());
        assertFalse(stream.isReady());
        // The half-close made the sidecar end the call, so an answer may be lost; it must then be a deny.
        question.answers();
        assertFalse(pending.get(30, TimeUnit.SECONDS).allowed());
    }

    @Test
    void shouldServeManyThreadsOnOneStream() throws Exception {
        final DecisionStream stream = client.openStream();
        final CountDownLatch done = new CountDownLatch(4);
        final List<String> wrong = Collections.synchronizedList(new ArrayList<>());
        for (int t = 0; t < 4; t++) {
            final int thread = t;
            new Thread(() -> {
                        for (int i = 0; i < 200; i++) {
                            final String id = thread + "-" + i;
                            final Decision decision = stream.decide(request(id)).join();
                            if (!decision.allowed()
                                    || !decision.raw().getCorrelationId().equals(id)) {
                                wrong.add(id + ": " + decision);
                            }
                        }
                        done.countDown();
                    })
                    .start();
        }
        assertTrue(done.await(50, TimeUnit.SECONDS));

        assertEquals(List.of(), wrong);
    }

    private void script() {
        sidecar.onStreamed = (request, answers) -> asked.add(new Asked(request, answers));
    }

    private Asked next() throws InterruptedException {
        final Asked next = asked.poll(30, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no request arrived");
        }
        return next;
    }

    private TollgateClient client(Duration deadline, int window) {
        return TollgateClient.builder()
                .address(sidecar.address())
                .deadline(deadline)
                .streamWindow(window)
                .build();
    }
}
