/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import io.grpc.stub.StreamObserver;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideBatchResponse;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;

/** Answers every question with one ready-made decision: what a call costs when nothing is decided. */
final class EmptyService extends DecisionServiceGrpc.DecisionServiceImplBase {
    private final DecideResponse answer;

    EmptyService(final DecideResponse answer) {
        this.answer = answer;
    }

    @Override
    public void decide(final DecideRequest request, final StreamObserver<DecideResponse> observer) {
        observer.onNext(answer);
        observer.onCompleted();
    }

    @Override
    public void decideBatch(final DecideBatchRequest request, final StreamObserver<DecideBatchResponse> observer) {
        final DecideBatchResponse.Builder batch = DecideBatchResponse.newBuilder();
        for (int i = 0; i < request.getRequestsCount(); i++) {
            batch.addResponses(answer);
        }
        observer.onNext(batch.build());
        observer.onCompleted();
    }

    @Override
    public StreamObserver<DecideRequest> decideStream(final StreamObserver<DecideResponse> observer) {
        return new StreamObserver<>() {
            @Override
            public void onNext(final DecideRequest request) {
                observer.onNext(answer);
            }

            @Override
            public void onError(final Throwable failure) {
                // the caller has gone; there is nobody to tell
            }

            @Override
            public void onCompleted() {
                observer.onCompleted();
            }
        };
    }
}
