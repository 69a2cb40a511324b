/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.settle;

import io.tollgate.envoy.accesslog.v3.HTTPAccessLogEntry;
import io.tollgate.envoy.accesslog.v3.HTTPResponseProperties;
import io.tollgate.envoy.accesslog.v3.ResponseFlags;

/** Whether a request came to a whole answer of the service behind Envoy. */
final class Failures {
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int SERVER_ERROR = 500;
    /** Envoy's details of a response that is the service's own; of any other it gave the answer itself. */
    private static final String VIA_UPSTREAM = "via_upstream";

    private static final String GRPC_STATUS = "grpc-status";

    private Failures() {}

    /**
     * {@return whether it failed} No response; 500 and above; an answer of Envoy itself; cut off by either side; a gRPC status other
     * than OK, where headers or trailers tell it: a unary caller has no message then. A connection that was upgraded (101) has
     * succeeded: both sides end it by closing.
     */
    static boolean failed(final HTTPAccessLogEntry entry) {
        final HTTPResponseProperties response = entry.getResponse();
        final int code = response.getResponseCode().getValue();
        if (code == SWITCHING_PROTOCOLS) {
            return false;
        }
        final String details = response.getResponseCodeDetails();
        return code == 0
                || code >= SERVER_ERROR
                || !details.isEmpty() && !details.equals(VIA_UPSTREAM)
                || isCutOff(entry.getCommonProperties().getResponseFlags())
                || grpcFailed(response.getResponseTrailersOrDefault(GRPC_STATUS, ""))
                || grpcFailed(response.getResponseHeadersOrDefault(GRPC_STATUS, ""));
    }

    private static boolean grpcFailed(final String status) {
        return !status.isEmpty() && !status.equals("0");
    }

    private static boolean isCutOff(final ResponseFlags flags) {
        return cutByClient(flags) || cutByService(flags) || answeredByEnvoy(flags);
    }

    private static boolean cutByClient(final ResponseFlags flags) {
        return flags.getDownstreamConnectionTermination()
                || flags.getDownstreamRemoteReset()
                || flags.getDownstreamProtocolError();
    }

    private static boolean cutByService(final ResponseFlags flags) {
        return flags.getUpstreamRemoteReset()
                || flags.getUpstreamConnectionFailure()
                || flags.getUpstreamConnectionTermination()
                || flags.getUpstreamProtocolError()
                || flags.getUpstreamRequestTimeout()
                || flags.getUpstreamMaxStreamDurationReached();
    }

    private static boolean answeredByEnvoy(final ResponseFlags flags) {
        return flags.getLocalReset()
                || flags.getFailedLocalHealthcheck()
                || flags.getNoHealthyUpstream()
                || flags.getUpstreamOverflow()
                || flags.getNoRouteFound()
                || flags.getNoClusterFound()
                || flags.getNoFilterConfigFound()
                || flags.getDnsResolutionFailure()
                || flags.getFaultInjected()
                || flags.getRateLimited()
                || flags.getRateLimitServiceError()
                || flags.hasUnauthorizedDetails()
                || flags.getInvalidEnvoyRequestHeaders()
                || flags.getStreamIdleTimeout()
                || flags.getDurationTimeout()
                || flags.getOverloadManager();
    }
}
