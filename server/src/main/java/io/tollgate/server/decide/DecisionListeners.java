/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelFactory;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.tollgate.loader.journal.UsageJournal;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decisionlog.LaneLog;
import io.tollgate.server.envoy.ExtAuthz;
import io.tollgate.server.envoy.ratelimit.LimitCounts;
import io.tollgate.server.envoy.ratelimit.ShouldRateLimit;
import io.tollgate.server.lifecycle.SidecarStartException;
import io.tollgate.server.metrics.LaneCounters;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The listeners for decisions, TCP and Unix domain socket, on the same event loops and the same service. Opened by the
 * constructor;
 * {@link #drain} and {@link #close} may be called from any one thread.
 */
public final class DecisionListeners implements AutoCloseable {
    private static final long NS_PER_MS = 1_000_000L;

    private final SidecarConfig config;
    private final EventLoopGroup acceptors = IoTransport.group(1, IoTransport.threads("tollgate-accept"));
    private final IoLoops loops;
    private final DecisionEdge edge;
    private final ShouldRateLimit rateLimits;
    private final OpenWatches watches = new OpenWatches();
    private final List<Server> servers = new ArrayList<>();
    private final List<ConnectionLimit> connections = new ArrayList<>();
    private @Nullable InetSocketAddress tcpAddress;
    private @Nullable UnixSocketFile unixSocket;

    private DecisionListeners(
            final SidecarConfig config,
            final Lanes lanes,
            final @Nullable BindableService health,
            final FaultLog faults) {
        this.config = config;
        TransportNoise.silence();
        edge = new DecisionEdge(
                config.limits(), new Denials(config.sidecarId(), config.shed().retryAfterMs() * NS_PER_MS), faults);
        loops = new IoLoops(lanes.threadPrefix(), lanes.make(config));
        final ReservationEdge reservations = new ReservationEdge(edge, faults);
        rateLimits = new ShouldRateLimit(
                config.envoy().mapping().rateLimits(), config.limits().maxBatchSize(), System::currentTimeMillis);
        final List<ServerServiceDefinition> services = List.of(
                DecisionServiceBinding.of(edge, reservations, config.limits()),
                AccessLogBinding.of(edge, reservations, config.envoy().mapping(), config.limits(), faults),
                CheckBinding.of(
                        edge,
                        new ExtAuthz(config.envoy().mapping(), lanes.around().epochMs()),
                        config.limits(),
                        faults),
                RateLimitBinding.of(edge, rateLimits, config.limits(), faults));
        try {
            if (config.listen().decisions() != null) {
                openTcp(config.listen().decisions(), services, health);
            }
            if (config.listen().unixSocket() != null) {
                openUnix(config.listen().unixSocket(), services, health);
            }
        } catch (final RuntimeException e) {
            close(0);
            throw e;
        }
        loops.probeEvery(config.shed().probeIntervalMs() * NS_PER_MS);
    }

    /**
     * Opens what is configured.
     *
     * @param evaluators one call per event loop
     * @param health     served beside the decisions
     * @throws SidecarStartException naming the address that cannot be used
     */
    public static DecisionListeners open(
            final SidecarConfig config,
            final String bootId,
            final Supplier<Evaluator> evaluators,
            final BindableService health,
            final FaultLog faults) {
        return open(config, bootId, evaluators, health, faults, new Surroundings(null, LaneLog::none));
    }

    /**
     * What event loops hand to.
     *
     * @param journal of usage, that answers may have to wait for; null = none
     * @param logs    the decision log; one call per event loop
     * @param epochMs milliseconds since 1970, for what answers tell of time
     */
    public record Surroundings(@Nullable UsageJournal journal, Supplier<LaneLog> logs, LongSupplier epochMs) {
        /** With the clock of this host. */
        public Surroundings(final @Nullable UsageJournal journal, final Supplier<LaneLog> logs) {
            this(journal, logs, System::currentTimeMillis);
        }
    }

    /**
     * The same with a usage journal and a decision log.
     *
     * @throws SidecarStartException naming the address that cannot be used
     */
    public static DecisionListeners open(
            final SidecarConfig config,
            final String bootId,
            final Supplier<Evaluator> evaluators,
            final BindableService health,
            final FaultLog faults,
            final Surroundings around) {
        return new DecisionListeners(
                config, new Lanes("tollgate-io", bootId, evaluators, false, around), health, faults);
    }

    /**
     * Opens listeners through which nothing can be taken and whose counts nobody shows: the same code on threads of
     * its own, to warm it.
     *
     * @param config     where to listen
     * @param evaluators one call per event loop
     */
    public static DecisionListeners openForWarmUp(
            final SidecarConfig config, final Supplier<Evaluator> evaluators, final FaultLog faults) {
        return new DecisionListeners(
                config,
                new Lanes("tollgate-warm-up", "warm-up", evaluators, true, new Surroundings(null, LaneLog::none)),
                null,
                faults);
    }

    private record Lanes(
            String threadPrefix,
            String bootId,
            Supplier<Evaluator> evaluators,
            boolean checkOnly,
            Surroundings around) {
        List<Lane> make(final SidecarConfig config) {
            final List<Lane> lanes = new ArrayList<>();
            for (int i = 0; i < config.transport().eventLoops(); i++) {
                lanes.add(new Lane(
                        evaluators.get(),
                        new DecisionIds(bootId, i),
                        new LoopLag(config.shed().maxLoopLagMs() * NS_PER_MS),
                        around.logs().get(),
                        checkOnly,
                        gate()));
            }
            return lanes;
        }

        private AnswerGate gate() {
            final UsageJournal journal = around.journal();
            final AnswerGate gate = new AnswerGate(journal == null ? null : journal.log());
            if (journal != null) {
                journal.onDurable(gate::wake);
            }
            return gate;
        }
    }

    private void openTcp(
            final InetSocketAddress address,
            final List<ServerServiceDefinition> services,
            final @Nullable BindableService health) {
        final Server server = open(address, "listen.address", IoTransport.tcp(), services, health);
        tcpAddress = new InetSocketAddress(address.getAddress(), server.getPort());
    }

    private void openUnix(
            final Path path, final List<ServerServiceDefinition> services, final @Nullable BindableService health) {
        if (!IoTransport.hasUnixSockets()) {
            throw new SidecarStartException(
                    "listen.unix_socket: this system has no epoll, which Unix sockets need here;" + " remove the key");
        }
        final UnixSocketFile file = new UnixSocketFile(path);
        open(
                new DomainSocketAddress(file.prepare().toString()),
                "listen.unix_socket",
                IoTransport.unix(),
                services,
                health);
        unixSocket = file;
        file.publish();
    }

    private Server open(
            final SocketAddress address,
            final String key,
            final ChannelFactory<ServerChannel> channels,
            final List<ServerServiceDefinition> services,
            final @Nullable BindableService health) {
        final ConnectionLimit limit = new ConnectionLimit(config.limits().maxConnections());
        final NettyServerBuilder builder = ServerFactory.forDecisions(config, address)
                .bossEventLoopGroup(acceptors)
                .workerEventLoopGroup(loops.group())
                .channelFactory(limit.around(channels));
        services.forEach(builder::addService);
        if (health != null) {
            builder.addService(ServerInterceptors.intercept(health, watches));
        }
        final Server server = builder.build();
        ServerFactory.start(server, address, key);
        servers.add(server);
        connections.add(limit);
        return server;
    }

    /** {@return where decisions are answered over TCP, with the real port} */
    public @Nullable InetSocketAddress tcpAddress() {
        return tcpAddress;
    }

    /** {@return the Unix domain socket} */
    public @Nullable Path unixSocket() {
        return unixSocket == null ? null : unixSocket.path();
    }

    /** {@return the counters of all event loops} */
    public List<LaneCounters> counters() {
        return loops.counters();
    }

    /** {@return what became of descriptors of Envoy's rate limit service} */
    public LimitCounts rateLimitCounts() {
        return rateLimits.counts();
    }

    /** {@return connections open now} */
    public int connectionCount() {
        return connections.stream().mapToInt(ConnectionLimit::openCount).sum();
    }

    /** {@return connections refused because there were too many} */
    public long refusedConnectionCount() {
        return connections.stream().mapToLong(ConnectionLimit::refusedCount).sum();
    }

    /** {@return messages refused by the transport: wrongly framed, wrongly compressed, longer than any limit} */
    public long refusedMessageCount() {
        return TransportNoise.refusedCount();
    }

    /**
     * Stops: no new connections, new questions answered DENY / OVERLOADED, streams and health watches ended, calls in
     * flight finished.
     *
     * @param timeoutNs patience for calls in flight
     * @return whether all were finished in time
     */
    public boolean drain(final long timeoutNs) {
        edge.drain();
        servers.forEach(Server::shutdown);
        loops.endStreams(timeoutNs);
        watches.end();
        final long deadlineNs = System.nanoTime() + timeoutNs;
        boolean finished = true;
        for (final Server server : servers) {
            finished &= awaitTermination(server, deadlineNs - System.nanoTime());
        }
        return finished;
    }

    /** Sheds new questions and goes on listening; for tests. */
    void drainEdge() {
        edge.drain();
    }

    private static boolean awaitTermination(final Server server, final long timeoutNs) {
        try {
            return server.awaitTermination(Math.max(0, timeoutNs), TimeUnit.NANOSECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Cuts what is left and ends the threads. Again is harmless.
     *
     * @return whether all threads have ended: nothing here reads a snapshot any more
     */
    public boolean stop() {
        return close(config.shutdown().drainTimeoutMs() * NS_PER_MS);
    }

    @Override
    public void close() {
        stop();
    }

    private boolean close(final long timeoutNs) {
        servers.forEach(Server::shutdownNow);
        final long deadlineNs = System.nanoTime() + timeoutNs;
        servers.forEach(server -> awaitTermination(server, deadlineNs - System.nanoTime()));
        if (unixSocket != null) {
            unixSocket.remove();
        }
        acceptors.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
        return loops.stop();
    }
}
