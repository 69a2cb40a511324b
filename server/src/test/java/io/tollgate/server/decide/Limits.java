/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.tollgate.envoy.core.v3.HeaderValue;
import io.tollgate.envoy.ratelimit.v3.RateLimitDescriptor;
import io.tollgate.envoy.ratelimit.v3.RateLimitRequest;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse;
import io.tollgate.envoy.ratelimit.v3.RateLimitServiceGrpc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks the rate limit service, with a mapping for the test world. */
final class Limits {
    private static final String MAPPING =
            """
            rate_limits:
              - domain: edge
                rules:
                  - { name: tokens, match: [ { key: tokens } ], request: REQUEST(tokens), hits: { unit: token } }
                  - { name: kilo, match: [ { key: kilo } ], request: REQUEST(kilo), hits: { unit: token, multiply: 100 } }
                  - { name: late, match: [ { key: late } ], request: REQUEST(late), hits: { unit: token, partial: true } }
                  - { name: shadow, match: [ { key: shadow } ], request: REQUEST(shadow), hits: { unit: token }, shadow: true }
                  - { name: plain, match: [ { key: plain } ], request: REQUEST(plain) }
                  - { name: free, match: [ { key: free } ], unlimited: true }
              - domain: open
                unmatched: ok
                rules:
                  - { name: tokens, match: [ { key: tokens } ], request: REQUEST(tokens), hits: { unit: token } }
            """
                    .replaceAll(
                            "REQUEST\\((\\w+)\\)",
                            "{ organization: acme, project: rag, actor_type: user, actor_id: { entry: $1 }, product: llm,"
                                    + " resource_type: model, action: invoke }");

    private final ManagedChannel channel;

    Limits(final EdgeHarness edge) {
        channel = edge.tcp();
    }

    /** {@return the file of the mapping, for envoy.mapping} */
    static String mapping(final Path folder) {
        try {
            return Files.writeString(folder.resolve("limits.yaml"), MAPPING).toString();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return a descriptor of one entry} */
    static RateLimitDescriptor.Builder descriptor(final String key, final String value) {
        final RateLimitDescriptor.Builder descriptor = RateLimitDescriptor.newBuilder();
        descriptor.addEntriesBuilder().setKey(key).setValue(value);
        return descriptor;
    }

    static RateLimitDescriptor.Builder hits(final String key, final String value, final long hits) {
        final RateLimitDescriptor.Builder descriptor = descriptor(key, value);
        descriptor.getHitsAddendBuilder().setValue(hits);
        return descriptor;
    }

    static RateLimitRequest request(final String domain, final RateLimitDescriptor.Builder... descriptors) {
        final RateLimitRequest.Builder request = RateLimitRequest.newBuilder().setDomain(domain);
        for (final RateLimitDescriptor.Builder each : descriptors) {
            request.addDescriptors(each);
        }
        return request.build();
    }

    RateLimitResponse ask(final RateLimitDescriptor.Builder... descriptors) {
        return ask(request("edge", descriptors));
    }

    RateLimitResponse ask(final RateLimitRequest request) {
        return ClientCalls.blockingUnaryCall(
                channel,
                RateLimitServiceGrpc.getShouldRateLimitMethod(),
                CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                request);
    }

    RateLimitResponse askBytes(final byte[] bytes) {
        final MethodDescriptor<byte[], RateLimitResponse> method =
                RateLimitServiceGrpc.getShouldRateLimitMethod().toBuilder(
                                new EdgeHarness.RawMarshaller(),
                                RateLimitServiceGrpc.getShouldRateLimitMethod().getResponseMarshaller())
                        .build();
        return ClientCalls.blockingUnaryCall(
                channel, method, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), bytes);
    }

    static List<RateLimitResponse.Code> codes(final RateLimitResponse response) {
        return response.getStatusesList().stream()
                .map(RateLimitResponse.DescriptorStatus::getCode)
                .toList();
    }

    /** {@return the value; empty = there is no such header} */
    static String header(final RateLimitResponse response, final String name) {
        final List<String> found = response.getResponseHeadersToAddList().stream()
                .filter(each -> each.getKey().equals(name))
                .map(HeaderValue::getValue)
                .toList();
        if (found.size() > 1) {
            throw new AssertionError(name + " comes twice: " + found);
        }
        return found.isEmpty() ? "" : found.get(0);
    }
}
