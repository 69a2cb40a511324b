/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A gRPC service behind Envoy that sends every message back as it comes: one method for one message, one for streams both ways. */
final class GrpcUpstream implements AutoCloseable {
    private static final String SERVICE = "grpc.health.v1.Health";
    static final MethodDescriptor<byte[], byte[]> CALL = method("Check", MethodType.UNARY);
    static final MethodDescriptor<byte[], byte[]> STREAM = method("Watch", MethodType.BIDI_STREAMING);

    /** Metadata of each call. */
    final BlockingQueue<Metadata> seen = new LinkedBlockingQueue<>();

    final AtomicInteger calls = new AtomicInteger();
    private final Server server;

    GrpcUpstream() throws IOException {
        final ServerServiceDefinition service = ServerServiceDefinition.builder(SERVICE)
                .addMethod(CALL, ServerCalls.asyncUnaryCall((message, answers) -> {
                    answers.onNext(message);
                    answers.onCompleted();
                }))
                .addMethod(STREAM, ServerCalls.asyncBidiStreamingCall(Echo::new))
                .build();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerInterceptors.intercept(service, new Noting()))
                .build()
                .start();
    }

    /** {@return a method of messages that are just bytes} */
    static MethodDescriptor<byte[], byte[]> method(final String name, final MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setType(type)
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class Noting implements ServerInterceptor {
        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(
                final ServerCall<A, B> call, final Metadata headers, final ServerCallHandler<A, B> next) {
            calls.incrementAndGet();
            seen.add(headers);
            return next.startCall(call, headers);
        }
    }

    private record Echo(StreamObserver<byte[]> answers) implements StreamObserver<byte[]> {
        @Override
        public void onNext(final byte[] message) {
            answers.onNext(message);
        }

        @Override
        public void onError(final Throwable failure) {
            // the client is gone
        }

        @Override
        public void onCompleted() {
            answers.onCompleted();
        }
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(final byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(final InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (final IOException ex) {
                throw new UncheckedIOException(ex);
            }
        }
    }
}
