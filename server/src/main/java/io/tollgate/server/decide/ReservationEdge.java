/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusException;
import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Defect;
import io.tollgate.core.request.Field;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.core.reservation.ReservationIds;
import io.tollgate.server.decisionlog.Face;
import io.tollgate.server.metrics.ShedCause;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.ExtendResponse;
import io.tollgate.v1.ReleaseRequest;
import io.tollgate.v1.ReleaseResponse;
import io.tollgate.v1.SettleRequest;
import io.tollgate.v1.SettleResponse;
import io.tollgate.v1.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Extend, Settle and Release between the wire and the engine. Extend is a question and sheds like one. Settle and
 * Release give back, so they
 * are served while the sidecar drains; under load the call fails with UNAVAILABLE and nothing has changed: ask again.
 *
 * <p>Shared by all event loops; keeps nothing.
 */
final class ReservationEdge {
    private static final long NS_PER_MS = 1_000_000L;
    private static final long MAX_MS = Long.MAX_VALUE / NS_PER_MS;

    private final DecisionEdge edge;
    private final FaultLog faults;

    ReservationEdge(final DecisionEdge edge, final FaultLog faults) {
        this.edge = edge;
        this.faults = faults;
    }

    /** {@return whether more may be used, and was taken} */
    ExtendResponse extend(final Lane lane, final ExtendRequest request, final @Nullable Deadline deadline) {
        final ShedCause cause = edge.shedCause(lane, deadline);
        final DecideResponse.Builder answer = DecideResponse.newBuilder();
        if (cause != null) {
            lane.counters.shed(cause);
            lane.counters.decided(Outcome.DENY, Reason.OVERLOADED);
            final DecideResponse shed = edge.denials().overloaded(cause, "", lane.ids.next());
            lane.log.logShed(Face.EXTEND, request, shed);
            return ExtendResponse.newBuilder().setDecision(shed).build();
        }
        try {
            read(request, lane.request);
            final String decisionId = lane.ids.next(lane.request);
            lane.evaluator.begin();
            DecisionEdge.beforeAnswer(lane, request, 1);
            lane.evaluator.extend(
                    high(request.getReservationId()), low(request.getReservationId()), lane.request, answer);
            final DecideResponse response = answer.setDecisionId(decisionId).build();
            DecisionEdge.count(lane, response.getOutcomeValue(), response.getReasonValue());
            DecisionEdge.log(lane, Face.EXTEND, request, response);
            return ExtendResponse.newBuilder().setDecision(response).build();
        } catch (final Throwable fault) {
            faults.note(fault);
            lane.counters.decided(Outcome.DENY, Reason.INTERNAL);
            final DecideResponse response = edge.denials().internal("", lane.ids.next());
            DecisionEdge.logFailure(lane, Face.EXTEND, request, response);
            return ExtendResponse.newBuilder().setDecision(response).build();
        } finally {
            edge.end(lane);
        }
    }

    private static void read(final ExtendRequest from, final DecisionRequest to) {
        to.reset();
        to.set(Field.IDEMPOTENCY_KEY, from.getIdempotencyKey());
        usages(from.getUsageList(), to);
        if (from.getTtlMs() < 0 || from.getTtlMs() > MAX_MS) {
            to.reject(Defect.DURATION_OUT_OF_RANGE, "ttl_ms");
        } else {
            to.reservationTtlNs(from.getTtlMs() * NS_PER_MS);
        }
    }

    private static void usages(final List<Usage> from, final DecisionRequest to) {
        for (int i = 0; i < from.size(); i++) {
            to.addUsage(from.get(i).getAmount(), from.get(i).getUnit());
        }
    }

