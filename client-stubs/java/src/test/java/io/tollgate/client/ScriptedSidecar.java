/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.stub.StreamObserver;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideBatchResponse;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.ExtendResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReleaseRequest;
import io.tollgate.v1.ReleaseResponse;
import io.tollgate.v1.ReservationOutcome;
import io.tollgate.v1.SettleRequest;
import io.tollgate.v1.SettleResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A real gRPC server that says what a test tells it to say. */
final class ScriptedSidecar implements AutoCloseable {
    /** One unary Decide, or one message of a stream. */
    volatile BiConsumer<DecideRequest, StreamObserver<DecideResponse>> onDecide = (request, answers) -> {
        answers.onNext(allow(request));
        answers.onCompleted();
    };

    volatile BiConsumer<DecideRequest, StreamObserver<DecideResponse>> onStreamed =
            (request, answers) -> answers.onNext(allow(request));

    volatile Function<DecideBatchRequest, DecideBatchResponse> onBatch = batch -> DecideBatchResponse.newBuilder()
            .addAllResponses(
                    batch.getRequestsList().stream().map(ScriptedSidecar::allow).toList())
            .build();

    /** Calls on reservations, as "settle ID" and "release ID". */
    final List<String> ended = new CopyOnWriteArrayList<>();

    final List<String> authorizations = new CopyOnWriteArrayList<>();

    private final @Nullable EventLoopGroup loop;
    private final Server server;
    private final String address;

    private ScriptedSidecar(NettyServerBuilder builder, @Nullable EventLoopGroup loop, String address)
            throws IOException {
        this.loop = loop;
        this.server =
                builder.addService(service()).intercept(new Recorder()).build().start();
        this.address = address;
    }

    static ScriptedSidecar onTcp() throws IOException {
        return onTcp(0);
    }

    static ScriptedSidecar onTcp(int port) throws IOException {
        return new ScriptedSidecar(
                NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)), null, "");
    }

    static ScriptedSidecar onUnix(Path socket) throws IOException {
        final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        return new ScriptedSidecar(
                NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toString()))
                        .channelType(EpollServerDomainSocketChannel.class)
                        .bossEventLoopGroup(loop)
                        .workerEventLoopGroup(loop),
                loop,
                "unix:" + socket);
    }

    static DecideResponse allow(DecideRequest request) {
        return answer(request, Outcome.OUTCOME_ALLOW, Reason.REASON_OK).build();
    }

    static DecideResponse.Builder answer(DecideRequest request, Outcome outcome, Reason reason) {
        return DecideResponse.newBuilder()
                .setOutcome(outcome)
                .setReason(reason)
                .setCorrelationId(request.getCorrelationId());
    }

    String address() {
        return address.isEmpty() ? "127.0.0.1:" + server.getPort() : address;
    }

    int port() {
        return server.getPort();
    }

    /** Breaks every connection at once, as a killed process does. */
    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (loop != null) {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private BindableService service() {
        return new DecisionServiceGrpc.DecisionServiceImplBase() {
            @Override
            public void decide(DecideRequest request, StreamObserver<DecideResponse> answers) {
                onDecide.accept(request, answers);
            }

            @Override
            public void decideBatch(DecideBatchRequest request, StreamObserver<DecideBatchResponse> answers) {
                answers.onNext(onBatch.apply(request));
                answers.onCompleted();
            }

            @Override
            public StreamObserver<DecideRequest> decideStream(StreamObserver<DecideResponse> answers) {
                return new StreamObserver<>() {
                    @Override
                    public void onNext(DecideRequest request) {
                        onStreamed.accept(request, answers);
                    }

                    @Override
                    public void onError(Throwable error) {
                        // The client went away; nothing to answer.
                    }

                    @Override
                    public void onCompleted() {
                        answers.onCompleted();
                    }
                };
            }

            @Override
            public void extend(ExtendRequest request, StreamObserver<ExtendResponse> answers) {
                answers.onNext(ExtendResponse.newBuilder()
                        .setDecision(DecideResponse.newBuilder().setOutcome(Outcome.OUTCOME_ALLOW))
                        .build());
                answers.onCompleted();
            }

            @Override
            public void settle(SettleRequest request, StreamObserver<SettleResponse> answers) {
                ended.add("settle " + request.getReservationId());
                answers.onNext(SettleResponse.newBuilder()
                        .setOutcome(ReservationOutcome.RESERVATION_OUTCOME_SETTLED)
                        .build());
                answers.onCompleted();
            }

            @Override
            public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> answers) {
                ended.add("release " + request.getReservationId());
                answers.onNext(ReleaseResponse.newBuilder()
                        .setOutcome(ReservationOutcome.RESERVATION_OUTCOME_UNKNOWN)
                        .setMessage("no such reservation")
                        .build());
                answers.onCompleted();
            }
        };
    }

    private final class Recorder implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            final String value = headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
            if (value != null) {
                authorizations.add(value);
            }
            return next.startCall(call, headers);
        }
    }
}
