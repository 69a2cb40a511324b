/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import com.google.protobuf.ByteString;
import io.tollgate.loader.delta.DeltaRefusedException;
import io.tollgate.loader.delta.DeltaRefusedException.Cause;
import io.tollgate.loader.delta.DeltaState;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.Heartbeat;
import io.tollgate.v1.PullDeltasRequest;
import io.tollgate.v1.SidecarIdentity;
import io.tollgate.v1.SyncState;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What the control plane's answers mean: deltas to apply, a snapshot to pull, or a confirmation. Loader's thread only.
 *
 * <p>When deltas lead no further (one is missing or does not hold, the states have come apart, too much has changed), the state in force
 * stays, unconfirmed, and a whole snapshot is wanted that contains the control plane's newest delta. Until it is there the same question is
 * asked again with growing waits, so that a bad delta costs little; if deltas apply again before, that is as good.
 */
final class Sync implements Heartbeats.Host, DeltaFlow.Host {
    private static final System.Logger LOG = Loggers.LOADER;

    private final LoaderContext context;
    private final StatusBoard board;
    private final Residence residence;
    private final Confirmations confirmations;
    private final OnceLog trouble;
    private final Heartbeats heartbeats;
    private final Backoff refusals;
    private final DeltaFlow flow;
    private final Wanted wanted;
    private final SidecarIdentity identity;

    /** Why a whole snapshot is needed; null = it is not. */
    private @Nullable Cause need;

    /** The transfer of snapshots. */
    interface Wanted {
        /**
         * The control plane says that this is the newest. Does nothing while a transfer runs.
         *
         * @param sequence the last delta that must be in what comes; 0 = any
         */
        void want(SnapshotVersion newest, long sequence);

        /** Nothing newer is wanted any more. */
        void wantNothing();
    }

    Sync(
            LoaderContext context,
            StatusBoard board,
            Residence residence,
            OnceLog trouble,
            Inbox inbox,
            Timings timings,
            Wanted wanted) {
        this.context = context;
        this.board = board;
        this.residence = residence;
        this.trouble = trouble;
        this.wanted = wanted;
        this.confirmations = new Confirmations(residence.ages());
        this.identity = identity(context);
        this.refusals = new Backoff(timings.firstBackoffNs(), timings.longestBackoffNs(), context.random());
        this.flow = new DeltaFlow(context, residence, this);
        this.heartbeats = new Heartbeats(
                context.client(),
                inbox,
                context.clock(),
                new Backoff(timings.firstBackoffNs(), timings.longestBackoffNs(), context.random()),
                timings,
                this);
        context.client().onReachable(() -> inbox.add(heartbeats::reachable));
    }

    static SidecarIdentity identity(LoaderContext context) {
        return SidecarIdentity.newBuilder()
                .setSidecarId(context.sidecarId())
                .setBootId(context.bootId())
                .setBuild(context.build())
                .build();
    }

    /**
     * One step.
     *
     * @param mayApply false = a snapshot is being judged; deltas wait
     */
    int poll(long nowNs, boolean mayApply) {
        return heartbeats.poll(nowNs) + flow.poll(mayApply);
    }

    boolean areDeltasBeingJudged() {
        return flow.isBeingJudged();
    }

    /** Asks again at once. */
    void askNow() {
        heartbeats.askNow();
    }

    void close() {
        heartbeats.close();
        flow.close();
    }

    /** Another snapshot is active. {@return whether that is confirmed} */
    boolean snapshotActivated() {
        refusals.onSuccess();
        healed();
        board.deltas().state(state());
        boolean confirmed = reached();
        heartbeats.askNow();
        return confirmed;
    }

    private DeltaState state() {
        return residence.deltas().state();
    }

    private void healed() {
        need = null;
        board.deltas().healed();
    }

    // ---- answers

