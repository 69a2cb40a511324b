/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decisionlog.Face;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.ReleaseRequest;
import io.tollgate.v1.SettleRequest;
import java.util.ArrayList;
import java.util.List;

/** DecisionService with our own readers of messages in place of the generated ones. */
final class DecisionServiceBinding {
    private final SidecarConfig.Limits limits;
    private final List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();

    private DecisionServiceBinding(final SidecarConfig.Limits limits) {
        this.limits = limits;
    }

    static ServerServiceDefinition of(
            final DecisionEdge edge, final ReservationEdge reservations, final SidecarConfig.Limits limits) {
        final DecisionServiceBinding binding = new DecisionServiceBinding(limits);
        final MethodDescriptor<Object, DecideResponse> decide = binding.read(
                DecisionServiceGrpc.getDecideMethod(), DecideRequest.parser(), "tollgate.v1.DecideRequest");
        binding.add(
                decide,
                new UnaryHandler<>(
                        (request, deadline) ->
                                edge.decide(Lane.current(), Face.DECIDE, (DecideRequest) request, deadline),
                        edge::notDurable));
        binding.add(
                binding.readBatch(),
                new UnaryHandler<>(
                        (request, deadline) -> edge.decideBatch(Lane.current(), (DecideBatchRequest) request, deadline),
                        edge::notDurable));
        binding.add(
                binding.read(
                        DecisionServiceGrpc.getDecideStreamMethod(),
                        DecideRequest.parser(),
                        "tollgate.v1.DecideRequest"),
                (call, headers) -> stream(call, edge));
        binding.add(
                binding.read(
                        DecisionServiceGrpc.getExtendMethod(), ExtendRequest.parser(), "tollgate.v1.ExtendRequest"),
                new UnaryHandler<>(
                        (request, deadline) -> reservations.extend(Lane.current(), (ExtendRequest) request, deadline)));
        binding.add(
                binding.read(
                        DecisionServiceGrpc.getSettleMethod(), SettleRequest.parser(), "tollgate.v1.SettleRequest"),
                new UnaryHandler<>(
                        (request, deadline) -> reservations.settle(Lane.current(), (SettleRequest) request, deadline)));
        binding.add(
                binding.read(
                        DecisionServiceGrpc.getReleaseMethod(), ReleaseRequest.parser(), "tollgate.v1.ReleaseRequest"),
                new UnaryHandler<>((request, deadline) ->
                        reservations.release(Lane.current(), (ReleaseRequest) request, deadline)));
        return binding.define();
    }

    private static ServerCall.Listener<Object> stream(
            final ServerCall<Object, DecideResponse> call, final DecisionEdge edge) {
        final DecideStreamCall stream = new DecideStreamCall(
                call, edge, Lane.current(), Context.current().getDeadline());
        stream.start();
        return stream;
    }

    private <R> MethodDescriptor<Object, R> read(
            final MethodDescriptor<?, R> method, final Parser<? extends MessageLite> parser, final String typeName) {
        return method.toBuilder(
                        new InboundMarshaller(parser, typeName, limits.maxRequestBytes(), "limits.max_request_bytes"),
                        method.getResponseMarshaller())
                .build();
    }

    private MethodDescriptor<Object, io.tollgate.v1.DecideBatchResponse> readBatch() {
        final var method = DecisionServiceGrpc.getDecideBatchMethod();
        return method.toBuilder(
                        new InboundMarshaller(
                                DecideBatchRequest.parser(),
                                "tollgate.v1.DecideBatchRequest",
                                limits.maxBatchBytes(),
                                "limits.max_batch_bytes"),
                        method.getResponseMarshaller())
                .build();
    }

    private <Q, R> void add(final MethodDescriptor<Q, R> method, final ServerCallHandler<Q, R> handler) {
        methods.add(ServerMethodDefinition.create(method, handler));
    }

    private ServerServiceDefinition define() {
        final ServiceDescriptor generated = DecisionServiceGrpc.getServiceDescriptor();
        final ServiceDescriptor.Builder descriptor =
                ServiceDescriptor.newBuilder(generated.getName()).setSchemaDescriptor(generated.getSchemaDescriptor());
        methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        final ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(service::addMethod);
        return service.build();
    }
}
