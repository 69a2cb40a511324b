/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.tollgate.client.TransportFailure.Kind;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls on the one channel, and shortens gRPC's back-off: a sidecar that restarts on this host is back in no
 * time. Thread-safe.
 */
final class Connection {
    /** At most so often is a refused connection tried again at once; gRPC alone would wait 1 s, then ever longer. */
    private static final long RECONNECT_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Transport transport;
    private final Channel channel;
    private final String address;
    private final AtomicLong lastReconnectNs = new AtomicLong(System.nanoTime() - RECONNECT_INTERVAL_NS);

    Connection(Transport transport, List<ClientInterceptor> interceptors, String address) {
        this.transport = transport;
        this.channel = ClientInterceptors.intercept(transport.channel(), interceptors);
        this.address = address;
        transport.channel().getState(true);
    }

    String address() {
        return address;
    }

    /**
     * A unary call into the future. Never throws; the future is answered once the call ends, with a fallback unless it
     * ended well.
     */
    <Q, R, T> void unary(
            MethodDescriptor<Q, R> method, Q request, long deadlineNs, AnswerFuture<T> future, Function<R, T> reader) {
        try {
            final ClientCall<Q, R> call =
                    channel.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(deadlineNs, TimeUnit.NANOSECONDS));
            future.onCancel(() -> call.cancel("cancelled by the caller", null));
            ClientCalls.asyncUnaryCall(call, request, new UnaryAnswer<>(this, future, reader));
        } catch (RuntimeException e) {
            future.fail(failure(e));
        }
    }

    /** Opens the decision stream; without a deadline of its own, since each request has one. */
    <Q, R> void stream(MethodDescriptor<Q, R> method, StreamObserver<R> answers) {
        ClientCalls.asyncBidiStreamingCall(channel.newCall(method, CallOptions.DEFAULT), answers);
    }

    TransportFailure failure(Throwable error) {
        final TransportFailure failure = Answers.failure(address, error);
        if (failure.kind() == Kind.UNREACHABLE && Status.fromThrowable(error).getCode() == Status.Code.UNAVAILABLE) {
            reconnectSoon();
        }
        return failure;
    }

    private void reconnectSoon() {
        final long nowNs = System.nanoTime();
        final long lastNs = lastReconnectNs.get();
        if (nowNs - lastNs >= RECONNECT_INTERVAL_NS && lastReconnectNs.compareAndSet(lastNs, nowNs)) {
            transport.channel().resetConnectBackoff();
        }
    }

    void close(long graceNs) {
        transport.close(graceNs);
    }

    /**
     * Keeps the message until the call has ended well: before that it is no answer. Called by one thread at a time
     * (gRPC).
     */
    private static final class UnaryAnswer<R, T> implements StreamObserver<R> {
        private final Connection connection;
        private final AnswerFuture<T> future;
        private final Function<R, T> reader;
        private @Nullable R message;

        UnaryAnswer(Connection connection, AnswerFuture<T> future, Function<R, T> reader) {
            this.connection = connection;
            this.future = future;
            this.reader = reader;
        }

        @Override
        public void onNext(R value) {
            message = value;
        }

        @Override
        public void onError(Throwable error) {
            future.fail(connection.failure(error));
        }

        @Override
        public void onCompleted() {
            final R answer = message;
            if (answer == null) {
                future.fail(Answers.malformed("the call ended without one"));
            } else {
                future.answer(reader.apply(answer));
            }
        }
    }
}
