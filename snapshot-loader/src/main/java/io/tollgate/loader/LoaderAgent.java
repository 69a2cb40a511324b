/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import com.google.protobuf.ByteString;
import io.tollgate.core.world.World;
import io.tollgate.loader.ActivationJudge.Candidate;
import io.tollgate.loader.ActivationJudge.Trial;
import io.tollgate.loader.LoaderStatus.Phase;
import io.tollgate.loader.freshness.ClockJump;
import io.tollgate.loader.freshness.ClockWatchdog;
import io.tollgate.loader.freshness.LoaderClock;
import io.tollgate.loader.install.Installation;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.loader.transfer.StagedSnapshot;
import io.tollgate.loader.transfer.VerifiedManifest;
import io.tollgate.v1.Heartbeat;
import io.tollgate.v1.PullDeltasRequest;
import io.tollgate.v1.PullSnapshotRequest;
import io.tollgate.v1.SidecarIdentity;
import io.tollgate.v1.SyncState;
import java.io.IOException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

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
final class LoaderAgent implements Agent, Heartbeats.Host, Transfer.Host {
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
    private final Confirmations confirmations;
    private final Heartbeats heartbeats;
    private final Transfer transfer;
    private final SidecarIdentity identity;

    private @Nullable Installation installation;
    /** Of a finished installation; null = not begun. */
    private @Nullable Trial trial;

    private long housekeepingAtNs;
    private String lastTrouble = "";

    LoaderAgent(LoaderContext context, StatusBoard board, Residence residence) {
        this.context = context;
        this.clock = context.clock();
        this.board = board;
        this.residence = residence;
        this.inbox = new Inbox();
        this.watchdog = new ClockWatchdog(clock, this::timeJumped);
        this.confirmations = new Confirmations(residence.ages());
        this.identity = SidecarIdentity.newBuilder()
                .setSidecarId(context.sidecarId())
                .setBootId(context.bootId())
                .setBuild(context.build())
                .build();
        Timings timings = Timings.of(context.timing());
        this.heartbeats = new Heartbeats(context.client(), inbox, clock, backoff(timings), timings, this);
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
        context.client().onReachable(() -> inbox.add(heartbeats::reachable));
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
        work += heartbeats.poll(nowNs);
        work += transfer.poll(nowNs, installation == null);
        work += installSome();
        work += residence.repairSome();
        if (nowNs - housekeepingAtNs >= 0) {
            housekeepingAtNs = nowNs + HOUSEKEEPING_NS;
            work += residence.housekeep();
            board.countersHealed(residence.countersHealed());
            lookAtTrust();
        }
        showProgress();
        return work;
    }

