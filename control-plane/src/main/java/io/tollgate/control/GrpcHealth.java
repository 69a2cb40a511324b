/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.tollgate.control.service.BundleCatalog;
import io.tollgate.v1.AdministrationServiceGrpc;
import io.tollgate.v1.ControlPlaneServiceGrpc;
import org.agrona.concurrent.Agent;

/**
 * grpc.health.v1: the empty name says that the process answers; the name of ControlPlaneService, that every bundle can
 * be pulled. Updated by its agent's thread.
 */
final class GrpcHealth implements Agent {
    private final HealthStatusManager manager = new HealthStatusManager();
    private final BundleCatalog catalog;
    private boolean ready;

    GrpcHealth(BundleCatalog catalog) {
        this.catalog = catalog;
        manager.setStatus(AdministrationServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
        ready = catalog.isReady();
        show();
    }

    BindableService service() {
        return manager.getHealthService();
    }

    /** Says to all watchers that this server goes. */
    void leave() {
        manager.enterTerminalState();
    }

    @Override
    public int doWork() {
        if (ready == catalog.isReady()) {
            return 0;
        }
        ready = !ready;
        show();
        return 1;
    }

    private void show() {
        manager.setStatus(
                ControlPlaneServiceGrpc.SERVICE_NAME, ready ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    @Override
    public String roleName() {
        return "tollgate-control-health";
    }
}
