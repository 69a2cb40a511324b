/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A gRPC service behind Envoy that says in a trailer how much it did: 23. The message "fail" fails after that; a stream is answered once
 * and stays open.
 */
final class MeteredGrpc implements AutoCloseable {
    static final int USED = 23;
    private static final Metadata.Key<String> RESERVATION =
            Metadata.Key.of("x-reservation-id", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> TOKENS =
            Metadata.Key.of("x-used-tokens", Metadata.ASCII_STRING_MARSHALLER);

    /** Of the calls that came, in their order. */
    final BlockingQueue<String> reservations = new LinkedBlockingQueue<>();

    private final Server server;

    MeteredGrpc() throws IOException {
        final ServerServiceDefinition service = ServerServiceDefinition.builder("grpc.health.v1.Health")
                .addMethod(GrpcUpstream.CALL, ServerCalls.asyncUnaryCall((message, answers) -> {
                    if (new String(message, StandardCharsets.UTF_8).equals("fail")) {
                        answers.onError(Status.RESOURCE_EXHAUSTED.asRuntimeException());
                        return;
                    }
                    answers.onNext(message);
                    answers.onCompleted();
                }))
                .addMethod(
                        GrpcUpstream.STREAM,
                        ServerCalls.asyncBidiStreamingCall((final StreamObserver<byte[]> answers) -> {
                            answers.onNext(new byte[] {1});
                            return new StreamObserver<byte[]>() {
                                @Override
                                public void onNext(final byte[] message) {}

                                @Override
                                public void onError(final Throwable failure) {}

                                @Override
                                public void onCompleted() {
                                    answers.onCompleted();
                                }
                            };
                        }))
                .build();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerInterceptors.intercept(service, new Meter()))
                .build()
                .start();
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class Meter implements ServerInterceptor {
        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(
                final ServerCall<A, B> call, final Metadata headers, final ServerCallHandler<A, B> next) {
            final String reservation = headers.get(RESERVATION);
            reservations.add(reservation == null ? "" : reservation);
            return next.startCall(
                    new io.grpc.ForwardingServerCall.SimpleForwardingServerCall<A, B>(call) {
                        @Override
                        public void close(final Status status, final Metadata trailers) {
                            trailers.put(TOKENS, Integer.toString(USED));
                            super.close(status, trailers);
                        }
                    },
                    headers);
        }
    }
}
