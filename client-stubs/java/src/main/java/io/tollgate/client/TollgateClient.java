/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import io.tollgate.client.TransportFailure.Kind;
import io.tollgate.v1.BatchMode;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideBatchResponse;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.ExtendResponse;
import io.tollgate.v1.ReleaseRequest;
import io.tollgate.v1.SettleRequest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks a Tollgate sidecar on the same host. Thread-safe; one per process is enough.
 *
 * <p><b>Fail-closed.</b> Every method answers within the deadline, and no answer is ever an exception: if the sidecar
 * is down, slow, breaks off or says something that this client does not understand, or the client is closed, the answer
 * is a DENY with reason UNREACHABLE and a {@link Decision#cause()}. Futures never complete exceptionally, even when
 * cancelled. Only a wrong argument throws.
 *
 * <p>A DENY by deadline does not mean that nothing was taken: the sidecar may have answered just too late. Give a
 * CONSUME or RESERVE that is going to be repeated an idempotency key.
 *
 * <pre>{@code
 * try (TollgateClient client = TollgateClient.connect("unix:/run/tollgate.sock")) {
 *     client.awaitReady(Duration.ofSeconds(5));
 *     client.decideAsync(request).thenAccept(decision -> {
 *         if (decision.allowed()) {
 *             launch();
 *         }
 *     });
 * }
 * }</pre>
 */
public final class TollgateClient implements AutoCloseable {
    /** Where a sidecar listens by default. */
    public static final String DEFAULT_ADDRESS = "127.0.0.1:7070";

    /** A blocking caller waits this much longer than the call's own deadline, whose error says more. */
    private static final long DEADLINE_SLACK_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final int WARM_UP_CALLS = 20;

    private static final long READY_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long MAX_CLOSE_GRACE_NS = TimeUnit.SECONDS.toNanos(1);

    private final Connection connection;
    private final long deadlineNs;
    private final Executor callbackExecutor;
    private final int streamWindow;
    private final Set<DecisionStream> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    TollgateClient(Connection connection, long deadlineNs, Executor callbackExecutor, int streamWindow) {
        this.connection = connection;
        this.deadlineNs = deadlineNs;
        this.callbackExecutor = callbackExecutor;
        this.streamWindow = streamWindow;
    }

    public static TollgateClientBuilder builder() {
        return new TollgateClientBuilder();
    }

    /** A client with defaults for {@code host:port} or {@code unix:/path}. Does not wait for the connection. */
    public static TollgateClient connect(String address) {
        return builder().address(address).build();
    }

    /**
     * Waits until the sidecar answers, and warms up the way there: the first gRPC call of a fresh JVM takes longer than
     * a deadline of 50 ms. Call it once at start-up. Says nothing about the sidecar's snapshot; its health service
     * does.
     *
     * @return false if the time passed, the thread was interrupted or the client is closed
     */
    public boolean awaitReady(Duration timeout) {
        final long endNs = System.nanoTime() + timeout.toNanos();
        long leftNs = timeout.toNanos();
        int answered = 0;
        while (leftNs > 0 && !closed && !Thread.currentThread().isInterrupted()) {
            if (isAnswered(leftNs)) {
                if (++answered == WARM_UP_CALLS) {
                    Answers.warmUp();
                    return true;
                }
            } else {
                LockSupport.parkNanos(READY_PAUSE_NS);
            }
            leftNs = endNs - System.nanoTime();
        }
        return answered > 0;
    }

    /** An empty batch asks nothing and counts nothing. */
    private boolean isAnswered(long deadlineNs) {
        final AnswerFuture<Boolean> future = new AnswerFuture<>(Runnable::run, failure -> false);
        connection.unary(
                DecisionServiceGrpc.getDecideBatchMethod(),
                DecideBatchRequest.getDefaultInstance(),
                deadlineNs,
                future,
                response -> true);
        return await(future, deadlineNs);
    }

    /** Asks, and answers within the client's deadline. */
    public CompletableFuture<Decision> decideAsync(DecisionRequest request) {
        return start(request, deadlineNs, callbackExecutor);
    }

    /** Asks, and answers within the deadline given. */
    public CompletableFuture<Decision> decideAsync(DecisionRequest request, Duration deadline) {
        return start(request, nanos(deadline), callbackExecutor);
    }

    /**
     * Asks and waits, at most for the client's deadline. An interrupt ends the waiting with a DENY and stays set on the
     * thread; a thread that is already interrupted does not ask at all.
     */
    public Decision decide(DecisionRequest request) {
        return decide(request, deadlineNs);
    }

    /** Asks and waits, at most for the deadline given; otherwise as {@link #decide(DecisionRequest)}. */
    public Decision decide(DecisionRequest request, Duration deadline) {
        return decide(request, nanos(deadline));
    }

    /**
     * Asks for many at once (at most 1024), answered in the order of the requests. INDEPENDENT: each on its own;
     * CUMULATIVE: would they fit together, taking nothing; ATOMIC: all or none.
     */
    public CompletableFuture<List<Decision>> decideBatchAsync(BatchMode mode, List<DecisionRequest> requests) {
        return startBatch(mode, requests, deadlineNs, callbackExecutor);
    }

    /** As {@link #decideBatchAsync}, and waits for the answers. */
    public List<Decision> decideBatch(BatchMode mode, List<DecisionRequest> requests) {
        return await(startBatch(mode, requests, deadlineNs, Runnable::run), deadlineNs);
    }

    /** Opens a stream of decisions: one gRPC call for many requests, the cheapest way to ask often. */
    public DecisionStream openStream() {
        final DecisionStream stream =
                new DecisionStream(connection, deadlineNs, streamWindow, callbackExecutor, streams::remove);
        streams.add(stream);
        if (closed) {
            stream.close();
        }
        return stream;
    }

    /**
     * Asks, and waits at most for the client's deadline, for something to be held until it is settled.
     *
     * @throws IllegalArgumentException when the request's mode is not RESERVE
     */
    public Reservation reserve(DecisionRequest request) {
        if (request.toMessage().getMode() != DecideMode.DECIDE_MODE_RESERVE) {
            throw new IllegalArgumentException(
                    "the request has mode " + request.toMessage().getMode() + "; build it with reserve()");
        }
        return new Reservation(this, decide(request));
    }

    /** As {@link #extendAsync}, and waits for the answer. */
    public Decision extend(ExtendRequest request) {
        return await(extendOn(request, Runnable::run), deadlineNs);
    }

    /** As {@link #settleAsync}, and waits for the answer. */
    public Settlement settle(SettleRequest request) {
        return await(settleOn(request, Runnable::run), deadlineNs);
    }

    /** As {@link #releaseAsync}, and waits for the answer. */
    public Settlement release(String reservationId) {
        return await(releaseOn(reservationId, Runnable::run), deadlineNs);
    }

    /** Asks for more under a reservation, before going on. */
    public CompletableFuture<Decision> extendAsync(ExtendRequest request) {
        return extendOn(request, callbackExecutor);
    }

    private AnswerFuture<Decision> extendOn(ExtendRequest request, Executor executor) {
        final AnswerFuture<Decision> future = new AnswerFuture<>(executor, failure -> Answers.deny("", failure));
        return submit(
                future,
                () -> connection.unary(
                        DecisionServiceGrpc.getExtendMethod(), request, deadlineNs, future, TollgateClient::extended));
    }

    /** Says what was really used. Repeat it until {@link Settlement#acknowledged()}: it counts once. */
    public CompletableFuture<Settlement> settleAsync(SettleRequest request) {
        return settleOn(request, callbackExecutor);
    }

    private AnswerFuture<Settlement> settleOn(SettleRequest request, Executor executor) {
        final AnswerFuture<Settlement> future = new AnswerFuture<>(executor, Settlement::unknown);
        return submit(
                future,
                () -> connection.unary(
                        DecisionServiceGrpc.getSettleMethod(),
                        request,
                        deadlineNs,
                        future,
                        response -> Settlement.of(response.getOutcome(), response.getMessage())));
    }

    /** Gives a whole reservation back. Repeat it until {@link Settlement#acknowledged()}. */
    public CompletableFuture<Settlement> releaseAsync(String reservationId) {
        return releaseOn(reservationId, callbackExecutor);
    }

    private AnswerFuture<Settlement> releaseOn(String reservationId, Executor executor) {
        final ReleaseRequest request = ReleaseRequest.newBuilder()
                .setReservationId(RequestLimits.id("reservation id", reservationId))
                .build();
        final AnswerFuture<Settlement> future = new AnswerFuture<>(executor, Settlement::unknown);
        return submit(
                future,
                () -> connection.unary(
                        DecisionServiceGrpc.getReleaseMethod(),
                        request,
                        deadlineNs,
                        future,
                        response -> Settlement.of(response.getOutcome(), response.getMessage())));
    }

    /**
     * Closes the streams, lets what is in flight end for at most the deadline or a second, denies the rest and releases
     * connection and thread. Whatever is asked afterwards is denied.
     * Closing twice does nothing more.
     */
    @Override
    public void close() {
        closed = true;
        for (DecisionStream stream : streams) {
            stream.close();
        }
        connection.close(Math.min(deadlineNs, MAX_CLOSE_GRACE_NS));
    }

    private Decision decide(DecisionRequest request, long deadlineNs) {
        if (Thread.currentThread().isInterrupted()) {
            return Answers.deny(
                    request.toMessage(),
                    new TransportFailure(Kind.INTERRUPTED, "the calling thread was interrupted before it asked"));
        }
        return await(start(request, deadlineNs, Runnable::run), deadlineNs);
    }

    private AnswerFuture<Decision> start(DecisionRequest request, long deadlineNs, Executor executor) {
        final DecideRequest message = request.toMessage();
        final AnswerFuture<Decision> future = new AnswerFuture<>(executor, failure -> Answers.deny(message, failure));
        return submit(
                future,
                () -> connection.unary(
                        DecisionServiceGrpc.getDecideMethod(),
                        message,
                        deadlineNs,
                        future,
                        response -> Answers.check(message, response)));
    }

    private AnswerFuture<List<Decision>> startBatch(
            BatchMode mode, List<DecisionRequest> requests, long deadlineNs, Executor executor) {
        RequestLimits.count("requests in a batch", requests.size(), RequestLimits.MAX_BATCH);
        final List<DecideRequest> messages =
                requests.stream().map(DecisionRequest::toMessage).toList();
        final DecideBatchRequest batch = DecideBatchRequest.newBuilder()
                .setMode(mode)
                .addAllRequests(messages)
                .build();
        final AnswerFuture<List<Decision>> future =
                new AnswerFuture<>(executor, failure -> Answers.denyAll(messages, failure));
        return submit(
                future,
                () -> connection.unary(
                        DecisionServiceGrpc.getDecideBatchMethod(),
                        batch,
                        deadlineNs,
                        future,
                        (DecideBatchResponse response) -> Answers.checkAll(messages, response.getResponsesList())));
    }

    private <T> AnswerFuture<T> submit(AnswerFuture<T> future, Runnable call) {
        if (closed) {
            future.failNow(new TransportFailure(Kind.CLOSED, "the client is closed"));
        } else {
            call.run();
        }
        return future;
    }

    private static Decision extended(ExtendResponse response) {
        return response.hasDecision()
                ? Answers.check(
                        DecideRequest.newBuilder()
                                .setCorrelationId(response.getDecision().getCorrelationId())
                                .build(),
                        response.getDecision())
                : Answers.deny("", Answers.malformed("the extension carries no decision"));
    }

    private static long nanos(Duration deadline) {
        return TollgateClientBuilder.checkDeadline(deadline).toNanos();
    }

    private static <T> T await(AnswerFuture<T> future, long deadlineNs) {
        try {
            return future.get(deadlineNs + DEADLINE_SLACK_NS, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            future.stop(new TransportFailure(Kind.INTERRUPTED, "interrupted while waiting for the answer", e));
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            future.stop(new TransportFailure(Kind.TIMEOUT, "no answer before the deadline", e));
        } catch (ExecutionException e) {
            throw new AssertionError("an answer future never fails", e);
        }
        return future.join();
    }
}
