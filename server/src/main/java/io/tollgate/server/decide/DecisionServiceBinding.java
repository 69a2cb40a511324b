/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.grpc.Context;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decide.ServiceMethods.Reading;
import io.tollgate.server.decisionlog.Face;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.ReleaseRequest;
import io.tollgate.v1.SettleRequest;

/** DecisionService with our own readers of messages in place of the generated ones. */
final class DecisionServiceBinding {
    private DecisionServiceBinding() {}

    static ServerServiceDefinition of(
            final DecisionEdge edge, final ReservationEdge reservations, final SidecarConfig.Limits limits) {
        final Reading question = one(DecideRequest.parser(), "tollgate.v1.DecideRequest", limits);
        final Reading batch = new Reading(
                DecideBatchRequest.parser(),
                "tollgate.v1.DecideBatchRequest",
                limits.maxBatchBytes(),
                "limits.max_batch_bytes");
        return new ServiceMethods(DecisionServiceGrpc.getServiceDescriptor())
                .add(
                        DecisionServiceGrpc.getDecideMethod(),
                        question,
                        new UnaryHandler<>(
                                (request, deadline) ->
                                        edge.decide(Lane.current(), Face.DECIDE, (DecideRequest) request, deadline),
                                edge::notDurable))
                .add(
                        DecisionServiceGrpc.getDecideBatchMethod(),
                        batch,
                        new UnaryHandler<>(
                                (request, deadline) ->
                                        edge.decideBatch(Lane.current(), (DecideBatchRequest) request, deadline),
                                edge::notDurable))
                .add(DecisionServiceGrpc.getDecideStreamMethod(), question, (call, headers) -> stream(call, edge))
                .add(
                        DecisionServiceGrpc.getExtendMethod(),
                        one(ExtendRequest.parser(), "tollgate.v1.ExtendRequest", limits),
                        new UnaryHandler<>((request, deadline) ->
                                reservations.extend(Lane.current(), (ExtendRequest) request, deadline)))
                .add(
                        DecisionServiceGrpc.getSettleMethod(),
                        one(SettleRequest.parser(), "tollgate.v1.SettleRequest", limits),
                        new UnaryHandler<>((request, deadline) ->
                                reservations.settle(Lane.current(), (SettleRequest) request, deadline)))
                .add(
                        DecisionServiceGrpc.getReleaseMethod(),
                        one(ReleaseRequest.parser(), "tollgate.v1.ReleaseRequest", limits),
                        new UnaryHandler<>((request, deadline) ->
                                reservations.release(Lane.current(), (ReleaseRequest) request, deadline)))
                .define();
    }

    private static Reading one(
            final Parser<? extends MessageLite> parser, final String typeName, final SidecarConfig.Limits limits) {
        return new Reading(parser, typeName, limits.maxRequestBytes(), "limits.max_request_bytes");
    }

    private static ServerCall.Listener<Object> stream(
            final ServerCall<Object, DecideResponse> call, final DecisionEdge edge) {
        final DecideStreamCall stream = new DecideStreamCall(
                call, edge, Lane.current(), Context.current().getDeadline());
        stream.start();
        return stream;
    }
}
