/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.tollgate.server.decisionlog.DecisionLog;
import io.tollgate.server.decisionlog.FollowerPipe;
import io.tollgate.v1.TailDecisionsRequest;
import io.tollgate.v1.TailDecisionsResponse;

/** One TailDecisions call. Begun on an admin thread, then used by the decision log's thread alone; only {@code gone} is set by others. */
final class TailStream implements FollowerPipe {
    private static final int MAX_STATED = 64;

    private final ServerCallStreamObserver<TailDecisionsResponse> observer;
    private volatile boolean gone;

    private TailStream(final ServerCallStreamObserver<TailDecisionsResponse> observer) {
        this.observer = observer;
        observer.setOnCancelHandler(() -> gone = true);
    }

    static void follow(
            final DecisionLog log,
            final TailDecisionsRequest request,
            final ServerCallStreamObserver<TailDecisionsResponse> observer) {
        if (request.getOutcomesCount() > MAX_STATED || request.getReasonsCount() > MAX_STATED) {
            observer.onError(Status.INVALID_ARGUMENT
                    .withDescription("TailDecisions: at most " + MAX_STATED + " outcomes and reasons can be stated")
                    .asException());
            return;
        }
        log.follow(request, new TailStream(observer));
    }

    @Override
    public boolean isReady() {
        return observer.isReady();
    }

    @Override
    public boolean isGone() {
        return gone || observer.isCancelled();
    }

    @Override
    public void send(final TailDecisionsResponse message) {
        try {
            observer.onNext(message);
        } catch (final RuntimeException e) {
            gone = true; // cancelled meanwhile
        }
    }

    @Override
    public void end() {
        if (!isGone()) {
            observer.onError(Status.UNAVAILABLE
                    .withDescription("the sidecar is shutting down")
                    .asException());
        }
    }
}
