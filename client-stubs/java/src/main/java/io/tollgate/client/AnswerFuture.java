/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import io.tollgate.client.TransportFailure.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * A future that never ends in an exception: every failure, also a {@link #cancel}, a foreign
 * {@link #completeExceptionally} or an {@link #orTimeout}, becomes the fallback answer (a DENY).
 *
 * <p>Assumptions and guarantees:
 * <ol>
 *   <li>The first completion wins; later ones are ignored (CompletableFuture).
 *   <li>Dependents run on the executor, or in the completing thread if the executor refuses; never is a future left
 *       open by a full executor.
 *   <li>{@code cancel} completes in the calling thread; {@link #isCancelled()} stays false, for there is an answer.
 * </ol>
 */
final class AnswerFuture<T> extends CompletableFuture<T> {
    private final Executor executor;
    private final Function<TransportFailure, T> fallback;
    private volatile Runnable onCancel = () -> {};

    AnswerFuture(Executor executor, Function<TransportFailure, T> fallback) {
        this.executor = executor;
        this.fallback = fallback;
    }

    /** Runs at most once for each cancel by the caller, to stop the call behind this future. */
    void onCancel(Runnable action) {
        onCancel = action;
    }

    void answer(T value) {
        try {
            executor.execute(() -> complete(value));
        } catch (RejectedExecutionException e) {
            complete(value);
        }
    }

    void fail(TransportFailure failure) {
        answer(fallback.apply(failure));
    }

    /** In the calling thread, at once. */
    boolean failNow(TransportFailure failure) {
        return complete(fallback.apply(failure));
    }

    /** Ends the waiting in the calling thread, and the call behind it. */
    boolean stop(TransportFailure failure) {
        final boolean stopped = failNow(failure);
        if (stopped) {
            onCancel.run();
        }
        return stopped;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return stop(new TransportFailure(Kind.CANCELLED, "cancelled by the caller"));
    }

    /** Also what {@link #orTimeout} ends in. */
    @Override
    public boolean completeExceptionally(Throwable error) {
        if (isDone()) {
            return false;
        }
        if (error instanceof TimeoutException) {
            fail(new TransportFailure(Kind.TIMEOUT, "no answer before the deadline", error));
        } else {
            fail(new TransportFailure(Kind.CANCELLED, "ended by the caller: " + error, error));
        }
        onCancel.run();
        return true;
    }
}
