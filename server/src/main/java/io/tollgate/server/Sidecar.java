/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import io.grpc.protobuf.services.HealthStatusManager;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decide.DecisionListeners;
import io.tollgate.server.decide.FaultLog;
import io.tollgate.server.decide.NoSnapshotEvaluator;
import io.tollgate.server.lifecycle.SidecarState;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A running sidecar. Start it, read {@link #addresses()}, close it; all methods are for any thread.
 *
 * <p>Its listeners open at once. Until a snapshot is active every decision is DENY / SNAPSHOT_MISSING, and {@link #state()} is STARTING.
 */
public final class Sidecar implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("tollgate.server");

    private final SidecarConfig config;
    private final DecisionListeners decisions;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch ready = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile SidecarState state = SidecarState.STARTING;

    private Sidecar(final SidecarConfig config) {
        this.config = config;
        final HealthStatusManager health = new HealthStatusManager();
        decisions = new DecisionListeners(
                config,
                Long.toHexString(System.nanoTime()),
                NoSnapshotEvaluator::new,
                health.getHealthService(),
                new FaultLog(LOG, System::nanoTime));
    }

    /**
     * Opens everything.
     *
     * @throws io.tollgate.server.lifecycle.SidecarStartException when an address or a file cannot be used, saying which and what to do
     */
    public static Sidecar start(final SidecarConfig config) {
        return new Sidecar(config);
    }

    /** {@return where it answers} */
    public SidecarAddresses addresses() {
        return new SidecarAddresses(decisions.tcpAddress(), decisions.unixSocket(), null, null);
    }

    /** {@return what it was told} */
    public SidecarConfig config() {
        return config;
    }

    /** {@return what it is doing} */
    public SidecarState state() {
        return state;
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

    /** Drains and closes; returns when all is closed. Again is harmless and waits for the first. */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            state = SidecarState.DRAINING;
            decisions.drain(config.shutdown().drainTimeoutMs() * 1_000_000L);
            decisions.close();
            closed.countDown();
        }
    }
}
