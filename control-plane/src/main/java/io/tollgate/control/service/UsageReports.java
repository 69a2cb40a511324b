/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tollgate.control.ledger.Ledger;
import io.tollgate.v1.UsageAck;
import io.tollgate.v1.UsageBatch;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** The usage reports under way. Any thread. */
public final class UsageReports implements AutoCloseable {
    private final Ledger ledger;
    private final int max;
    private final Semaphore room;
    private final Set<UsageReportCall> calls = ConcurrentHashMap.newKeySet();

    /** @param max reports under way at once */
    public UsageReports(Ledger ledger, int max) {
        this.ledger = ledger;
        this.max = max;
        this.room = new Semaphore(max);
    }

    /** Within the call's first callback. */
    StreamObserver<UsageBatch> accept(ServerCallStreamObserver<UsageAck> response) {
        if (!room.tryAcquire()) {
            response.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription(max + " usage reports are under way already; try again with backoff")
                    .asException());
            return new Refused();
        }
        UsageReportCall call = new UsageReportCall(ledger, response, this::ended);
        calls.add(call);
        call.start();
        return call;
    }

    private void ended(UsageReportCall call) {
        calls.remove(call);
        room.release();
    }

    /** Ends those under way: sidecars come back with what was not acknowledged. The server must take no more calls by then. */
    @Override
    public void close() {
        calls.forEach(UsageReportCall::leave);
    }

    /** The other end of a report that was refused at once: what was under way is passed over, and never acknowledged. */
    private static final class Refused implements StreamObserver<UsageBatch> {
        @Override
        public void onNext(UsageBatch batch) {
            // The sidecar keeps it.
        }

        @Override
        public void onError(Throwable cause) {
            // The call is over.
        }

        @Override
        public void onCompleted() {
            // The call is over.
        }
    }
}