    @Override
    public void onClose() {
        heartbeats.close();
        try {
            transfer.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "closing a half-received snapshot: {0}", e.toString());
        }
        abandonInstallation();
    }

    private int installSome() {
        Installation running = installation;
        if (running == null) {
            return 0;
        }
        SnapshotVersion version = running.version();
        try {
            if (trial != null ? trial.step() : running.step() && isAcceptable(running)) {
                endTrial();
                residence.prepareActivation(running);
                installation = null;
                activate(running);
            }
        } catch (RefusedException e) {
            abandonInstallation();
            transfer.installFailed(true);
            refused(version, e.reason());
        } catch (IOException | RuntimeException e) {
            abandonInstallation();
            transfer.installFailed(false);
            broken("cannot install snapshot " + version + ": " + Causes.of(e));
        }
        return 1;
    }

    /** Whether a finished installation may be activated at once; if not, the trial goes on in the next cycles. */
    private boolean isAcceptable(Installation finished) throws RefusedException {
        World live = residence.worlds().current();
        if (live == null) {
            return true;
        }
        VerifiedManifest manifest = finished.manifest();
        Trial begun = context.judge()
                .begin(
                        live,
                        new Candidate(
                                manifest.version(),
                                manifest.manifest().getDeltaSequence(),
                                false,
                                finished.result().world()));
        trial = begun;
        return begun.step();
    }

    private void endTrial() {
        Trial ended = trial;
        trial = null;
        if (ended != null) {
            ended.close();
        }
    }

    /** What was refused is looked at again at once: somebody allows it now. Any thread. */
    void retryRefused() {
        inbox.add(transfer::retryNow);
    }

    private void lookAtTrust() {
        String news = residence.lookAtTrust();
        board.distrust(residence.distrust());
        if (!news.isEmpty()) {
            refused(installed(), "it is active and no longer trusted, decisions count it as stale: " + news);
        }
    }

    private void activate(Installation finished) {
        residence.activate(finished);
        transfer.installSucceeded(finished.version());
        lastTrouble = "";
        boolean confirmed = confirmations.activated(finished.version());
        if (confirmed) {
            residence.confirmed();
        }
        LOG.log(System.Logger.Level.INFO, "snapshot {0} is active", finished.version());
        board.activated(residence.facts(confirmed));
        board.counters(residence.cells().count(), residence.countersWereReset());
        heartbeats.askNow();
    }

    private void abandonInstallation() {
        endTrial();
        Installation running = installation;
        installation = null;
        if (running != null) {
            running.abandon();
        }
    }

    private void showProgress() {
        if (installation != null) {
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
            residence.clockWentBack(-jump.wallStepNs());
        }
        if (jump.stepped() || jump.paused()) {
            // whatever was asked before is answered for a moment long gone
            heartbeats.askNow();
        }
        board.timeJumped(jump, clock.wallMs());
    }

    // ---- heartbeats

    @Override
    public PullDeltasRequest question() {
        SnapshotVersion installed = installed();
        return PullDeltasRequest.newBuilder()
                .setSidecar(identity)
                .setBundle(context.bundle())
                .setEpoch(installed.epoch())
                .setSnapshotVersion(installed.version())
                .setManifestSha256(ByteString.copyFrom(HexFormat.of().parseHex(installedSha256Hex())))
                .build();
    }

    @Override
    public void answered(PullDeltasRequest question, Heartbeat answer, long sentNs, long sentWallMs) {
        board.answered(clock.wallMs());
        SnapshotVersion asked = new SnapshotVersion(question.getEpoch(), question.getSnapshotVersion());
        SnapshotVersion newest = newestOf(answer);
        switch (answer.getState()) {
            case SYNC_STATE_CURRENT -> {
                if (asked.equals(SnapshotVersion.NONE) || !newest.equals(asked)) {
                    failed("the answer says that snapshot " + asked + " is current and the newest is " + newest
                            + "; it proves nothing");
                    return;
                }
                transfer.wantNothing();
                if (!residence.distrust().isEmpty()) {
                    failed("snapshot " + asked
                            + " is the newest, and no longer trusted; it must be published again with a"
                            + " trusted key");
                    return;
                }
                confirmations.current(sentNs, sentWallMs, answer);
                residence.confirmed();
                board.confirmed();
            }
            case SYNC_STATE_PULL_SNAPSHOT, SYNC_STATE_DELTAS -> {
                // Deltas are not applied by this version: the whole snapshot is the way to the newest state.
                confirmations.behind(newest, sentNs, sentWallMs, answer);
                transfer.want(newest);
            }
            default -> failed("the answer has state number " + answer.getStateValue() + ", which is not known here");
        }
    }

    @Override
    public void news(Heartbeat news) {
        SnapshotVersion newest = newestOf(news);
        if (news.getState() == SyncState.SYNC_STATE_PULL_SNAPSHOT && newest.isNewerThan(installed())) {
            transfer.want(newest);
        }
    }

    @Override
    public void failed(String cause) {
        board.callFailed(heartbeats.consecutiveFailures(), cause, clock.wallMs());
        logOnce("control plane: " + cause);
    }

    private static SnapshotVersion newestOf(Heartbeat answer) {
        return new SnapshotVersion(answer.getEpoch(), answer.getNewestVersion());
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
    public PullSnapshotRequest pullQuestion() {
        return PullSnapshotRequest.newBuilder()
                .setSidecar(identity)
                .setBundle(context.bundle())
                .build();
    }

    @Override
    public void staged(StagedSnapshot snapshot) {
        installation = residence.beginInstallation(snapshot);
    }

    @Override
    public void refused(SnapshotVersion version, String cause) {
        board.refused(version, cause, clock.wallMs());
        logOnce("snapshot " + version + " refused, " + kept() + ": " + cause);
    }

    @Override
    public void broken(String cause) {
        board.failed(cause, clock.wallMs());
        logOnce(cause + "; " + kept());
    }

    private String kept() {
        return installed().equals(SnapshotVersion.NONE)
                ? "there is no snapshot to fall back on"
                : "snapshot " + installed() + " stays active";
    }

    /** The same trouble, every few seconds, is one line. */
    private void logOnce(String trouble) {
        if (!trouble.equals(lastTrouble)) {
            lastTrouble = trouble;
            LOG.log(System.Logger.Level.WARNING, trouble);
        }
    }
}
