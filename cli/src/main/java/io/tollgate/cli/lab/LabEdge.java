/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.lab;

import io.grpc.StatusException;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decide.Evaluator;
import io.tollgate.server.decide.FaultLog;
import io.tollgate.server.decide.LocalDecisions;
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
import java.util.function.Supplier;

/** What a lab asks through: the edge itself, or in tests a server and its client around it. */
interface LabEdge extends AutoCloseable {
    DecideResponse decide(DecideRequest request);

    /** @throws io.grpc.StatusRuntimeException when the call itself is refused */
    DecideBatchResponse decideBatch(DecideBatchRequest request);

    /** @throws io.grpc.StatusRuntimeException when the call itself is refused */
    ExtendResponse extend(ExtendRequest request);

    /** @throws io.grpc.StatusRuntimeException when the call itself is refused */
    SettleResponse settle(SettleRequest request);

    /** @throws io.grpc.StatusRuntimeException when the call itself is refused */
    ReleaseResponse release(ReleaseRequest request);

    @Override
    void close();

    /** Opens an edge at every start of the sidecar. */
    @FunctionalInterface
    interface Opener {
        /**
         * {@return the edge}
         *
         * @param evaluators one call per lane, {@link Lab#LANES} at most
         */
        LabEdge open(SidecarConfig config, String bootId, Supplier<Evaluator> evaluators, FaultLog faults);
    }

    /** The edge on the caller's thread. */
    static LabEdge local(SidecarConfig config, String bootId, Supplier<Evaluator> evaluators, FaultLog faults) {
        final LocalDecisions decisions = new LocalDecisions(config, bootId, evaluators.get(), faults);
        return new LabEdge() {
            @Override
            public DecideResponse decide(DecideRequest request) {
                return decisions.decide(request);
            }

            @Override
            public DecideBatchResponse decideBatch(DecideBatchRequest request) {
                try {
                    return decisions.decideBatch(request);
                } catch (StatusException e) {
                    throw e.getStatus().asRuntimeException();
                }
            }

            @Override
            public ExtendResponse extend(ExtendRequest request) {
                return decisions.extend(request);
            }

            @Override
            public SettleResponse settle(SettleRequest request) {
                try {
                    return decisions.settle(request);
                } catch (StatusException e) {
                    throw e.getStatus().asRuntimeException();
                }
            }

            @Override
            public ReleaseResponse release(ReleaseRequest request) {
                try {
                    return decisions.release(request);
                } catch (StatusException e) {
                    throw e.getStatus().asRuntimeException();
                }
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
    }
}
