/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.tollgate.control.ledger.Ledger;
import io.tollgate.control.service.AdministrationCalls;
import io.tollgate.control.service.BundleCatalog;
import io.tollgate.control.service.ConnectionLimit;
import io.tollgate.control.service.ControlPlaneCalls;
import io.tollgate.control.service.DeltaWaits;
import io.tollgate.control.service.SidecarTable;
import io.tollgate.control.service.SnapshotWaits;
import io.tollgate.control.service.UsageReports;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Puts the gRPC server together. */
final class GrpcServer {
    private static final int THREADS = 4;
    private static final int MAX_MESSAGE_BYTES = 1 << 20;
    private static final int MAX_METADATA_BYTES = 16 << 10;
    private static final long IDLE_MINUTES = 5;
    private static final long KEEP_ALIVE_SECONDS = 30;
    /** Sidecars ask every ten seconds whether the connection lives. */
    private static final long LEAST_KEEP_ALIVE_SECONDS = 5;

    private GrpcServer() {}

    static Server start(
            ControlPlaneConfig config,
            BundleCatalog catalog,
            SidecarTable sidecars,
            DeltaWaits waits,
            SnapshotWaits snapshotWaits,
            GrpcHealth health,
            Ledger ledger,
            List<AutoCloseable> toClose)
            throws IOException {
        AtomicInteger number = new AtomicInteger();
        ExecutorService executor = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "tollgate-control-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        toClose.add(executor::shutdownNow);
        UsageReports reports = new UsageReports(ledger, config.limits().maxReports());
        ConnectionLimit connections = new ConnectionLimit(config.limits().maxConnections());
        Server server = NettyServerBuilder.forAddress(config.grpcAddress(), credentials(config))
                .executor(executor)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .maxConcurrentCallsPerConnection(config.limits().maxCallsPerConnection())
                .maxConnectionIdle(IDLE_MINUTES, TimeUnit.MINUTES)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveTime(LEAST_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addTransportFilter(connections)
                .intercept(connections)
                .addService(new ControlPlaneCalls(catalog, sidecars, waits, snapshotWaits, config.limits(), reports))
                .addService(new AdministrationCalls(catalog, sidecars, ledger))
                .addService(health.service())
                .addService(ProtoReflectionServiceV1.newInstance())
                .build()
                .start();
        toClose.add(() -> stop(server));
        toClose.add(reports);
        return server;
    }

    private static ServerCredentials credentials(ControlPlaneConfig config) throws IOException {
        ControlPlaneConfig.Tls tls = config.tls();
        if (tls == null) {
            return InsecureServerCredentials.create();
        }
        try {
            return TlsServerCredentials.create(
                    tls.certificateFile().toFile(), tls.keyFile().toFile());
        } catch (IOException e) {
            throw new IOException(
                    "cannot read " + tls.certificateFile() + " or " + tls.keyFile() + ": " + e.getMessage(), e);
        }
    }

    private static void stop(Server server) throws InterruptedException {
        server.shutdown();
        if (!server.awaitTermination(ControlPlane.stopSeconds(), TimeUnit.SECONDS)) {
            server.shutdownNow();
            server.awaitTermination(ControlPlane.stopSeconds(), TimeUnit.SECONDS);
        }
    }
}
