/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.Deadline;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusException;
import io.tollgate.envoy.ratelimit.v3.RateLimitRequest;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse;
import io.tollgate.envoy.ratelimit.v3.RateLimitServiceGrpc;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decisionlog.Face;
import io.tollgate.server.envoy.ratelimit.LimitDecisions;
import io.tollgate.server.envoy.ratelimit.ShouldRateLimit;
import io.tollgate.v1.BatchMode;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code envoy.service.ratelimit.v3.RateLimitService} on the decision listeners. No request is answered with a gRPC error, whatever it is
 * and whatever goes wrong here: Envoy's filter lets such requests pass, unless {@code failure_mode_deny} is set.
 */
final class RateLimitBinding {
    private final DecisionEdge edge;
    private final ShouldRateLimit service;
    private final FaultLog faults;

    private RateLimitBinding(final DecisionEdge edge, final ShouldRateLimit service, final FaultLog faults) {
        this.edge = edge;
        this.service = service;
        this.faults = faults;
    }

    static ServerServiceDefinition of(
            final DecisionEdge edge,
            final ShouldRateLimit service,
            final SidecarConfig.Limits limits,
            final FaultLog faults) {
        final RateLimitBinding binding = new RateLimitBinding(edge, service, faults);
        return new ServiceMethods(RateLimitServiceGrpc.getServiceDescriptor())
                .add(
                        RateLimitServiceGrpc.getShouldRateLimitMethod(),
                        new ServiceMethods.Reading(
                                RateLimitRequest.parser(),
                                "envoy.service.ratelimit.v3.RateLimitRequest",
                                limits.maxBatchBytes(),
                                "limits.max_batch_bytes"),
                        new UnaryHandler<>(binding.new Requests(), binding::notDurable))
                .define();
    }

    private final class Requests implements UnaryHandler.Answerer<RateLimitResponse> {
        @Override
        public RateLimitResponse answer(final Object request, final @Nullable Deadline deadline) {
            final RateLimitRequest asked = (RateLimitRequest) request;
            return guarded(asked.getDescriptorsCount(), () -> service.answer(asked, new OnLane(deadline)));
        }

        @Override
        public RateLimitResponse unreadable(final Malformed message) {
            return guarded(0, () -> service.unreadable(new OnLane(null)));
        }
    }

    /** Of the questions nothing is left but the ids of their decisions. What was taken stays counted, and nobody may use it. */
    private RateLimitResponse notDurable(final RateLimitResponse answer) {
        if (answer.getOverallCode() == RateLimitResponse.Code.OVER_LIMIT) {
            return answer;
        }
        return guarded(answer.getStatusesCount(), () -> {
            DecideResponse first = null;
            for (final String id : ShouldRateLimit.decisions(answer)) {
                final DecideResponse told = edge.notDurable(
                        Face.RATE_LIMIT,
                        DecideResponse.newBuilder().setDecisionId(id).build());
                first = first == null ? told : first;
            }
            return first == null
                    ? ShouldRateLimit.lastResort(answer.getStatusesCount())
                    : ShouldRateLimit.instead(answer, first);
        });
    }

    private RateLimitResponse guarded(final int size, final Supplier<RateLimitResponse> attempt) {
        try {
            return attempt.get();
        } catch (final Throwable fault) {
            faults.note(fault);
            return ShouldRateLimit.lastResort(size);
        }
    }

    /** Asks on the lane of the running event loop. */
    private final class OnLane implements LimitDecisions {
        private final Lane lane = Lane.current();
        private final @Nullable Deadline deadline;

        OnLane(final @Nullable Deadline deadline) {
            this.deadline = deadline;
        }

        @Override
        public DecideResponse decide(final DecideRequest question) {
            return edge.decide(lane, Face.RATE_LIMIT, question, deadline);
        }

        @Override
        public List<DecideResponse> together(final List<DecideRequest> questions, final boolean take) {
            final DecideBatchRequest batch = DecideBatchRequest.newBuilder()
                    .setMode(take ? BatchMode.BATCH_MODE_ATOMIC : BatchMode.BATCH_MODE_CUMULATIVE)
                    .addAllRequests(questions)
                    .build();
            try {
                return edge.decideBatch(lane, Face.RATE_LIMIT, batch, deadline).getResponsesList();
            } catch (final StatusException e) {
                throw new IllegalStateException("a batch of a size that was checked", e);
            }
        }

        @Override
        public DecideResponse refund(final DecideRequest question) {
            return edge.refund(lane, Face.RATE_LIMIT, question, deadline);
        }

        @Override
        public DecideResponse refused(final DecideResponse refusal) {
            return edge.refused(lane, Face.RATE_LIMIT, refusal);
        }
    }
}
