/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.lifecycle;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.List;

/**
 * What a sidecar is doing, and its health services.
 *
 * <pre>
 *                                STARTING     READY     STALE        DRAINING: lame duck   and then
 *   tollgate.liveness            SERVING      SERVING   SERVING      SERVING               SERVING
 *   tollgate.readiness           NOT_SERVING  SERVING   NOT_SERVING  NOT_SERVING           NOT_SERVING
 *   names that a proxy watches   SERVING      SERVING   SERVING      SERVING               NOT_SERVING
 * </pre>
 *
 * <p>The names that a proxy watches stay SERVING as long as the process can answer, if only with a deny: taken for dead,
 * the sidecar would be bypassed by a proxy that is configured to let calls through on failure. Only when it sheds all
 * questions because it leaves they turn, so that proxies with another one move there.
 *
 * <p>Any thread; changes are serialized, reads are volatile.
 */
public final class Readiness {
    /** Health service name that says whether this sidecar decides on fresh evidence. */
    public static final String READINESS_NAME = "tollgate.readiness";

    /** Health service name that says only that the process lives. */
    public static final String LIVENESS_NAME = "tollgate.liveness";

    /** Health service names that proxies watch: the process answers, and does not leave. */
    public static final List<String> PROXY_NAMES = List.of(
            HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
            "tollgate.v1.DecisionService",
            "envoy.service.auth.v3.Authorization",
            "envoy.service.ratelimit.v3.RateLimitService",
            "envoy.service.accesslog.v3.AccessLogService");

    private final HealthStatusManager health = new HealthStatusManager();
    private volatile View view = new View(SidecarState.STARTING, "no snapshot is installed yet");

    /**
     * A state and why.
     *
     * @param state what the sidecar is doing
     * @param cause why it is not READY, for an operator; empty when it is
     */
    public record View(SidecarState state, String cause) {
        /** {@return whether callers should use this sidecar} */
        public boolean isReady() {
            return state == SidecarState.READY;
        }
    }

    /** Starts as STARTING. */
    public Readiness() {
        health.setStatus(LIVENESS_NAME, ServingStatus.SERVING);
        PROXY_NAMES.forEach(name -> health.setStatus(name, ServingStatus.SERVING));
        health.setStatus(READINESS_NAME, ServingStatus.NOT_SERVING);
    }

    /** {@return grpc.health.v1.Health, for any number of servers} */
    public BindableService healthService() {
        return health.getHealthService();
    }

    /** {@return the state now} */
    public View view() {
        return view;
    }

    /**
     * Changes the state; after DRAINING nothing changes any more.
     *
     * @param cause why it is not READY
     * @return whether the state, not only its cause, has changed
     */
    public synchronized boolean change(final SidecarState state, final String cause) {
        final SidecarState before = view.state();
        if (before == SidecarState.DRAINING) {
            return false;
        }
        view = new View(state, cause);
        if (before == state) {
            return false;
        }
        health.setStatus(
                READINESS_NAME, state == SidecarState.READY ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
        return true;
    }

    /** From now on questions are shed: proxies look for another sidecar. */
    public void shedding() {
        PROXY_NAMES.forEach(name -> health.setStatus(name, ServingStatus.NOT_SERVING));
    }
}
