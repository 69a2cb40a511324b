/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.tollgate.client.DecisionStream.Pending;
import io.tollgate.client.TransportFailure.Kind;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One gRPC call of a {@link DecisionStream}: what was sent on it and not yet answered. All state is guarded by the
 * stream's lock.
 */
final class StreamSession implements ClientResponseObserver<DecideRequest, DecideResponse> {
    final ArrayDeque<Pending> pending = new ArrayDeque<>();

    private final DecisionStream stream;
    private @Nullable ClientCallStreamObserver<DecideRequest> requests;
    private @Nullable TransportFailure ended;

    StreamSession(DecisionStream stream) {
        this.stream = stream;
    }

    /** Called by gRPC inside the call that opens the stream, so under the lock. */
    @Override
    public void beforeStart(ClientCallStreamObserver<DecideRequest> requestStream) {
        requests = requestStream;
    }

    /** Under the lock. */
    @Nullable
    TransportFailure send(Pending next) {
        final ClientCallStreamObserver<DecideRequest> out = requests;
        if (ended != null || out == null) {
            return ended != null ? ended : new TransportFailure(Kind.UNREACHABLE, "the stream did not open");
        }
        try {
            out.onNext(next.request());
        } catch (RuntimeException e) {
            final TransportFailure failure = stream.failure(e);
            abandon(failure);
            return failure;
        }
        pending.addLast(next);
        return null;
    }

    /** Under the lock. */
    void halfClose() {
        if (ended == null && requests != null) {
            requests.onCompleted();
        }
    }

    /** Under the lock: gives up what is pending (it is denied after the lock is released) and cancels the call. */
    void abandon(TransportFailure failure) {
        end(failure);
        if (requests != null) {
            requests.cancel(failure.getMessage(), failure);
        }
    }

    @Override
    public void onNext(DecideResponse response) {
        final Pending answered;
        stream.lock();
        try {
            answered = takeAnswered(response);
        } finally {
            stream.unlock();
        }
        if (answered != null) {
            answered.future().answer(Answers.check(answered.request(), response));
        }
    }

    private @Nullable Pending takeAnswered(DecideResponse response) {
        if (ended != null) {
            return null;
        }
        final Pending head = pending.peekFirst();
        if (head == null || isForAnother(head.request(), response)) {
            abandon(Answers.malformed(head == null ? "it answers no request" : "it answers another request"));
            return null;
        }
        stream.signalRoom();
        return pending.removeFirst();
    }

    @Override
    public void onError(Throwable error) {
        endAll(stream.failure(error));
    }

    @Override
    public void onCompleted() {
        endAll(new TransportFailure(Kind.UNREACHABLE, "the sidecar ended the stream"));
    }

    private void endAll(TransportFailure failure) {
        stream.lock();
        try {
            end(failure);
        } finally {
            stream.unlock();
        }
    }

    private void end(TransportFailure failure) {
        if (ended == null) {
            ended = failure;
        }
        stream.denyAfterUnlock(pending, failure);
        pending.clear();
        stream.forget(this);
    }

    /** A refusal that was made without reading the request carries no correlation id: it is still the next answer. */
    private static boolean isForAnother(DecideRequest request, DecideResponse response) {
        final String echoed = response.getCorrelationId();
        return !echoed.equals(request.getCorrelationId())
                && !(echoed.isEmpty() && response.getOutcome() == Outcome.OUTCOME_DENY);
    }
}
