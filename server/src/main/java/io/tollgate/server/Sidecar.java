/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import io.tollgate.core.engine.DecisionEngine;
import io.tollgate.core.engine.DecisionWorker;
import io.tollgate.core.quota.CellRepair;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.world.World;
import io.tollgate.loader.LoaderListener;
import io.tollgate.loader.journal.UsageJournal;
import io.tollgate.server.admin.AdminListener;
import io.tollgate.server.admin.HttpListener;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decide.DecisionListeners;
import io.tollgate.server.decide.EngineEvaluator;
import io.tollgate.server.decide.FaultLog;
import io.tollgate.server.decisionlog.DecisionLog;
import io.tollgate.server.dryrun.DryRun;
import io.tollgate.server.lifecycle.Readiness;
import io.tollgate.server.lifecycle.SidecarStartException;
import io.tollgate.server.lifecycle.SidecarState;
import io.tollgate.server.lifecycle.SnapshotFeed;
import io.tollgate.server.metrics.Metrics;
import io.tollgate.server.metrics.SettlementCounters;
import io.tollgate.server.warmup.WarmUp;
import io.tollgate.server.warmup.WarmUpQuestions;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.Listener;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * A running sidecar. Start it, read {@link #addresses()}, close it; all methods are for any thread.
 *
 * <p>Its listeners open at once. Until a snapshot is active every decision is DENY / SNAPSHOT_MISSING, and
 * {@link #state()} is STARTING.
 */
public final class Sidecar implements AutoCloseable {
    /**
     * Decision workers besides those of the event loops: the warm-up's, the one that samples its questions, the admin
     * address's.
     */
    private static final int OTHER_WORKERS = 2 + AdminListener.WORKERS;

    private static final System.Logger LOG = System.getLogger("tollgate.server");
    private static final long NS_PER_MS = 1_000_000L;
    private static final long WATCH_INTERVAL_MS = 50;
    private static final long SWEEP_INTERVAL_MS = 20;
    private static final int WATCH_CLOSE_MS = 10_000;

    private final SidecarConfig config;
    private final Readiness readiness = new Readiness();
    private final FaultLog faults = new FaultLog(System.getLogger("tollgate.server.decide"), System::nanoTime);
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch ready = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final SnapshotFeed feed;
    private final DecisionEngine engine;
    private final DecisionLog log;
    private final DecisionListeners decisions;
    private final Metrics metrics;
    private final @Nullable AdminListener admin;
    private final @Nullable HttpListener http;
    private final AgentRunner watch;
    private final AgentRunner sweeper;

    private Sidecar(final SidecarConfig config, final String bootId, final IntFunction<SnapshotFeed> feeds) {
        this.config = config;
        final int workers = config.transport().eventLoops() + OTHER_WORKERS;
        // and one for who ends reservations, for who heals counters, for the dry run, for who reads counters
        final InFlight inFlight = new InFlight(workers + 4);
        final List<AutoCloseable> opened = new ArrayList<>();
        try {
            feed = opening(opened, feeds.apply(workers));
            final UsageJournal journal = feed.journal();
            final DryRun dryRun = feed.dryRun();
            log = opening(opened, DecisionLog.open(config.decisionLog(), config.sidecarId(), bootId));
            engine = new DecisionEngine(
                    feed.worlds(),
                    feed.cells(),
                    inFlight,
                    feed.freshness(),
                    feed.clock(),
                    feed.reservations(),
                    journal == null ? null : journal.log());
            decisions = opening(
                    opened,
                    DecisionListeners.open(
                            config,
                            bootId,
                            () -> new EngineEvaluator(engine.newWorker(), config.sidecarId()).keeping(dryRun.keeper()),
                            readiness.healthService(),
                            faults,
                            new DecisionListeners.Surroundings(journal, log::newLane)));
            metrics = opening(opened, new Metrics(decisions::counters));
            SidecarMetrics.bind(metrics, decisions, feed, readiness);
            SidecarMetrics.bind(metrics, log);
            SidecarMetrics.bind(metrics, dryRun);
            admin = config.listen().admin() == null
                    ? null
                    : opening(opened, openAdmin(config.listen().admin(), bootId, inFlight));
            http = config.listen().http() == null
                    ? null
                    : opening(opened, new HttpListener(config, config.listen().http(), readiness, metrics::page));
            feed.repairWith(new CellRepair(feed.cells(), inFlight, workers + 1));
            dryRun.join(engine, feed.clock(), workers + 2, feed::retryRefused);
            log.start();
            feed.start();
            watch = startWatch();
            sweeper = start(new ReservationSweep(engine.newSweeper(workers), feed), SWEEP_INTERVAL_MS);
        } catch (final RuntimeException e) {
            closeReversed(opened);
            throw e;
        }
    }

    private AdminListener openAdmin(final InetSocketAddress address, final String bootId, final InFlight inFlight) {
        return new AdminListener(
                address,
                new AdminListener.Subject(
                        config,
                        bootId,
                        Build.version(),
                        readiness,
                        feed,
                        engine,
                        inFlight,
                        metrics,
                        this::listeners,
                        log));
    }

    private AgentRunner startWatch() {
        final DecisionWorker sampler = engine.newWorker();
        final EngineEvaluator warming = new EngineEvaluator(engine.newWorker(), config.sidecarId());
        final SidecarWatch agent = new SidecarWatch(feed, readiness, () -> warmUp(sampler, warming), ready::countDown);
        return start(agent, WATCH_INTERVAL_MS);
    }

    private static AgentRunner start(final Agent agent, final long intervalMs) {
        final AgentRunner runner = new AgentRunner(
                new SleepingMillisIdleStrategy(intervalMs),
                fault -> LOG.log(Level.ERROR, agent.roleName() + " failed", fault),
                null,
                agent);
        AgentRunner.startOnThread(runner, task -> {
            final Thread thread = new Thread(task, agent.roleName());
            thread.setDaemon(true);
            return thread;
        });
        return runner;
    }

    /**
     * Opens everything.
     *
     * @throws SidecarStartException when an address or a file cannot be used, saying which and what to do
     */
    public static Sidecar start(final SidecarConfig config) {
        return start(config, List.of());
    }

    /**
     * Opens everything.
     *
     * @param listeners told of snapshots and of the talk with the control plane, on the loader's thread
     * @throws SidecarStartException when an address or a file cannot be used, saying which and what to do
     */
    public static Sidecar start(final SidecarConfig config, final List<LoaderListener> listeners) {
        final String bootId = BootId.next();
        return start(config, bootId, workers -> LoaderFeed.open(config, bootId, workers, listeners));
    }

    /** Opens everything on another feed; for tests. */
    static Sidecar start(final SidecarConfig config, final String bootId, final IntFunction<SnapshotFeed> feeds) {
        final Sidecar sidecar = new Sidecar(config, bootId, feeds);
        LOG.log(
                Level.INFO,
                () -> "sidecar " + config.sidecarId() + " answers: "
                        + sidecar.listeners().stream()
                                .map(listener -> listener.getName() + " " + listener.getAddress())
                                .toList());
        return sidecar;
    }

    /** {@return where it answers} */
    public SidecarAddresses addresses() {
        return new SidecarAddresses(
                decisions.tcpAddress(),
                decisions.unixSocket(),
                admin == null ? null : admin.address(),
                http == null ? null : http.address());
    }

    private List<Listener> listeners() {
        final SidecarAddresses at = addresses();
        final List<Listener> listeners = new ArrayList<>();
        add(listeners, "decisions", at.decisions());
        add(listeners, "decisions (unix)", at.unixSocket());
        add(listeners, "admin", at.admin());
        add(listeners, "http", at.http());
        return listeners;
    }

    private static void add(final List<Listener> listeners, final String name, final @Nullable Object address) {
        if (address != null) {
            final String text = address instanceof InetSocketAddress inet
                    ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                    : address.toString();
            listeners.add(Listener.newBuilder().setName(name).setAddress(text).build());
        }
    }

    /** {@return what it was told} */
    public SidecarConfig config() {
        return config;
    }

    /** {@return what it is doing} */
    public SidecarState state() {
        return readiness.view().state();
    }

    /** {@return why it is not READY, for an operator; empty when it is} */
    public String stateCause() {
        return readiness.view().cause();
    }

    /**
     * Waits until it has been ready once: snapshot active, fresh, warmed up.
     *
     * @return whether that came in time
     */
    public boolean awaitReady(final long timeoutMs) throws InterruptedException {
        return ready.await(timeoutMs, TimeUnit.MILLISECONDS);
    }

    /** Waits until it is closed. */
    public void awaitClosed() throws InterruptedException {
        closed.await();
    }

    /** Closes this sidecar when the process gets SIGTERM or SIGINT. */
    public void closeOnSignal() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "tollgate-shutdown"));
    }

    private void warmUp(final DecisionWorker sampler, final EngineEvaluator warming) {
        if (config.warmUp().decisions() == 0 || config.warmUp().maxMs() == 0) {
            return;
        }
        final long startedNs = System.nanoTime();
        try {
            final List<DecideRequest> questions = questions(sampler);
            final long answered = new WarmUp(config, warming, faults, closing::get).run(questions);
            LOG.log(
                    Level.INFO,
                    () -> "warmed up with " + answered + " synthetic decisions in "
                            + (System.nanoTime() - startedNs) / NS_PER_MS + " ms");
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (final IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "not warmed up, the first callers wait longer: " + e);
        }
    }

    private static List<DecideRequest> questions(final DecisionWorker sampler) {
        try {
            final World world = sampler.begin();
            return world == null ? List.of(DecideRequest.getDefaultInstance()) : WarmUpQuestions.of(world);
        } finally {
            sampler.end();
        }
    }

    /**
     * Leaves in order: readiness turns NOT_SERVING, answers go on for the lame-duck time; then new questions are shed,
     * calls in flight finish or are cut at the drain timeout, and everything is closed in reverse order of opening.
     * Returns when all is closed; again is harmless and waits for the first.
     */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            awaitFirstClose();
            return;
        }
        final boolean used = state() == SidecarState.READY || state() == SidecarState.STALE;
        readiness.change(SidecarState.DRAINING, "shutting down");
        LOG.log(Level.INFO, "sidecar is DRAINING");
        if (used) {
            sleep(config.shutdown().lameDuckMs());
        }
        readiness.shedding();
        if (!decisions.drain(config.shutdown().drainTimeoutMs() * NS_PER_MS)) {
            LOG.log(
                    Level.WARNING,
                    "calls were cut at the drain timeout of "
                            + config.shutdown().drainTimeoutMs() + " ms (shutdown.drain_timeout_ms)");
        }
        closeParts();
        LOG.log(Level.INFO, "sidecar is closed");
        closed.countDown();
    }

    private void closeParts() {
        watch.close(WATCH_CLOSE_MS, thread -> LOG.log(Level.WARNING, thread.getName() + " does not end"));
        sweeper.close(WATCH_CLOSE_MS, thread -> LOG.log(Level.WARNING, thread.getName() + " does not end"));
        boolean ended = watch.isClosed() && sweeper.isClosed();
        if (http != null) {
            http.close();
        }
        ended &= admin == null || admin.stop();
        tellUnsettled();
        metrics.close();
        ended &= decisions.stop();
        log.close();
        if (ended) {
            feed.close();
        } else {
            // Unmapping memory under a running reader would end the process without a word.
            LOG.log(
                    Level.WARNING,
                    "a thread that reads the snapshot does not end; the snapshot stays open until the process ends");
        }
    }

    private void tellUnsettled() {
        final long waiting = metrics.settling(SettlementCounters::waitingCount);
        if (waiting > 0) {
            LOG.log(
                    Level.WARNING,
                    waiting
                            + " ends of reservations that Envoy's access log brought could not be done before the stop; these"
                            + " reservations end by their expiry");
        }
    }

    private void awaitFirstClose() {
        try {
            closed.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void sleep(final long ms) {
        try {
            Thread.sleep(ms);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T extends AutoCloseable> T opening(final List<AutoCloseable> opened, final T part) {
        opened.add(part);
        return part;
    }

    private static void closeReversed(final List<AutoCloseable> opened) {
        for (int i = opened.size() - 1; i >= 0; i--) {
            try {
                opened.get(i).close();
            } catch (final Exception e) {
                LOG.log(Level.WARNING, "closing after a failed start", e);
            }
        }
    }
}
