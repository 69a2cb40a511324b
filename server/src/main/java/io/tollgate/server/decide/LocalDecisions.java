/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.StatusException;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decisionlog.Face;
import io.tollgate.server.decisionlog.LaneLog;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideBatchResponse;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.ExtendResponse;
import io.tollgate.v1.ReleaseRequest;
import io.tollgate.v1.ReleaseResponse;
import io.tollgate.v1.SettleRequest;
import io.tollgate.v1.SettleResponse;
import java.util.concurrent.TimeUnit;

/**
 * The edge without a network: the same code that event loops run, on the caller's own thread. For asking a bundle
 * offline. Belongs to one thread at a time.
 */
public final class LocalDecisions {
    private static final int LANE = 0;

    private final DecisionEdge edge;
    private final ReservationEdge reservations;
    private final Lane lane;

    /**
     * One lane.
     *
     * @param config    its limits and its name count
     * @param bootId    decision ids begin with it
     * @param evaluator nobody else's
     * @param faults    told of what should not happen; the answer is DENY / INTERNAL then
     */
    public LocalDecisions(
            final SidecarConfig config, final String bootId, final Evaluator evaluator, final FaultLog faults) {
        this(config, bootId, evaluator, faults, LaneLog.none());
    }

    /**
     * The same with a decision log, to measure what it costs.
     *
     * @param log nobody else's
     */
    public LocalDecisions(
            final SidecarConfig config,
            final String bootId,
            final Evaluator evaluator,
            final FaultLog faults,
            final LaneLog log) {
        edge = new DecisionEdge(
                config.limits(),
                new Denials(
                        config.sidecarId(),
                        TimeUnit.MILLISECONDS.toNanos(config.shed().retryAfterMs())),
                faults);
        reservations = new ReservationEdge(edge, faults);
        // Never probed, hence never late: there is no loop.
        lane = new Lane(evaluator, new DecisionIds(bootId, LANE), new LoopLag(Long.MAX_VALUE), log, false);
    }

    /** {@return the answer to one question} */
    public DecideResponse decide(final DecideRequest request) {
        return edge.decide(lane, Face.DECIDE, request, null);
    }

    /**
     * {@return the answers to many questions, all of one snapshot version}
     *
     * @throws StatusException when the call itself is refused, as it would be over gRPC
     */
    public DecideBatchResponse decideBatch(final DecideBatchRequest batch) throws StatusException {
        return edge.decideBatch(lane, batch, null);
    }

    /** {@return whether more may be used under a reservation} */
    public ExtendResponse extend(final ExtendRequest request) {
        return reservations.extend(lane, request, null);
    }

    /**
     * {@return what became of a reservation}
     *
     * @throws StatusException when the call itself is refused, as it would be over gRPC
     */
    public SettleResponse settle(final SettleRequest request) throws StatusException {
        return reservations.settle(lane, request, null);
    }

    /**
     * {@return what became of a reservation}
     *
     * @throws StatusException when the call itself is refused, as it would be over gRPC
     */
    public ReleaseResponse release(final ReleaseRequest request) throws StatusException {
        return reservations.release(lane, request, null);
    }
}
