/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Calls of clients through the gates of examples/envoy, and what is to come of them. */
abstract class ExampleCalls {
    static final String RAG_KEY = "demo-key-lumen-rag-prod";
    static final Metadata.Key<String> API_KEY = text("x-api-key");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    static ExampleGates gates;

    static HttpRequest.Builder post(final ExampleGates.Gate gate, final String path, final String body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gate.port() + path))
                .POST(BodyPublishers.ofString(body));
    }

    static HttpRequest.Builder get(final ExampleGates.Gate gate, final String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gate.port() + path));
    }

    static HttpResponse<String> send(final HttpRequest.Builder request) throws Exception {
        return send(HTTP, request);
    }

    static HttpResponse<String> send(final HttpClient client, final HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Refused by Tollgate, and the service never heard of it; {@return the answer}. */
    static HttpResponse<String> assertRefused(final int status, final String reason, final HttpRequest.Builder request)
            throws Exception {
        final int before = gates.service.requests.get();
        final HttpResponse<String> response = send(request);
        assertEquals(status, response.statusCode(), response.body());
        assertEquals(reason, response.headers().firstValue("x-tollgate-reason").orElse(""), response.body());
        assertEquals(
                "application/problem+json",
                response.headers().firstValue("content-type").orElse(""));
        final JsonNode problem = new JsonMapper().readTree(response.body());
        assertEquals(status, problem.get("status").asInt());
        assertEquals(reason, problem.get("reason").asText());
        assertEquals(
                response.headers().firstValue("x-tollgate-decision-id").orElse(""),
                problem.get("decision_id").asText());
        assertEquals(before, gates.service.requests.get(), "nothing of this came through");
        return response;
    }

    /** Refused by Envoy itself: there is no decision. */
    static void assertStopped(final int status, final HttpRequest.Builder request) throws Exception {
        final int before = gates.service.requests.get();
        final HttpResponse<String> response = send(request);
        assertEquals(status, response.statusCode(), response.body());
        assertTrue(response.headers().firstValue("x-tollgate-decision-id").isEmpty());
        assertEquals(before, gates.service.requests.get(), "nothing of this came through");
    }

    /** What the service read, of headers that it trusts. */
    static void assertSeen(final HttpResponse<String> response, final String... lines) {
        assertEquals(200, response.statusCode(), response.body());
        assertFalse(response.body().contains("spoofed"), response.body());
        for (final String line : lines) {
            assertTrue(response.body().contains(line + "\n"), line + " in\n" + response.body());
        }
    }

    static HttpRequest.Builder spoofed(final HttpRequest.Builder request) {
        for (final String name : List.of(
                "x-org-id", "x-project-id", "x-actor-type", "x-actor-id", "x-decision-id", "x-forwarded-client-cert")) {
            request.header(name, "spoofed");
        }
        return request;
    }

    // --- gRPC

    static Metadata.Key<String> text(final String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    static CallOptions patient() {
        return CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    static ManagedChannel channel(final ExampleGates.Gate gate) {
        return NettyChannelBuilder.forAddress("127.0.0.1", gate.port())
                .usePlaintext()
                .build();
    }

    /** {@return how a call ended that was to be refused} */
    static StatusRuntimeException refused(final ManagedChannel channel, final String name, final String key) {
        final Metadata headers = new Metadata();
        if (key != null) {
            headers.put(API_KEY, key);
        }
        final int before = gates.grpcService.calls.get();
        final StatusRuntimeException end = assertThrows(
                StatusRuntimeException.class,
                () -> ClientCalls.blockingUnaryCall(
                        io.grpc.ClientInterceptors.intercept(
                                channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
                        GrpcUpstream.method(name, io.grpc.MethodDescriptor.MethodType.UNARY),
                        patient(),
                        new byte[] {1, 2, 3}));
        assertEquals(before, gates.grpcService.calls.get(), "nothing of this came through");
        return end;
    }

    static void assertEnded(
            final StatusRuntimeException end, final Status.Code code, final String reason, final String message) {
        assertEquals(code, end.getStatus().getCode(), end.toString());
        assertEquals(message, end.getStatus().getDescription());
        assertNotNull(end.getTrailers());
        assertEquals(reason, end.getTrailers().get(text("x-tollgate-reason")));
        assertNotNull(end.getTrailers().get(text("x-tollgate-decision-id")));
        assertEquals("application/grpc", end.getTrailers().get(text("content-type")));
    }

    record Echoes(BlockingQueue<byte[]> echoes, CompletableFuture<Status> end) implements StreamObserver<byte[]> {
        @Override
        public void onNext(final byte[] message) {
            echoes.add(message);
        }

        @Override
        public void onError(final Throwable failure) {
            end.complete(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }
    }
}
