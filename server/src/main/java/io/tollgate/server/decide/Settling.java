/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import io.tollgate.core.reservation.EndOutcome;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.core.reservation.ReservationIds;
import io.tollgate.envoy.accesslog.v3.HTTPAccessLogEntry;
import io.tollgate.server.envoy.settle.Ending;
import io.tollgate.server.envoy.settle.Ending.Kind;
import io.tollgate.server.envoy.settle.EntryJudge;
import io.tollgate.server.envoy.settle.RetryQueue;
import io.tollgate.server.envoy.settle.RetryQueue.Tried;
import io.tollgate.server.metrics.SettlementResult;
import io.tollgate.v1.ReleaseRequest;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Ends reservations by entries of Envoy's access log. What cannot be done now (overload, a full journal, another call in the middle) waits
 * in the lane's queue and is tried again until it is done or the reservation is over.
 *
 * <p>Nobody waits for an answer, so none is held back until its usage is durable: Settle and Release over gRPC promise something to a
 * caller who will not ask again, an entry of the log promises nothing. A power failure before the record was synced leaves what it leaves
 * without any entry: what was reserved stays counted (the store of reservations refuses its file then), and nothing is given back.
 *
 * <p>Shared by all event loops; keeps nothing. Throws nothing.
 */
final class Settling {
    private final DecisionEdge edge;
    private final ReservationEdge reservations;
    private final EntryJudge judge;
    private final FaultLog faults;

    Settling(
            final DecisionEdge edge,
            final ReservationEdge reservations,
            final EntryJudge judge,
            final FaultLog faults) {
        this.edge = edge;
        this.reservations = reservations;
        this.judge = judge;
        this.faults = faults;
    }

    /** {@return whether the sidecar leaves} */
    boolean isLeaving() {
        return edge.isDraining();
    }

    /** Does what an entry asks for. {@return whether it was about a reservation} */
    boolean take(final Lane lane, final HTTPAccessLogEntry entry) {
        final Ending ending;
        try {
            ending = judge.judge(entry);
        } catch (final Throwable fault) {
            faults.note(fault);
            lane.counters.settlements().ended(SettlementResult.INVALID);
            return false;
        }
        if (ending.kind() == Kind.NONE) {
            return false;
        }
        lane.counters.settlements().amounts(ending.missing(), ending.invalid());
        final Tried tried = attempt(lane, ending);
        if (tried != Tried.DONE && !lane.unsettled.add(ending, tried)) {
            lane.counters.settlements().ended(SettlementResult.GIVEN_UP);
        }
        return true;
    }

    /** Has what waits tried again after a pause, if anything waits. */
    void schedule(final Lane lane) {
        final RetryQueue queue = lane.unsettled;
        lane.counters.settlements().waiting(queue.size());
        final EventExecutor loop = lane.loop;
        if (loop == null || loop.isShuttingDown() || !queue.takeSchedule()) {
            return;
        }
        try {
            loop.schedule(() -> begin(lane), queue.pauseNs(), TimeUnit.NANOSECONDS);
        } catch (final RejectedExecutionException ignored) {
            // the loop has ended: what waits ends by expiry
        }
    }

    private void begin(final Lane lane) {
        lane.unsettled.begun();
        again(lane);
    }

    /** Tries again what waits, now. */
    void again(final Lane lane) {
        final int givenUp = lane.unsettled.pass(ending -> attempt(lane, ending));
        for (int i = 0; i < givenUp; i++) {
            lane.counters.settlements().ended(SettlementResult.GIVEN_UP);
        }
        schedule(lane);
    }

    private Tried attempt(final Lane lane, final Ending ending) {
        try {
            switch (ending.kind()) {
                case SETTLE -> {
                    reservations.settle(lane, ending.request(), null);
                    lane.counters.settlements().ended(result(lane.ended));
                }
                case RELEASE -> {
                    reservations.release(lane, release(ending), null);
                    lane.counters.settlements().ended(result(lane.ended));
                }
                case LEAVE -> {
                    leave(lane, ending.request().getReservationId());
                    lane.counters.settlements().ended(SettlementResult.LEFT);
                }
                case UNKNOWN_RULE -> lane.counters.settlements().ended(SettlementResult.UNKNOWN);
                default -> lane.counters.settlements().ended(SettlementResult.INVALID);
            }
            return Tried.DONE;
        } catch (final StatusException e) {
            return refused(lane, e.getStatus().getCode());
        } catch (final Throwable fault) {
            faults.note(fault);
            return Tried.FAULT;
        } finally {
            // what the next answer rests on is its own
            lane.gate.takeOwed();
        }
    }

    private static Tried refused(final Lane lane, final Status.Code code) {
        return switch (code) {
            case UNAVAILABLE -> Tried.NOT_NOW;
            case INVALID_ARGUMENT -> {
                lane.counters.settlements().ended(SettlementResult.INVALID);
                yield Tried.DONE;
            }
            default -> Tried.FAULT;
        };
    }

    private static ReleaseRequest release(final Ending ending) {
        return ReleaseRequest.newBuilder()
                .setReservationId(ending.request().getReservationId())
                .build();
    }

    private static void leave(final Lane lane, final String id) {
        if (ReservationIds.isId(id)) {
            lane.evaluator.expectEnd(ReservationIds.high(id), ReservationIds.low(id), false);
        }
    }

    private static SettlementResult result(final EndResult ended) {
        final EndOutcome outcome = ended.outcome();
        if (outcome == EndOutcome.EXPIRED && !ended.recordedLate()) {
            return SettlementResult.EXPIRED;
        }
        if (ended.repeated()) {
            return SettlementResult.REPEATED;
        }
        return switch (outcome) {
            case SETTLED -> SettlementResult.SETTLED;
            case OVERRUN -> SettlementResult.OVERRUN;
            case RELEASED -> SettlementResult.RELEASED;
            case EXPIRED -> SettlementResult.LATE;
            default -> SettlementResult.UNKNOWN;
        };
    }
}
