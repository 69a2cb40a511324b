/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import io.grpc.Server;
import io.tollgate.control.ledger.Ledger;
import io.tollgate.control.service.BundleCatalog;
import io.tollgate.control.service.DeltaWaits;
import io.tollgate.control.service.HealthPage;
import io.tollgate.control.service.SidecarTable;
import io.tollgate.control.service.SnapshotWaits;
import io.tollgate.control.signing.ManifestSigner;
import io.tollgate.control.watch.BundleWatcher;
import io.tollgate.v1.BundleStatus;
import io.tollgate.v1.LedgerStatus;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.CompositeAgent;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * A running control plane: compiles and watches bundles, publishes snapshots, serves sidecars and operators.
 *
 * <pre>{@code
 * try (ControlPlane plane = ControlPlane.start(ControlPlaneConfig.of(bundleDir, stateDir), listener)) {
 *     plane.await();
 * }
 * }</pre>
 *
 * <p>It starts even when a bundle has errors: then it serves what was published before, or is not ready, and waits for the mending edit.
 * Methods may be called by any thread.
 */
public final class ControlPlane implements AutoCloseable {
    private static final Logger LOG = System.getLogger("tollgate.control");
    private static final int AGENT_PAUSE_MS = 10;
    private static final long STOP_SECONDS = 5;

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<AgentRunner> agents = new ArrayList<>();
    private final BundleCatalog catalog;
    private final Server server;
    private final @Nullable HealthPage health;
    private final GrpcHealth grpcHealth;
    private final Ledger ledger;

    private ControlPlane(ControlPlaneConfig config, ControlPlaneListener listener, InstantSource clock)
            throws IOException {
        LongSupplier clockNs = System::nanoTime;
        try {
            Files.createDirectories(config.stateDir());
            toClose.add(StateLock.take(config.stateDir()));
            DeltaWaits waits = new DeltaWaits(clockNs, config.limits().maxWaits());
            SnapshotWaits snapshotWaits = new SnapshotWaits(clockNs);
            SignalledIdle push = new SignalledIdle(AGENT_PAUSE_MS);
            SignalledIdle checkpoint = new SignalledIdle(AGENT_PAUSE_MS);
            Runnable news = () -> {
                waits.news();
                push.wake();
                checkpoint.wake();
            };
            BundleWatcher watcher = new BundleWatcher(clockNs, TimeUnit.MILLISECONDS.toNanos(config.watchIntervalMs()));
            BundleHost.Surroundings surroundings = new BundleHost.Surroundings(
                    config.stateDir(),
                    clock,
                    clockNs,
                    config.watch(),
                    listener,
                    signer(config),
                    config.publishing().retention(),
                    news);
            List<BundleHost> hosts = load(config, surroundings, watcher);
            catalog = new BundleCatalog(hosts);
            SidecarTable sidecars = new SidecarTable(clock);
            grpcHealth = new GrpcHealth(catalog);
            ledger = Ledger.open(config.stateDir().resolve("ledger"), config.ledger(), BundleNames.in(hosts), clock);
            toClose.add(ledger);
            server = GrpcServer.start(config, catalog, sidecars, waits, snapshotWaits, grpcHealth, ledger, toClose);
            run(new CompositeAgent(waits, snapshotWaits, grpcHealth), "tollgate-control-push", push);
            run(new Checkpoints(hosts), "tollgate-control-checkpoint", checkpoint);
            if (config.watch()) {
                run(watcher, watcher.roleName(), new SleepingMillisIdleStrategy(AGENT_PAUSE_MS));
            }
            InetSocketAddress http = config.httpAddress();
            health = http == null ? null : new HealthPage(http, catalog, this::isAlive, ledger);
            if (health != null) {
                toClose.add(health);
            }
            LOG.log(
                    Level.INFO,
                    "control plane listens on " + grpcAddress().getHostString() + ":"
                            + grpcAddress().getPort());
        } catch (IOException | RuntimeException e) {
            closeAll();
            throw e;
        }
    }

