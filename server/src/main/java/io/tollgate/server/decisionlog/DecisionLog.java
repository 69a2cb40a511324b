/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import io.tollgate.server.config.DecisionLogConfig;
import io.tollgate.server.lifecycle.SidecarStartException;
import io.tollgate.v1.TailDecisionsRequest;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.function.LongSupplier;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * The decision log of a sidecar. All methods are for any thread. Close it when the event loops have ended: what they logged is still
 * written.
 */
public final class DecisionLog implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("tollgate.server.decisionlog");
    private static final long IDLE_MS = 2;
    private static final int CLOSE_MS = 15_000;

    private final LogControl control;
    private final LogTotals totals = new LogTotals();
    private final Followers followers = new Followers();
    private final LogAgent agent;
    private final boolean enabled;
    private @Nullable AgentRunner runner;

    private DecisionLog(
            final DecisionLogConfig config, final String sidecarId, final String bootId, final Surroundings around)
            throws IOException {
        enabled = config.isEnabled();
        control = new LogControl(config, around.epochMs());
        final FileSink file =
                config.file() == null ? null : new FileSink(config.file(), config, around.opener(), totals);
        final OtlpSink otlp = config.otlp() == null ? null : new OtlpSink(config.otlp(), sidecarId, bootId, totals);
        agent = new LogAgent(
                control,
                new EntryReader(sidecarId, bootId, new Masker(config.masked())),
                totals,
                followers,
                file,
                otlp,
                around.monotonicNs());
    }

    /**
     * What it stands on; tests put in their own.
     *
     * @param epochMs     time of day
     * @param monotonicNs for retries
     * @param opener      of files
     */
    record Surroundings(LongSupplier epochMs, LongSupplier monotonicNs, LogFile.Opener opener) {}

    /**
     * Opens the file, without starting.
     *
     * @param sidecarId stands in every entry
     * @param bootId    likewise
     * @throws SidecarStartException when the file cannot be used
     */
    public static DecisionLog open(final DecisionLogConfig config, final String sidecarId, final String bootId) {
        return open(
                config,
                sidecarId,
                bootId,
                new Surroundings(System::currentTimeMillis, System::nanoTime, DiskLogFile::open));
    }

    static DecisionLog open(
            final DecisionLogConfig config, final String sidecarId, final String bootId, final Surroundings around) {
        try {
            return new DecisionLog(config, sidecarId, bootId, around);
        } catch (final IOException | RuntimeException e) {
            throw new SidecarStartException("decision_log: cannot start: " + e + "; check decision_log.file ("
                    + config.file() + ") and the files of decision_log.otlp");
        }
    }

    /** Starts the thread. */
    public synchronized DecisionLog start() {
        final AgentRunner started = new AgentRunner(
                new SleepingMillisIdleStrategy(IDLE_MS),
                fault -> LOG.log(Level.ERROR, "the decision log failed and goes on", fault),
                null,
                agent);
        AgentRunner.startOnThread(started, task -> {
            final Thread thread = new Thread(task, LogAgent.NAME);
            thread.setDaemon(true);
            return thread;
        });
        runner = started;
        return this;
    }

    /** {@return the near side for one more event loop} */
    public LaneLog newLane() {
        final LaneLog lane = new LaneLog(control);
        agent.add(lane);
        return lane;
    }

    /** Sends entries from now on, and those still remembered where the request says since when. */
    public void follow(final TailDecisionsRequest request, final FollowerPipe pipe) {
        followers.add(request, pipe);
        control.active = true;
    }

    /** {@return how it does} */
    public DecisionLogFacts facts() {
        return new DecisionLogFacts(
                enabled,
                control.healthy,
                totals.sequence(),
                totals.written(),
                totals.lost(),
                totals.exported(),
                totals.lengthBytes(),
                followers.count(),
                totals.failure().cause(),
                totals.failure().atMs());
    }

    /** One turn on the caller's thread, instead of a thread of its own; for tests. */
    int turn() {
        return agent.doWork();
    }

    @Override
    public synchronized void close() {
        final AgentRunner started = runner;
        if (started == null) {
            agent.onClose();
        } else {
            started.close(CLOSE_MS, thread -> LOG.log(Level.WARNING, thread.getName() + " does not end"));
        }
    }
}
