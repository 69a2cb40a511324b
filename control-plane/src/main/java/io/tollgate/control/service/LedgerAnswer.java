/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.tollgate.control.ledger.LedgerQueries;
import io.tollgate.v1.QueryLedgerResponse;

/** Hands what the ledger answers to who asked. */
final class LedgerAnswer implements LedgerQueries.Asker {
    private final ServerCallStreamObserver<QueryLedgerResponse> response;

    /** Within the call's first callback. */
    LedgerAnswer(ServerCallStreamObserver<QueryLedgerResponse> response) {
        this.response = response;
        // Without a handler an answer to a cancelled call would throw.
        response.setOnCancelHandler(() -> {});
    }

    @Override
    public void answer(QueryLedgerResponse answer) {
        if (!response.isCancelled()) {
            response.onNext(answer);
            response.onCompleted();
        }
    }

    @Override
    public void refuse(StatusException why) {
        if (!response.isCancelled()) {
            response.onError(why);
        }
    }

    @Override
    public boolean isGone() {
        return response.isCancelled();
    }
}
