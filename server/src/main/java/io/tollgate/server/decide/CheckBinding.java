/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import com.google.protobuf.Value;
import io.grpc.Deadline;
import io.grpc.ServerServiceDefinition;
import io.tollgate.core.reservation.ReservationIds;
import io.tollgate.envoy.auth.v3.AuthorizationGrpc;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.envoy.auth.v3.DeniedHttpResponse;
import io.tollgate.envoy.auth.v3.Status;
import io.tollgate.envoy.type.v3.HttpStatus;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decisionlog.Face;
import io.tollgate.server.envoy.CheckMetadata;
import io.tollgate.server.envoy.ExtAuthz;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import org.jspecify.annotations.Nullable;

/**
 * {@code envoy.service.auth.v3.Authorization} on the decision listeners. No Check is answered with a gRPC error, whatever it is and
 * whatever goes wrong here: Envoy's {@code failure_mode_allow} would let the request pass.
 */
final class CheckBinding {
    private static final int PERMISSION_DENIED = 7;
    private static final int SERVICE_UNAVAILABLE = 503;
    /** When even making the answer fails. */
    private static final CheckResponse LAST_RESORT = CheckResponse.newBuilder()
            .setStatus(Status.newBuilder().setCode(PERMISSION_DENIED))
            .setDeniedResponse(DeniedHttpResponse.newBuilder()
                    .setStatus(HttpStatus.newBuilder().setCode(SERVICE_UNAVAILABLE)))
            .build();

    private final DecisionEdge edge;
    private final ExtAuthz ext;
    private final FaultLog faults;

    private CheckBinding(final DecisionEdge edge, final ExtAuthz ext, final FaultLog faults) {
        this.edge = edge;
        this.ext = ext;
        this.faults = faults;
    }

    static ServerServiceDefinition of(
            final DecisionEdge edge, final ExtAuthz ext, final SidecarConfig.Limits limits, final FaultLog faults) {
        final CheckBinding binding = new CheckBinding(edge, ext, faults);
        // A Check may carry a body; what is too long for us is denied, not an error.
        return new ServiceMethods(AuthorizationGrpc.getServiceDescriptor())
                .add(
                        AuthorizationGrpc.getCheckMethod(),
                        new ServiceMethods.Reading(
                                null,
                                "envoy.service.auth.v3.CheckRequest",
                                limits.maxBatchBytes(),
                                "limits.max_batch_bytes"),
                        new UnaryHandler<>(binding.new Checks(), binding::notDurable))
                .define();
    }

    private final class Checks implements UnaryHandler.Answerer<CheckResponse> {
        @Override
        public CheckResponse answer(final Object request, final @Nullable Deadline deadline) {
            return guarded(() -> check((byte[]) request, deadline));
        }

        @Override
        public CheckResponse unreadable(final Malformed message) {
            return guarded(() -> refuse(ext.unreadable()));
        }
    }

    /** Of the question nothing is left but the id of its decision. */
    private CheckResponse notDurable(final CheckResponse answer) {
        if (answer.hasDeniedResponse()) {
            return answer;
        }
        return guarded(() -> {
            final DecideResponse allowed = DecideResponse.newBuilder()
                    .setDecisionId(answer.getDynamicMetadata()
                            .getFieldsOrDefault(CheckMetadata.DECISION_ID, Value.getDefaultInstance())
                            .getStringValue())
                    .build();
            return ext.answer(ext.unreadable(), edge.notDurable(Face.EXT_AUTHZ, allowed));
        });
    }

    private interface Attempt {
        CheckResponse make();
    }

    private CheckResponse guarded(final Attempt attempt) {
        try {
            return attempt.make();
        } catch (final Throwable fault) {
            faults.note(fault);
            return LAST_RESORT;
        }
    }

    private CheckResponse check(final byte[] check, final @Nullable Deadline deadline) {
        final Lane lane = Lane.current();
        final ExtAuthz.Asked asked = ext.read(check, lane.check);
        final DecideRequest question = asked.question();
        if (question != null) {
            final DecideResponse answer = edge.decide(lane, Face.EXT_AUTHZ, question, deadline);
            if (answer.hasReservation() && ext.settles(asked)) {
                awaitEnd(lane, answer.getReservation().getId());
            }
            return ext.answer(asked.about(lane.evaluator.asFound(question)), answer);
        }
        return asked.refusal() == null ? ext.pass(asked) : refuse(asked);
    }

    /** If the access log's entry is lost, the reservation's expiry is to be seen. */
    private static void awaitEnd(final Lane lane, final String id) {
        if (ReservationIds.isId(id)) {
            lane.evaluator.expectEnd(ReservationIds.high(id), ReservationIds.low(id), true);
        }
    }

    private CheckResponse refuse(final ExtAuthz.Asked asked) {
        final Lane lane = Lane.current();
        final DecideResponse refusal = asked.refusal();
        if (refusal == null) {
            throw new IllegalStateException("nothing is refused");
        }
        return ext.answer(asked, edge.refused(lane, Face.EXT_AUTHZ, refusal));
    }
}
