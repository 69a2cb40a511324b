/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.tollgate.loader.transfer.ControlPlaneClient.Failure;
import io.tollgate.loader.transfer.ControlPlaneClient.Failure.Kind;
import io.tollgate.loader.transfer.ControlPlaneClient.Listener;
import org.jspecify.annotations.Nullable;

/** One server-streaming call: hands messages on as they are asked for. */
final class GrpcStream<Q, A> implements ClientResponseObserver<Q, A>, ControlPlaneClient.Stream {
    private final Listener<A> listener;
    private final Runnable onFailure;
    private @Nullable ClientCallStreamObserver<Q> call;

    GrpcStream(Listener<A> listener, Runnable onFailure) {
        this.listener = listener;
        this.onFailure = onFailure;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> requestStream) {
        requestStream.disableAutoRequestWithInitial(0);
        call = requestStream;
    }

    @Override
    public void onNext(A message) {
        listener.onMessage(message);
    }

    @Override
    public void onError(Throwable failure) {
        listener.onEnd(describe(Status.fromThrowable(failure)));
        onFailure.run();
    }

    @Override
    public void onCompleted() {
        listener.onEnd(null);
    }

    @Override
    public void request(int messages) {
        if (call != null) {
            call.request(messages);
        }
    }

    @Override
    public void cancel(String reason) {
        if (call != null) {
            call.cancel(reason, null);
        }
    }

    static Failure describe(Status status) {
        Kind kind =
                switch (status.getCode()) {
                    case UNAVAILABLE, DEADLINE_EXCEEDED -> Kind.UNAVAILABLE;
                    case UNAUTHENTICATED, PERMISSION_DENIED -> Kind.REFUSED;
                    case NOT_FOUND, OUT_OF_RANGE, FAILED_PRECONDITION -> Kind.NOT_FOUND;
                    default -> Kind.OTHER;
                };
        String tls = TlsTrouble.of(status.getCause());
        if (tls != null) {
            return new Failure(kind, tls);
        }
        StringBuilder message = new StringBuilder(status.getCode().name());
        if (status.getDescription() != null) {
            message.append(": ").append(status.getDescription());
        }
        Throwable cause = status.getCause();
        if (cause != null && cause.getMessage() != null) {
            message.append(": ").append(cause.getMessage());
        }
        return new Failure(kind, message.toString());
    }
}
