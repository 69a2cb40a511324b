/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What each health name says in each state. */
class ReadinessTest {
    private final Readiness readiness = new Readiness();

    private ServingStatus of(final String name) {
        final CompletableFuture<ServingStatus> answer = new CompletableFuture<>();
        ((HealthGrpc.HealthImplBase) readiness.healthService())
                .check(
                        HealthCheckRequest.newBuilder().setService(name).build(),
                        new StreamObserver<HealthCheckResponse>() {
                            @Override
                            public void onNext(final HealthCheckResponse response) {
                                answer.complete(response.getStatus());
                            }

                            @Override
                            public void onError(final Throwable failure) {
                                answer.completeExceptionally(failure);
                            }

                            @Override
                            public void onCompleted() {}
                        });
        return answer.join();
    }

    private void assertNames(final boolean ready, final boolean proxies) {
        assertEquals(ServingStatus.SERVING, of("tollgate.liveness"));
        assertEquals(ready ? ServingStatus.SERVING : ServingStatus.NOT_SERVING, of("tollgate.readiness"));
        for (final String name : new String[] {
            "",
            "envoy.service.auth.v3.Authorization",
            "envoy.service.ratelimit.v3.RateLimitService",
            "envoy.service.accesslog.v3.AccessLogService",
            "tollgate.v1.DecisionService"
        }) {
            assertEquals(proxies ? ServingStatus.SERVING : ServingStatus.NOT_SERVING, of(name), name);
        }
    }

    @Test
    void shouldTurnReadinessWithTheEvidenceAndWhatProxiesWatchOnlyWhenQuestionsAreShed() {
        assertNames(false, true);
        readiness.change(SidecarState.READY, "");
        assertNames(true, true);
        readiness.change(SidecarState.STALE, "evidence is too old");
        assertNames(false, true);
        readiness.change(SidecarState.READY, "");
        assertNames(true, true);
        readiness.change(SidecarState.DRAINING, "shutting down");
        assertNames(false, true);
        readiness.shedding();
        assertNames(false, false);
        readiness.change(SidecarState.READY, "too late");
        assertNames(false, false);
    }
}
