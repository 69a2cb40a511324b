/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import com.google.protobuf.InvalidProtocolBufferException;
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
import io.tollgate.server.envoy.CheckBytes;
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
    private static final CheckBytes LAST_RESORT = new CheckBytes(
            CheckResponse.newBuilder()
                    .setStatus(Status.newBuilder().setCode(PERMISSION_DENIED))
                    .setDeniedResponse(DeniedHttpResponse.newBuilder()
                            .setStatus(HttpStatus.newBuilder().setCode(SERVICE_UNAVAILABLE)))
                    .build()
                    .toByteArray(),
            true);

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
                        AuthorizationGrpc.getCheckMethod().toBuilder(
                                        AuthorizationGrpc.getCheckMethod().getRequestMarshaller(),
                                        new CheckBytesMarshaller())
                                .build(),
                        new ServiceMethods.Reading(
                                null,
                                "envoy.service.auth.v3.CheckRequest",
                                limits.maxBatchBytes(),
                                "limits.max_batch_bytes"),
                        new UnaryHandler<>(binding.new Checks(), binding::notDurable))
                .define();
    }

    private final class Checks implements UnaryHandler.Answerer<CheckBytes> {
        @Override
        public CheckBytes answer(final Object request, final @Nullable Deadline deadline) {
            return guarded(() -> check((byte[]) request, deadline));
        }

        @Override
        public CheckBytes unreadable(final Malformed message) {
            return guarded(() -> refuse(ext.unreadable()));
        }
    }

    /** Of the question nothing is left but the id of its decision. */
    private CheckBytes notDurable(final CheckBytes answer) {
        if (answer.denies()) {
            return answer;
        }
        return guarded(() -> {
            final DecideResponse allowed = DecideResponse.newBuilder()
                    .setDecisionId(decisionId(answer))
                    .build();
            return ext.answer(ext.unreadable(), edge.notDurable(Face.EXT_AUTHZ, allowed), Lane.current().checkAnswer);
        });
    }

    private static String decisionId(final CheckBytes answer) {
        try {
            return CheckResponse.parseFrom(answer.message())
                    .getDynamicMetadata()
                    .getFieldsOrDefault(CheckMetadata.DECISION_ID, Value.getDefaultInstance())
                    .getStringValue();
        } catch (final InvalidProtocolBufferException e) {
            throw new IllegalStateException("what was written as a CheckResponse is none", e);
        }
    }

    private interface Attempt {
        CheckBytes make();
    }

    private CheckBytes guarded(final Attempt attempt) {
        try {
            return attempt.make();
        } catch (final Throwable fault) {
            faults.note(fault);
            return LAST_RESORT;
        }
    }

    private CheckBytes check(final byte[] check, final @Nullable Deadline deadline) {
        final Lane lane = Lane.current();
        final ExtAuthz.Asked asked = ext.read(check, lane.check);
        final DecideRequest question = asked.question();
        if (question != null) {
            final DecideResponse answer = edge.decide(lane, Face.EXT_AUTHZ, question, deadline);
            if (answer.hasReservation() && ext.settles(asked)) {
                awaitEnd(lane, answer.getReservation().getId());
            }
            return ext.answer(asked.about(lane.evaluator.asFound(question)), answer, lane.checkAnswer);
        }
        return asked.refusal() == null ? ext.pass(asked, lane.checkAnswer) : refuse(asked);
    }

    /** If the access log's entry is lost, the reservation's expiry is to be seen. */
    private static void awaitEnd(final Lane lane, final String id) {
        if (ReservationIds.isId(id)) {
            lane.evaluator.expectEnd(ReservationIds.high(id), ReservationIds.low(id), true);
        }
    }

    private CheckBytes refuse(final ExtAuthz.Asked asked) {
        final Lane lane = Lane.current();
        final DecideResponse refusal = asked.refusal();
        if (refusal == null) {
            throw new IllegalStateException("nothing is refused");
        }
        return ext.answer(asked, edge.refused(lane, Face.EXT_AUTHZ, refusal), lane.checkAnswer);
    }
}
