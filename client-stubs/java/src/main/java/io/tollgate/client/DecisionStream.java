/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import io.tollgate.client.TransportFailure.Kind;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecisionServiceGrpc;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Many decisions over one gRPC call. Thread-safe; answers come in the order of the requests.
 *
 * <p>Assumptions and guarantees:
 * <ol>
 *   <li>Every future is answered within the deadline; a late answer is dropped, and keeps its place in the order.
 *   <li>At most the client's stream window of requests is unanswered. When it is full, {@link #decide} waits for room,
 *       at most for the deadline, then denies: that is the back-pressure. {@link #isReady()} tells beforehand.
 *   <li>When the call breaks, or an answer is not the one expected, everything pending on it is denied, nothing is sent
 *       again, and the next request opens a new call.
 *   <li>A sidecar that leaves the oldest request unanswered for 20 deadlines is taken for frozen, and the call is given
 *       up.
 * </ol>
 */
public final class DecisionStream implements AutoCloseable {
    private static final int STALL_DEADLINES = 20;

    private final Connection connection;
    private final long deadlineNs;
    private final int window;
    private final Executor callbackExecutor;
    private final Consumer<DecisionStream> onClose;

    /**
     * Guards session, closed and the sessions' queues; orders what is queued and what is sent alike. Held for no wait
     * but that for room.
     */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition room = lock.newCondition();
    private @Nullable StreamSession session;
    private boolean closed;
    /** Given up under the lock; answered after it is released, so that no code of the caller runs under it. */
    private final ArrayDeque<Denied> denied = new ArrayDeque<>();

    DecisionStream(
            Connection connection,
            long deadlineNs,
            int window,
            Executor callbackExecutor,
            Consumer<DecisionStream> onClose) {
        this.connection = connection;
        this.deadlineNs = deadlineNs;
        this.window = window;
        this.callbackExecutor = callbackExecutor;
        this.onClose = onClose;
    }

    /**
     * Sends a request, waiting for room in the window at most for the deadline. An interrupt while waiting denies and
     * stays set.
     */
    public CompletableFuture<Decision> decide(DecisionRequest request) {
        final long startNs = System.nanoTime();
        final DecideRequest message = request.toMessage();
        final AnswerFuture<Decision> future =
                new AnswerFuture<>(callbackExecutor, failure -> Answers.deny(message, failure));
        final TransportFailure failure;
        lock();
        try {
            failure = send(new Pending(message, future, startNs));
        } finally {
            unlock();
        }
        if (failure != null) {
            future.failNow(failure);
        } else {
            future.orTimeout(Math.max(1, startNs + deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
        return future;
    }

    /** Would {@link #decide} send at once? */
    public boolean isReady() {
        lock();
        try {
            return !closed && pendingCountLocked() < window;
        } finally {
            unlock();
        }
    }

    /** Requests whose place in the order is not yet answered. */
    public int pendingCount() {
        lock();
        try {
            return pendingCountLocked();
        } finally {
            unlock();
        }
    }

    /** Sends no more. What is pending is still answered, or denied by its deadline. Closing twice does nothing more. */
    @Override
    public void close() {
        lock();
        try {
            if (!closed && session != null) {
                session.halfClose();
            }
            closed = true;
            room.signalAll();
        } finally {
            unlock();
        }
        onClose.accept(this);
    }

    private int pendingCountLocked() {
        return session == null ? 0 : session.pending.size();
    }

    private @Nullable TransportFailure send(Pending pending) {
        final TransportFailure noRoom = awaitRoom(pending.startNs());
        if (noRoom != null) {
            return noRoom;
        }
        final StreamSession current = session;
        return (current != null ? current : openSession()).send(pending);
    }

    private StreamSession openSession() {
        final StreamSession opened = new StreamSession(this);
        session = opened;
        try {
            connection.stream(DecisionServiceGrpc.getDecideStreamMethod(), opened);
        } catch (RuntimeException e) {
            opened.abandon(connection.failure(e));
        }
        return opened;
    }

    private @Nullable TransportFailure awaitRoom(long startNs) {
        giveUpIfStalled(startNs);
        long leftNs = deadlineNs;
        while (!closed) {
            if (pendingCountLocked() < window) {
                return null;
            }
            if (leftNs <= 0) {
                return new TransportFailure(Kind.OVERLOADED, "the stream has " + window + " unanswered requests");
            }
            try {
                leftNs = room.awaitNanos(leftNs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new TransportFailure(Kind.INTERRUPTED, "interrupted while waiting for room in the stream", e);
            }
        }
        return new TransportFailure(Kind.CLOSED, "the stream or its client is closed");
    }

    private void giveUpIfStalled(long nowNs) {
        final StreamSession current = session;
        final Pending oldest = current == null ? null : current.pending.peekFirst();
        if (current != null && oldest != null && nowNs - oldest.startNs() > STALL_DEADLINES * deadlineNs) {
            current.abandon(new TransportFailure(
                    Kind.TIMEOUT, "the stream had no answer for " + STALL_DEADLINES + " deadlines"));
        }
    }

    /** A request on its way. */
    record Pending(DecideRequest request, AnswerFuture<Decision> future, long startNs) {}

    private record Denied(Pending pending, TransportFailure failure) {}

    // For StreamSession, which shares the lock.

    void lock() {
        lock.lock();
    }

    /** Releases the lock; the outermost release answers what was given up meanwhile. */
    void unlock() {
        final List<Denied> toDeny;
        if (lock.getHoldCount() == 1 && !denied.isEmpty()) {
            toDeny = List.copyOf(denied);
            denied.clear();
        } else {
            toDeny = List.of();
        }
        lock.unlock();
        for (Denied each : toDeny) {
            each.pending().future().fail(each.failure());
        }
    }

    void denyAfterUnlock(Collection<Pending> unanswered, TransportFailure failure) {
        for (Pending each : unanswered) {
            denied.addLast(new Denied(each, failure));
        }
    }

    void signalRoom() {
        room.signalAll();
    }

    /** The next request opens a new call. */
    void forget(StreamSession ended) {
        if (session == ended) {
            session = null;
        }
        room.signalAll();
    }

    TransportFailure failure(Throwable error) {
        return connection.failure(error);
    }
}