    /** {@return what became of it} */
    SettleResponse settle(final Lane lane, final SettleRequest request, final @Nullable Deadline deadline)
            throws StatusException {
        admit(lane, deadline);
        try {
            lane.request.reset();
            usages(request.getActualList(), lane.request);
            if (lane.request.defect() != Defect.NONE) {
                throw invalid("Settle: " + lane.request.defectMessage().replace("usage", "actual"));
            }
            UsageProperties.read(request, lane.request);
            final EndResult result = lane.ended;
            lane.evaluator.begin();
            lane.evaluator.settle(
                    high(request.getReservationId()), low(request.getReservationId()), lane.request, result);
            refuse("Settle", request, result);
            lane.counters.ended(result.outcome());
            return SettleResponse.newBuilder()
                    .setOutcomeValue(result.outcome().code())
                    .setMessage(message(result))
                    .build();
        } catch (final RuntimeException | Error fault) {
            throw internal(fault);
        } finally {
            edge.end(lane);
        }
    }

    /** {@return what became of it} */
    ReleaseResponse release(final Lane lane, final ReleaseRequest request, final @Nullable Deadline deadline)
            throws StatusException {
        admit(lane, deadline);
        try {
            final EndResult result = lane.ended;
            lane.evaluator.begin();
            lane.evaluator.release(high(request.getReservationId()), low(request.getReservationId()), result);
            refuse("Release", SettleRequest.getDefaultInstance(), result);
            lane.counters.ended(result.outcome());
            return ReleaseResponse.newBuilder()
                    .setOutcomeValue(result.outcome().code())
                    .setMessage(message(result))
                    .build();
        } catch (final RuntimeException | Error fault) {
            throw internal(fault);
        } finally {
            edge.end(lane);
        }
    }

    private void admit(final Lane lane, final @Nullable Deadline deadline) throws StatusException {
        final ShedCause cause = edge.shedCause(lane, deadline);
        if (cause != null && cause != ShedCause.DRAINING) {
            lane.counters.shed(cause);
            throw Status.UNAVAILABLE
                    .withDescription("not done: " + cause.sentence() + "; try again")
                    .asException();
        }
    }

    private static void refuse(final String call, final SettleRequest request, final EndResult result)
            throws StatusException {
        switch (result.outcome()) {
            case BUSY ->
                throw Status.UNAVAILABLE
                        .withDescription(call + ": another call is changing this reservation; try again")
                        .asException();
            case JOURNAL_FULL ->
                throw Status.UNAVAILABLE
                        .withDescription(call
                                + ": usage cannot be recorded at the moment (the usage journal is full or has failed);"
                                + " nothing was settled, the reservation stays open; try again later")
                        .asException();
            case UNIT_NOT_ACCEPTED ->
                throw invalid(call + ": the operation does not accept the unit '"
                        + request.getActual(result.usage()).getUnit() + "' of actual[" + result.usage()
                        + "]; nothing was settled");
            case AMOUNT_NEGATIVE ->
                throw invalid(call + ": actual[" + result.usage() + "] is "
                        + request.getActual(result.usage()).getAmount() + "; what was used is 0 or more");
            default -> {
                // an outcome
            }
        }
    }

    private static String message(final EndResult result) {
        return switch (result.outcome()) {
            case SETTLED -> "Settled.";
            case OVERRUN -> "Settled: more was used than reserved; the excess is recorded as debt.";
            case RELEASED -> "Released: all of it went back.";
            case EXPIRED ->
                result.recordedLate()
                        ? "Expired before it was settled; the late usage has been recorded."
                        : "Expired: nothing of it is held any more.";
            default -> "No such reservation, or it ended more than 10 minutes ago.";
        };
    }

    private static StatusException invalid(final String what) {
        return Status.INVALID_ARGUMENT.withDescription(what).asException();
    }

    private StatusException internal(final Throwable fault) {
        faults.note(fault);
        return Status.INTERNAL
                .withDescription("the sidecar failed; its log says why. What was done is not known: ask again")
                .asException();
    }

    /** An id of another form is nobody's: 0 is refused by its check bits. */
    private static long high(final String id) {
        return ReservationIds.isId(id) ? ReservationIds.high(id) : 0;
    }

    private static long low(final String id) {
        return ReservationIds.isId(id) ? ReservationIds.low(id) : 0;
    }
}
