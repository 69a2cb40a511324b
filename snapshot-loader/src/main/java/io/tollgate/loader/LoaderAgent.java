/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.loader.LoaderStatus.Phase;
import io.tollgate.loader.freshness.ClockJump;
import io.tollgate.loader.freshness.ClockWatchdog;
import io.tollgate.loader.freshness.LoaderClock;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.loader.transfer.StagedSnapshot;
import io.tollgate.loader.transfer.VerifiedManifest;
import io.tollgate.v1.PullSnapshotRequest;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.Agent;

/**
 * The loader's duty cycle: clock, messages, heartbeat, transfer, one bounded step of an installation, housekeeping. Nothing in it waits,
 * so heartbeats go on while a snapshot is being installed.
 *
 * <pre>
 *              PULL_SNAPSHOT             all chunks verified            INSTALLED written
 *   heartbeat ---------------&gt; pulling ---------------------&gt; installing -----------------&gt; activate, ask again at once
 *       ^                         | broken: resume after backoff  | refused, disk full: keep the last good one, backoff
 *       +-------------------------+-------------------------------+
 * </pre>
 */
final class LoaderAgent implements Agent, Installing.Host, Transfer.Host {
    static final String NAME = "tollgate-loader";

    private static final int MESSAGES_PER_CYCLE = 8;
    private static final long HOUSEKEEPING_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONGEST_REFUSAL_BACKOFF_NS = TimeUnit.MINUTES.toNanos(5);
    private static final System.Logger LOG = Loggers.LOADER;

    private final LoaderContext context;
    private final LoaderClock clock;
    private final Inbox inbox;
    private final StatusBoard board;
    private final Residence residence;
    private final ClockWatchdog watchdog;
    private final OnceLog trouble = new OnceLog();
    private final Sync sync;
    private final Transfer transfer;
    private final Installing installing;

    private long housekeepingAtNs;

    LoaderAgent(LoaderContext context, StatusBoard board, Residence residence) {
        this.context = context;
        this.clock = context.clock();
        this.board = board;
        this.residence = residence;
        this.inbox = new Inbox();
        this.watchdog = new ClockWatchdog(clock, this::timeJumped);
        this.installing = new Installing(context, residence, this);
        Timings timings = Timings.of(context.timing());
        this.transfer = new Transfer(
                        context.client(),
                        inbox,
                        clock,
                        backoff(timings),
                        new Backoff(
                                timings.firstBackoffNs(),
                                Math.max(LONGEST_REFUSAL_BACKOFF_NS, timings.longestBackoffNs()),
                                context.random()),
                        residence.stagingArea(),
                        residence.manifestCheck(),
                        this)
                .idleTimeoutNs(timings.transferIdleNs());
        this.housekeepingAtNs = clock.monotonicNs();
        this.sync = new Sync(context, board, residence, trouble, inbox, timings, transfer);
    }

    private Backoff backoff(Timings timings) {
        return new Backoff(timings.firstBackoffNs(), timings.longestBackoffNs(), context.random());
    }

    @Override
    public String roleName() {
        return NAME;
    }

    @Override
    public void onStart() {
        try {
            transfer.recover();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot take up a half-received snapshot: {0}", e.toString());
        }
    }

    @Override
    public int doWork() {
        watchdog.tick();
        int work = inbox.drain(MESSAGES_PER_CYCLE);
        long nowNs = clock.monotonicNs();
        work += sync.poll(nowNs, !installing.isBeingJudged());
        work += transfer.poll(nowNs, installing.isIdle());
        work += installing.poll(!sync.areDeltasBeingJudged());
        work += residence.upkeep().repairSome(residence.worlds().current());
        if (nowNs - housekeepingAtNs >= 0) {
            housekeepingAtNs = nowNs + HOUSEKEEPING_NS;
            work += residence.housekeep();
            board.countersHealed(residence.upkeep().countersHealed());
            lookAtTrust();
        }
        showProgress();
        return work;
    }

    @Override
    public void onClose() {
        sync.close();
        try {
            transfer.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "closing a half-received snapshot: {0}", e.toString());
        }
        installing.abandon();
    }

    /** What was refused is looked at again at once: somebody allows it now. Any thread. */
    void retryRefused() {
        inbox.add(() -> {
            transfer.retryNow();
            sync.askNow();
        });
    }

    private void lookAtTrust() {
        String news = residence.lookAtTrust();
        board.distrust(residence.distrust());
        if (!news.isEmpty()) {
            refused(installed(), "it is active and no longer trusted, decisions count it as stale: " + news);
        }
    }

    @Override
    public void activated(SnapshotVersion version) {
        transfer.installSucceeded(version);
        trouble.clear();
        LOG.log(System.Logger.Level.INFO, "snapshot {0} is active", version);
        boolean confirmed = sync.snapshotActivated();
        board.activated(residence.facts(confirmed));
        board.counters(residence.cells().count(), residence.countersWereReset());
    }

    @Override
    public void installRefused(SnapshotVersion version, String reason) {
        transfer.installFailed(true);
        refused(version, reason);
    }

    @Override
    public void installBroken(String cause) {
        transfer.installFailed(false);
        broken(cause);
    }

    private void showProgress() {
        if (!installing.isIdle()) {
            board.progress(Phase.INSTALLING, 0, 0);
        } else if (transfer.isIdle()) {
            board.progress(Phase.IDLE, 0, 0);
        } else {
            board.progress(Phase.PULLING, transfer.chunksReceived(), transfer.chunkCount());
        }
    }

    private void timeJumped(ClockJump jump) {
        if (jump.stepped()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the wall clock moved by {0} ms against the monotonic clock (set by hand, or the machine slept);"
                            + " epoch time follows",
                    Long.toString(TimeUnit.NANOSECONDS.toMillis(jump.wallStepNs())));
        }
        if (jump.paused()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the loader stood still for {0} ms (the process was stopped, or starved of processor time); evidence has"
                            + " aged meanwhile",
                    Long.toString(TimeUnit.NANOSECONDS.toMillis(jump.silenceNs())));
        }
        if (jump.wentBack()) {
            residence.upkeep().clockWentBack(-jump.wallStepNs());
        }
        if (jump.stepped() || jump.paused()) {
            // whatever was asked before is answered for a moment long gone
            sync.askNow();
        }
        board.timeJumped(jump, clock.wallMs());
    }

    // ---- transfer

    @Override
    public SnapshotVersion installed() {
        return residence.version();
    }

    @Override
    public String installedSha256Hex() {
        return residence.sha256Hex();
    }

    @Override
    public SnapshotVersion highest() {
        return residence.highest();
    }

    @Override
    public void requireReachable(VerifiedManifest manifest) throws RefusedException {
        residence.deltas().requireReachable(manifest);
    }

    @Override
    public PullSnapshotRequest pullQuestion() {
        return PullSnapshotRequest.newBuilder()
                .setSidecar(Sync.identity(context))
                .setBundle(context.bundle())
                .build();
    }

    @Override
    public void staged(StagedSnapshot snapshot) {
        installing.begin(snapshot);
    }

    @Override
    public void refused(SnapshotVersion version, String cause) {
        board.refused(version, cause, clock.wallMs());
        trouble.warn("snapshot " + version + " refused, " + kept() + ": " + cause);
    }

    @Override
    public void broken(String cause) {
        board.failed(cause, clock.wallMs());
        trouble.warn(cause + "; " + kept());
    }

    private String kept() {
        return installed().equals(SnapshotVersion.NONE)
                ? "there is no snapshot to fall back on"
                : "snapshot " + installed() + " stays active";
    }
}
