/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import io.grpc.stub.StreamObserver;
import io.tollgate.envoy.auth.v3.AuthorizationGrpc;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.envoy.auth.v3.CheckResponse;

/** Lets every request of Envoy pass with one ready-made answer: what a Check costs when nothing is decided. */
final class EmptyAuthorization extends AuthorizationGrpc.AuthorizationImplBase {
    private final CheckResponse answer;

    EmptyAuthorization(final CheckResponse answer) {
        this.answer = answer;
    }

    @Override
    public void check(final CheckRequest request, final StreamObserver<CheckResponse> observer) {
        observer.onNext(answer);
        observer.onCompleted();
    }
}
