/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.tollgate.loader.transfer.ControlPlaneClient.Listener;
import io.tollgate.v1.UsageAck;
import io.tollgate.v1.UsageBatch;
import org.jspecify.annotations.Nullable;

/** One ReportUsage call. Batches come from one thread, acknowledgements go to the listener on the transport's. */
final class GrpcReport implements ClientResponseObserver<UsageBatch, UsageAck>, UsageTransport.Report {
    private final Listener<UsageAck> listener;
    private final Runnable onFailure;
    private volatile boolean over;
    private @Nullable ClientCallStreamObserver<UsageBatch> call;

    GrpcReport(Listener<UsageAck> listener, Runnable onFailure) {
        this.listener = listener;
        this.onFailure = onFailure;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<UsageBatch> requestStream) {
        call = requestStream;
    }

    @Override
    public void onNext(UsageAck ack) {
        listener.onMessage(ack);
    }

    @Override
    public void onError(Throwable failure) {
        over = true;
        listener.onEnd(GrpcStream.describe(Status.fromThrowable(failure)));
        onFailure.run();
    }

    @Override
    public void onCompleted() {
        over = true;
        listener.onEnd(null);
    }

    @Override
    public boolean isReady() {
        return call != null && !over && call.isReady();
    }

    @Override
    public void send(UsageBatch batch) {
        if (call != null && !over) {
            call.onNext(batch);
        }
    }

    @Override
    public void end() {
        if (call != null && !over) {
            over = true;
            call.onCompleted();
        }
    }

    @Override
    public void cancel(String reason) {
        if (call != null) {
            over = true;
            call.cancel(reason, null);
        }
    }
}
