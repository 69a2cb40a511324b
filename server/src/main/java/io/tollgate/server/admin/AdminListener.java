/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.tollgate.core.engine.DecisionEngine;
import io.tollgate.core.quota.InFlight;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decide.IoTransport;
import io.tollgate.server.decide.ServerFactory;
import io.tollgate.server.decisionlog.DecisionLog;
import io.tollgate.server.lifecycle.Readiness;
import io.tollgate.server.lifecycle.SnapshotFeed;
import io.tollgate.server.metrics.Metrics;
import io.tollgate.v1.Listener;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The gRPC server of the admin address, on threads of its own. Opened by the constructor. */
public final class AdminListener implements AutoCloseable {
    /** How many decision workers this listener uses. */
    public static final int WORKERS = 2;

    private static final int CHANNELZ_PAGE = 100;
    private static final long CLOSE_MS = 2_000;

    private final ExecutorService threads;
    private final EventLoopGroup loop = IoTransport.group(1, IoTransport.threads("tollgate-admin-io"));
    private final Server server;
    private final InetSocketAddress address;

    /**
     * What diagnostics look at.
     *
     * @param config    effective configuration
     * @param bootId    new at every start
     * @param build     version of the program
     * @param readiness state and health
     * @param feed      snapshots
     * @param engine    gives one worker
     * @param inFlight  of the engine; its last worker number is used for reading counters
     * @param metrics   counts
     * @param listeners where this sidecar answers
     * @param log       what decisions are logged to
     */
    public record Subject(
            SidecarConfig config,
            String bootId,
            String build,
            Readiness readiness,
            SnapshotFeed feed,
            DecisionEngine engine,
            InFlight inFlight,
            Metrics metrics,
            Supplier<List<Listener>> listeners,
            DecisionLog log) {}

    /**
     * Opens it.
     *
     * @param configured where to listen
     * @throws io.tollgate.server.lifecycle.SidecarStartException naming the address that cannot be used
     */
    public AdminListener(final InetSocketAddress configured, final Subject subject) {
        final SidecarConfig config = subject.config();
        threads = Executors.newFixedThreadPool(config.admin().threads(), IoTransport.threads("tollgate-admin"));
        final NettyServerBuilder builder = ServerFactory.base(config, configured)
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .channelFactory(IoTransport.tcp())
                .executor(threads)
                .addService(diagnostics(subject))
                .addService(subject.readiness().healthService());
        if (config.admin().reflection()) {
            builder.addService(ProtoReflectionServiceV1.newInstance());
        }
        if (config.admin().channelz()) {
            builder.addService(ChannelzService.newInstance(CHANNELZ_PAGE));
        }
        server = builder.build();
        try {
            ServerFactory.start(server, configured, "listen.admin_address");
        } catch (final RuntimeException e) {
            endThreads();
            throw e;
        }
        address = new InetSocketAddress(configured.getAddress(), server.getPort());
    }

    private static Diagnostics diagnostics(final Subject subject) {
        final SidecarConfig config = subject.config();
        final AdminWorker worker = new AdminWorker(subject.engine(), config.sidecarId(), subject.bootId());
        final CeilingReader ceilings = new CeilingReader(
                subject.feed().clock(),
                subject.feed().cells(),
                subject.inFlight(),
                subject.inFlight().workers() - 1);
        final StatusReport status = new StatusReport(
                config,
                new StatusReport.Identity(subject.bootId(), subject.build()),
                subject.readiness(),
                subject.feed(),
                subject.metrics(),
                worker,
                subject.listeners(),
                new DecisionLogReport(config, subject.log()));
        return new Diagnostics(
                config,
                status,
                new ScopeDump(worker, ceilings),
                worker,
                subject.feed().records(),
                new ReservationReport(subject.feed()),
                subject.log(),
                subject.feed());
    }

    /** {@return where it listens, with the real port} */
    public InetSocketAddress address() {
        return address;
    }

    /** Cuts calls and ends the threads. {@return whether all have ended: nothing here reads a snapshot any more} */
    public boolean stop() {
        server.shutdownNow();
        return endThreads();
    }

    @Override
    public void close() {
        stop();
    }

    private boolean endThreads() {
        loop.shutdownGracefully(0, CLOSE_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_MS);
        threads.shutdownNow();
        try {
            return threads.awaitTermination(CLOSE_MS, TimeUnit.MILLISECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