    @Override
    public PullDeltasRequest question() {
        SnapshotVersion installed = residence.version();
        return PullDeltasRequest.newBuilder()
                .setSidecar(identity)
                .setBundle(context.bundle())
                .setEpoch(installed.epoch())
                .setSnapshotVersion(installed.version())
                .setManifestSha256(ByteString.copyFrom(HexFormat.of().parseHex(residence.sha256Hex())))
                .setDeltaSequence(state().sequence())
                .build();
    }

    @Override
    public void answered(PullDeltasRequest question, DeltaBatch answer, long sentNs, long sentWallMs) {
        Heartbeat heartbeat = answer.getHeartbeat();
        board.answered(context.clock().wallMs());
        if (isRolledBack(heartbeat)) {
            return;
        }
        switch (heartbeat.getState()) {
            case SYNC_STATE_CURRENT -> current(question, heartbeat, sentNs, sentWallMs);
            case SYNC_STATE_DELTAS -> {
                if (residence.version().equals(SnapshotVersion.NONE)) {
                    failed("the answer has deltas, and there is no snapshot here that they could lie on");
                    return;
                }
                confirmations.behind(heartbeat, sentNs, sentWallMs);
                heal(heartbeat);
                flow.take(answer.getDeltasList());
            }
            case SYNC_STATE_PULL_SNAPSHOT -> {
                confirmations.behind(heartbeat, sentNs, sentWallMs);
                wanted.want(newestOf(heartbeat), 0);
            }
            default -> failed("the answer has state number " + heartbeat.getStateValue() + ", which is not known here");
        }
    }

    @Override
    public void news(DeltaBatch news) {
        Heartbeat heartbeat = news.getHeartbeat();
        SnapshotVersion newest = newestOf(heartbeat);
        if (heartbeat.getState() == SyncState.SYNC_STATE_PULL_SNAPSHOT && newest.isNewerThan(residence.version())) {
            wanted.want(newest, 0);
        }
        heal(heartbeat);
        if (!residence.version().equals(SnapshotVersion.NONE)) {
            flow.take(news.getDeltasList());
        }
    }

    @Override
    public void failed(String cause) {
        board.callFailed(
                heartbeats.consecutiveFailures(), cause, context.clock().wallMs());
        trouble.warn("control plane: " + cause);
    }

    private static SnapshotVersion newestOf(Heartbeat answer) {
        return new SnapshotVersion(answer.getEpoch(), answer.getNewestVersion());
    }

    /** What it knows must include all that ever was in force here. */
    private boolean isRolledBack(Heartbeat answer) {
        long highest = residence.highestSequence();
        if (answer.getEpoch() != residence.version().epoch()
                || Long.compareUnsigned(answer.getNewestDeltaSequence(), highest) >= 0) {
            return false;
        }
        String reason = "the control plane's newest delta is "
                + Long.toUnsignedString(answer.getNewestDeltaSequence()) + ", delta " + Long.toUnsignedString(highest)
                + " was in force here; sequences never go back: a control plane that lost its history must raise its epoch"
                + " above " + Long.toUnsignedString(answer.getEpoch());
        board.deltas().refused(Cause.ROLLBACK, reason, context.clock().wallMs());
        board.deltaRefused(Cause.ROLLBACK, reason);
        failed(reason);
        return true;
    }

    private void current(PullDeltasRequest question, Heartbeat answer, long sentNs, long sentWallMs) {
        SnapshotVersion asked = new SnapshotVersion(question.getEpoch(), question.getSnapshotVersion());
        SnapshotVersion newest = newestOf(answer);
        ByteString digest = answer.getStateDigest();
        boolean sameState = !digest.isEmpty() && digest.equals(state().digest());
        boolean sameSnapshot = newest.equals(asked) || newest.isNewerThan(asked) && sameState;
        if (asked.equals(SnapshotVersion.NONE)
                || newest.epoch() != asked.epoch()
                || !sameSnapshot
                || answer.getNewestDeltaSequence() != question.getDeltaSequence()) {
            failed("the answer says that snapshot " + asked + " with delta "
                    + Long.toUnsignedString(question.getDeltaSequence()) + " is current and the newest is " + newest
                    + " with delta " + Long.toUnsignedString(answer.getNewestDeltaSequence()) + "; it proves nothing");
            return;
        }
        boolean mayDiffer = !digest.isEmpty() && !state().digest().isEmpty() || need == Cause.DIVERGED;
        if (mayDiffer && !sameState) {
            diverged(digest);
            heal(answer);
            return;
        }
        if (!residence.distrust().isEmpty()) {
            wanted.wantNothing();
            heal(answer);
            failed("snapshot " + asked + " is the newest, and no longer trusted; it must be published again with a"
                    + " trusted key");
            return;
        }
        if (need == Cause.OVERLAY_FULL) {
            heal(answer);
        } else {
            if (need != null) {
                healed();
            }
            wanted.wantNothing();
        }
        confirmations.current(sentNs, sentWallMs, answer);
        confirmed();
    }

