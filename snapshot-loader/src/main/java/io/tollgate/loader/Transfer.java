/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.loader.freshness.LoaderClock;
import io.tollgate.loader.transfer.ControlPlaneClient;
import io.tollgate.loader.transfer.ControlPlaneClient.Failure;
import io.tollgate.loader.transfer.ControlPlaneClient.Stream;
import io.tollgate.loader.transfer.ManifestCheck;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.RefusedException.Check;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.loader.transfer.StagedSnapshot;
import io.tollgate.loader.transfer.Staging;
import io.tollgate.loader.transfer.StagingArea;
import io.tollgate.loader.transfer.VerifiedManifest;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.PullSnapshotRequest;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotChunk;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Pulls one snapshot at a time into the staging area. A broken stream goes on at the chunk where it broke, as long as the control plane
 * still offers the same version; what does not pass a check is thrown away whole. Loader's thread only.
 */
final class Transfer implements Sync.Wanted {
    /** Messages on their way at once: enough to keep the line busy, few enough to bound memory. */
    private static final int WINDOW = 4;

    /** Learns what becomes of a transfer, and knows what is installed. */
    interface Host {
        /** Version of what is active. */
        SnapshotVersion installed();

        /** SHA-256 of its manifest, hex; empty = nothing. */
        String installedSha256Hex();

        /** The newest version that ever was active here. */
        SnapshotVersion highest();

        /**
         * What is in force must be reachable from it.
         *
         * @throws RefusedException when it would take back deltas that are in force
         */
        void requireReachable(VerifiedManifest manifest) throws RefusedException;

        /** Identity and bundle to ask with. */
        PullSnapshotRequest pullQuestion();

        /** Everything has come and holds. */
        void staged(StagedSnapshot snapshot);

        /** Did not pass a check. */
        void refused(SnapshotVersion version, String cause);

        /** Broke off; goes on after a wait. */
        void broken(String cause);
    }

    private final ControlPlaneClient client;
    private final Inbox inbox;
    private final LoaderClock clock;
    private final Backoff breaks;
    /** What was refused once will be refused again, and each try costs a whole transfer; another version does not wait. */
    private final Backoff refusals;

    private final StagingArea area;
    private final ManifestCheck check;
    private final Host host;
    private long idleNs = TimeUnit.SECONDS.toNanos(10);

    private SnapshotVersion wanted = SnapshotVersion.NONE;
    /** The last delta that it must contain. */
    private long leastSequence;

    private SnapshotVersion refused = SnapshotVersion.NONE;
    private @Nullable Staging staging;
    private @Nullable Call call;
    private long notBeforeNs;

    private static final class Call {
        @Nullable
        Stream stream;

        boolean manifestSeen;
        long lastHeardNs;
    }

    Transfer(
            ControlPlaneClient client,
            Inbox inbox,
            LoaderClock clock,
            Backoff breaks,
            Backoff refusals,
            StagingArea area,
            ManifestCheck check,
            Host host) {
        this.client = client;
        this.inbox = inbox;
        this.clock = clock;
        this.breaks = breaks;
        this.refusals = refusals;
        this.area = area;
        this.check = check;
        this.host = host;
        this.notBeforeNs = clock.monotonicNs();
    }

    /** Sets how long a transfer may be silent; 10 s unless set. */
    Transfer idleTimeoutNs(long value) {
        idleNs = value;
        return this;
    }

    /** At the start: takes up what an earlier run has left half done. */
    void recover() throws IOException {
        Staging left = area.reopen(check);
        if (left != null && !left.manifest().version().isNewerThan(host.installed())) {
            left.discard();
        } else {
            staging = left;
        }
    }

    @Override
    public void want(SnapshotVersion newest, long sequence) {
        if (!newest.equals(wanted) && wanted.equals(refused)) {
            // Another snapshot than the one that was refused: no reason to wait.
            notBeforeNs = clock.monotonicNs();
            refusals.onSuccess();
            refused = SnapshotVersion.NONE;
        }
        wanted = newest;
        leastSequence = sequence;
    }

    @Override
    public void wantNothing() {
        wanted = SnapshotVersion.NONE;
        if (call != null && !call.manifestSeen) {
            end(call, "nothing is wanted any more");
        }
    }

    boolean isIdle() {
        return call == null;
    }

    /** One look at the clock: begins, goes on, gives up. */
    int poll(long nowNs, boolean mayBegin) {
        Call running = call;
        if (running != null) {
            if (nowNs - running.lastHeardNs <= idleNs) {
                return 0;
            }
            breakOff(
                    running,
                    "no message from " + client.address() + " within " + TimeUnit.NANOSECONDS.toMillis(idleNs) + " ms");
            return 1;
        }
        if (!mayBegin || wanted.equals(SnapshotVersion.NONE) || nowNs - notBeforeNs < 0) {
            return 0;
        }
        begin();
        return 1;
    }

    void close() throws IOException {
        if (call != null) {
            end(call, "the loader stops");
        }
        if (staging != null) {
            staging.close();
            staging = null;
        }
    }

    long chunksReceived() {
        return staging == null ? 0 : staging.nextIndex();
    }