    /**
     * Compiles the bundles and starts to serve.
     *
     * @throws IOException when an address is taken, or the state directory is in use or cannot be written
     */
    public static ControlPlane start(ControlPlaneConfig config, ControlPlaneListener listener) throws IOException {
        return start(config, listener, InstantSource.system());
    }

    /** As {@link #start(ControlPlaneConfig, ControlPlaneListener)}, with another clock for what is written into snapshots. */
    static ControlPlane start(ControlPlaneConfig config, ControlPlaneListener listener, InstantSource clock)
            throws IOException {
        return new ControlPlane(config, listener, clock);
    }

    private static ManifestSigner signer(ControlPlaneConfig config) throws IOException {
        ManifestSigner signer = ManifestSigner.load(config.signing(), System.getenv());
        if (signer.isSigning()) {
            LOG.log(Level.INFO, "snapshots and deltas are signed by " + String.join(", ", signer.keyIds()));
        } else {
            LOG.log(
                    Level.WARNING,
                    "snapshots are NOT SIGNED (signing.keys is empty): sidecars refuse them, unless their configuration says"
                            + " trust.unsigned: allow, which is for development");
        }
        return signer;
    }

    private List<BundleHost> load(
            ControlPlaneConfig config, BundleHost.Surroundings surroundings, BundleWatcher watcher) throws IOException {
        List<BundleHost> hosts = new ArrayList<>();
        for (ControlPlaneConfig.Bundle bundle : config.bundles()) {
            BundleHost host = new BundleHost(bundle, surroundings);
            toClose.add(host);
            host.restore();
            watcher.watch(host.dir(), host);
            for (BundleHost other : hosts) {
                if (!host.id().isEmpty() && host.id().equals(other.id())) {
                    throw new ConfigException("bundles: " + other.dir() + " and " + host.dir() + " are both bundle '"
                            + host.id() + "'; give one of them another id in its tollgate.yaml");
                }
            }
            hosts.add(host);
        }
        return hosts;
    }

    private void run(Agent agent, String threadName, IdleStrategy idle) {
        AgentRunner runner = new AgentRunner(
                idle, error -> LOG.log(Level.ERROR, threadName + " goes on after an error", error), null, agent);
        agents.add(runner);
        toClose.add(runner);
        AgentRunner.startOnThread(runner, task -> {
            Thread thread = new Thread(task, threadName);
            thread.setDaemon(true);
            return thread;
        });
    }

    private boolean isAlive() {
        return agents.stream().noneMatch(AgentRunner::isClosed);
    }

    /** {@return where sidecars and operators call} */
    public InetSocketAddress grpcAddress() {
        return (InetSocketAddress) server.getListenSockets().get(0);
    }

    /** {@return where health is served over HTTP, if it is} */
    public Optional<InetSocketAddress> httpAddress() {
        return Optional.ofNullable(health).map(HealthPage::address);
    }

    /** {@return whether every bundle can be pulled} */
    public boolean isReady() {
        return catalog.isReady();
    }

    /** {@return the bundles, as ListBundles tells them} */
    public List<BundleStatus> bundles() {
        return catalog.all().stream().map(bundle -> bundle.status()).toList();
    }

    /** {@return how the ledger stands} */
    public LedgerStatus ledger() {
        return ledger.status();
    }

    /** Waits until it is closed. */
    public void await() throws InterruptedException {
        closed.await();
    }

    /** Ends waiting polls, lets pulls under way finish for a few seconds, stops all threads. */
    @Override
    public void close() {
        if (closed.getCount() == 0) {
            return;
        }
        grpcHealth.leave();
        server.shutdown();
        closeAll();
        closed.countDown();
    }

    private void closeAll() {
        for (int i = toClose.size() - 1; i >= 0; i--) {
            CloseHelper.quietClose(toClose.get(i));
        }
        toClose.clear();
    }

    /** {@return how long calls under way may go on after a stop} */
    static long stopSeconds() {
        return STOP_SECONDS;
    }
}