    private void confirmed() {
        residence.confirmed();
        board.confirmed();
    }

    /** {@return whether what is in force now is confirmed by that} */
    private boolean reached() {
        if (!residence.distrust().isEmpty()) {
            confirmations.forget();
            return false;
        }
        switch (confirmations.activated(residence.version(), state())) {
            case CONFIRMED -> {
                confirmed();
                return true;
            }
            case DIVERGED -> {
                diverged(ByteString.EMPTY);
                return false;
            }
            default -> {
                return false;
            }
        }
    }

    private void diverged(ByteString there) {
        deltaRefused(new DeltaRefusedException(
                Cause.DIVERGED,
                "at delta " + Long.toUnsignedString(state().sequence()) + " the state here is "
                        + state().digestHex() + ", the control plane has "
                        + (there.isEmpty() ? "another one" : HexFormat.of().formatHex(there.toByteArray()))));
    }

    // ---- deltas

    @Override
    public void deltasApplied(int count, long durationNs) {
        DeltaState now = state();
        board.deltas().applied(now, count, context.clock().wallMs(), durationNs);
        board.deltasApplied(now.sequence(), count, durationNs);
        board.counters(residence.cells().count(), residence.countersWereReset());
        LOG.log(System.Logger.Level.DEBUG, "delta {0} is in force", Long.toUnsignedString(now.sequence()));
        if (need != null && need != Cause.OVERLAY_FULL) {
            healed();
            wanted.wantNothing();
        }
        refusals.onSuccess();
        trouble.clear();
        if (context.deltaLimits().isReached(now)) {
            needSnapshot(Cause.OVERLAY_FULL);
        }
        reached();
    }

    @Override
    public void deltaRefused(DeltaRefusedException refusal) {
        board.deltas().refused(refusal.why(), refusal.reason(), context.clock().wallMs());
        board.deltaRefused(refusal.why(), refusal.reason());
        trouble.warn("delta refused, snapshot " + residence.version() + " with delta "
                + Long.toUnsignedString(state().sequence()) + " stays active: " + refusal.reason());
        confirmations.forget();
        if (refusal.why() != Cause.GAP || refusals.failures() > 0) {
            // What is missing comes when it is asked for again; only if it does not, it is lost.
            needSnapshot(refusal.why());
        }
        heartbeats.retryAfter(refusals.onFailureNs());
    }

    @Override
    public void deltasDropped() {
        heartbeats.askNow();
    }

    private void needSnapshot(Cause cause) {
        boolean graver = need == null || need == Cause.OVERLAY_FULL && cause != Cause.OVERLAY_FULL;
        if (graver) {
            need = cause;
            board.deltas().resync(cause);
        }
    }

    /** A snapshot heals what deltas cannot: one beyond what is in force here, which the control plane makes when it has none yet. */
    private void heal(Heartbeat heartbeat) {
        if (need == null || heartbeat.getEpoch() != residence.version().epoch()) {
            return;
        }
        SnapshotVersion newest = newestOf(heartbeat);
        boolean anyWillDo = need == Cause.OVERLAY_FULL && newest.isNewerThan(residence.version());
        wanted.want(newest, anyWillDo ? 0 : heartbeat.getNewestDeltaSequence());
    }
}