    long chunkCount() {
        return staging == null ? 0 : staging.manifest().manifest().getChunkCount();
    }

    private void begin() {
        PullSnapshotRequest.Builder question = host.pullQuestion().toBuilder();
        Staging left = staging;
        question.setLeastDeltaSequence(leastSequence);
        if (left != null && !serves(left)) {
            discardStaging();
            left = null;
        }
        if (left != null) {
            question.setVersion(left.manifest().version().version())
                    .setResumeFromChunk(left.nextIndex())
                    .setResumeManifestSha256(left.manifest().signed().getSha256());
        }
        Call next = new Call();
        next.lastHeardNs = clock.monotonicNs();
        call = next;
        Stream stream = client.pullSnapshot(
                question.build(), inbox.listener(message -> onMessage(next, message), failure -> onEnd(next, failure)));
        next.stream = stream;
        stream.request(WINDOW);
    }

    private boolean serves(Staging left) {
        return left.manifest().version().equals(wanted)
                && Long.compareUnsigned(left.manifest().manifest().getDeltaSequence(), leastSequence) >= 0;
    }

    private void onMessage(Call from, SnapshotChunk message) {
        if (from != call) {
            return;
        }
        from.lastHeardNs = clock.monotonicNs();
        try {
            if (!message.hasData()) {
                onManifest(from, message.getManifest());
            } else {
                onData(from, message.getData());
            }
            if (from == call && from.stream != null) {
                from.stream.request(1);
            }
        } catch (RefusedException e) {
            refuse(from, e);
        } catch (IOException e) {
            discardStaging();
            breakOff(from, "cannot keep what has come: " + e.getMessage());
        }
    }

    private void onManifest(Call from, SignedManifest signed) throws RefusedException, IOException {
        if (from.manifestSeen) {
            throw new RefusedException(Check.CHUNK_ORDER, "a second manifest came in one transfer");
        }
        from.manifestSeen = true;
        Staging left = staging;
        if (left != null && left.manifest().isSameAs(signed)) {
            finishIfComplete(from, left);
            return;
        }
        discardStaging();
        VerifiedManifest manifest = check.check(signed);
        if (!ManifestCheck.requireNewer(manifest, host.installed(), host.installedSha256Hex(), host.highest())) {
            end(from, "installed already");
            wantNothing();
            return;
        }
        host.requireReachable(manifest);
        staging = area.begin(manifest);
        finishIfComplete(from, staging);
    }

    private void onData(Call from, DataChunk chunk) throws RefusedException, IOException {
        Staging into = staging;
        if (!from.manifestSeen || into == null) {
            throw new RefusedException(Check.CHUNK_ORDER, "a chunk came before its manifest");
        }
        into.accept(chunk);
        finishIfComplete(from, into);
    }

    private void finishIfComplete(Call from, Staging complete) {
        if (!complete.isComplete()) {
            return;
        }
        end(from, "complete");
        staging = null;
        host.staged(complete.finish());
    }

    private void onEnd(Call from, @Nullable Failure failure) {
        if (from != call) {
            return;
        }
        if (failure != null && failure.kind() == Failure.Kind.NOT_FOUND) {
            // The version that was half here is gone at the control plane; the next try takes the newest.
            discardStaging();
        }
        breakOff(
                from,
                failure == null
                        ? client.address() + " ended the transfer after chunk " + chunksReceived() + " of "
                                + chunkCount()
                        : client.address() + ": " + failure.message());
    }

    private void refuse(Call from, RefusedException refusal) {
        SnapshotVersion version = staging == null ? wanted : staging.manifest().version();
        refused = wanted;
        discardStaging();
        end(from, "refused");
        notBeforeNs = clock.monotonicNs() + refusals.onFailureNs();
        host.refused(version, refusal.reason());
    }

    /** After the snapshot that was staged is active. */
    void installSucceeded(SnapshotVersion installed) {
        breaks.onSuccess();
        refusals.onSuccess();
        refused = SnapshotVersion.NONE;
        notBeforeNs = clock.monotonicNs();
        if (!wanted.isNewerThan(installed)) {
            wantNothing();
        }
    }

    /** After the snapshot that was staged could not be installed: it is fetched anew, later. */
    void installFailed(boolean becauseOfContent) {
        if (becauseOfContent) {
            refused = wanted;
        }
        notBeforeNs = clock.monotonicNs() + (becauseOfContent ? refusals : breaks).onFailureNs();
    }

    /** There is a new reason to try what was refused. */
    void retryNow() {
        notBeforeNs = clock.monotonicNs();
        refusals.onSuccess();
    }

    private void breakOff(Call running, String cause) {
        end(running, cause);
        notBeforeNs = clock.monotonicNs() + breaks.onFailureNs();
        host.broken(cause);
    }

    private void end(Call running, String why) {
        call = null;
        if (running.stream != null) {
            running.stream.cancel(why);
        }
    }

    private void discardStaging() {
        Staging left = staging;
        staging = null;
        if (left != null) {
            try {
                left.discard();
            } catch (IOException e) {
                Loggers.LOADER.log(System.Logger.Level.WARNING, "cannot delete a half-received snapshot: {0}", e);
            }
        }
    }
}
