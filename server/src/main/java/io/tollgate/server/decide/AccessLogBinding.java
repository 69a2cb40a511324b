/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.ServerServiceDefinition;
import io.tollgate.envoy.accesslog.v3.AccessLogServiceGrpc;
import io.tollgate.envoy.accesslog.v3.StreamAccessLogsMessage;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.envoy.mapping.Mapping;
import io.tollgate.server.envoy.settle.EntryJudge;

/**
 * {@code envoy.service.accesslog.v3.AccessLogService} on the decision listeners: ends the reservations that Check took under a rule with
 * {@code settle}. Who can reach the listeners can ask for decisions, and so reserve; what another reserved nobody can end, since ids
 * cannot be guessed.
 */
final class AccessLogBinding {
    private AccessLogBinding() {}

    static ServerServiceDefinition of(
            final DecisionEdge edge,
            final ReservationEdge reservations,
            final Mapping mapping,
            final SidecarConfig.Limits limits,
            final FaultLog faults) {
        final Settling settling = new Settling(edge, reservations, new EntryJudge(mapping), faults);
        return new ServiceMethods(AccessLogServiceGrpc.getServiceDescriptor())
                .add(
                        AccessLogServiceGrpc.getStreamAccessLogsMethod(),
                        new ServiceMethods.Reading(
                                StreamAccessLogsMessage.parser(),
                                "envoy.service.accesslog.v3.StreamAccessLogsMessage",
                                limits.maxBatchBytes(),
                                "limits.max_batch_bytes"),
                        (call, headers) -> {
                            final AccessLogCall stream = new AccessLogCall(call, settling, Lane.current());
                            stream.start();
                            return stream;
                        })
                .define();
    }
}
