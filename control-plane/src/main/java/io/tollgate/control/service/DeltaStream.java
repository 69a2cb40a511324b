/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.tollgate.control.publish.BundleHead;
import io.tollgate.control.publish.PublishedSnapshot;
import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.Heartbeat;
import io.tollgate.v1.PullDeltasRequest;
import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SyncState;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One PullDeltas call: the answer, and then what comes. Deltas are read from the log when the transport has room for them, so a sidecar
 * that reads slowly costs one message of about {@value #BATCH_BYTES} bytes, and all of them together an {@link UnreadBudget}; one that does
 * not read for {@value #STUCK_NS} ns has its call ended.
 *
 * <p>The call's threads and the thread of {@link DeltaWaits} take turns under this object's lock. gRPC gives no way to drop what a
 * transport has not sent yet, so the budget is given back only when the call is closed.
 */
final class DeltaStream {
    /** Deltas in one message; a single larger one goes alone. */
    static final int BATCH_BYTES = 1 << 20;

    static final long STUCK_NS = 10_000_000_000L;

    private static final Logger LOG = System.getLogger("tollgate.control.service");

    private final ServerCallStreamObserver<DeltaBatch> observer;
    private final ServedBundle bundle;
    private final UnreadBudget budget;
    private final long endNs;

    private long epoch;
    /** The sidecar has, or will read, everything up to here. */
    private long sent;
    /** What it was told to pull; null = deltas take it further. */
    private @Nullable PublishedSnapshot toPull;

    private long unreadBytes;
    private long stuckSinceNs;
    private boolean stuck;
    private boolean over;

    /** @param endNs when the call's time is over */
    DeltaStream(ServerCallStreamObserver<DeltaBatch> observer, ServedBundle bundle, UnreadBudget budget, long endNs) {
        this.observer = observer;
        this.bundle = bundle;
        this.budget = budget;
        this.endNs = endNs;
    }

    /** Sends the first message. Within the call's first callback. {@return the state that it says} */
    synchronized SyncState answer(PullDeltasRequest request, BundleHead head) {
        observer.setOnCancelHandler(this::closed);
        observer.setOnCloseHandler(this::closed);
        SyncPosition position = SyncPosition.of(bundle, head, request);
        epoch = head.epoch();
        sent = position.sequence();
        List<SignedDelta> deltas = List.of();
        if (position.state() == SyncState.SYNC_STATE_DELTAS) {
            try {
                deltas = take();
            } catch (IOException e) {
                LOG.log(Level.WARNING, "deltas of " + bundle.id() + " after " + sent + ": " + e);
                position = new SyncPosition(SyncState.SYNC_STATE_PULL_SNAPSHOT, 0);
            }
        }
        toPull = position.state() == SyncState.SYNC_STATE_PULL_SNAPSHOT ? head.snapshot() : null;
        send(heartbeat(head, position.state()).setAnswersRequest(true).setStateDigest(head.stateDigest()), deltas);
        return position.state();
    }

    /** The transport has room again. */
    void onReady(long nowNs) {
        pump(nowNs);
    }

    /**
     * Sends what there is, as far as the transport takes it.
     *
     * @return false when the call is over
     */
    synchronized boolean pump(long nowNs) {
        if (over) {
            return false;
        }
        if (observer.isCancelled()) {
            over = true;
            return false;
        }
        if (unreadBytes > 0 && observer.isReady()) {
            budget.giveBack(unreadBytes);
            unreadBytes = 0;
        }
        Optional<BundleHead> head = bundle.head();
        if (head.isPresent()) {
            tell(head.get(), nowNs);
        }
        if (!over && nowNs - endNs >= 0) {
            finish();
        }
        return !over;
    }

    private void tell(BundleHead head, long nowNs) {
        if (toPull != null || head.epoch() != epoch || bundle.oldestSequence() > sent) {
            pull(head);
            return;
        }
        while (sent < head.sequence()) {
            if (!observer.isReady()) {
                checkStuck(nowNs);
                return;
            }
            stuck = false;
            try {
                List<SignedDelta> deltas = take();
                if (deltas.isEmpty()) {
                    return; // No room for them; the agent comes again.
                }
                send(heartbeat(head, SyncState.SYNC_STATE_DELTAS), deltas);
            } catch (IOException e) {
                LOG.log(Level.WARNING, "deltas of " + bundle.id() + " after " + sent + ": " + e);
                pull(head);
                return;
            }
        }
    }

    /** Tells of a snapshot, unless the one that was told of still leads to the newest state. */
    private void pull(BundleHead head) {
        PublishedSnapshot told = toPull;
        boolean enough = told != null
                && told.epoch() == head.epoch()
                && (told == head.snapshot() || told.deltaSequence() >= bundle.oldestSequence());
        if (!enough) {
            toPull = head.snapshot();
            send(heartbeat(head, SyncState.SYNC_STATE_PULL_SNAPSHOT), List.of());
        }
    }

    private void checkStuck(long nowNs) {
        if (!stuck) {
            stuck = true;
            stuckSinceNs = nowNs;
        } else if (nowNs - stuckSinceNs >= STUCK_NS) {
            over = true;
            observer.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription("the deltas after " + sent + " of bundle '" + bundle.id()
                            + "' have not been read for " + STUCK_NS / 1_000_000_000L + " s; ask again")
                    .asException());
        }
    }

    /** {@return the next deltas, with room taken for them; empty when there is no room} */
    private List<SignedDelta> take() throws IOException {
        List<SignedDelta> deltas = bundle.deltas(sent, BATCH_BYTES);
        long bytes = 0;
        for (SignedDelta delta : deltas) {
            bytes += delta.getSerializedSize();
        }
        if (!budget.take(bytes)) {
            return List.of();
        }
        unreadBytes += bytes;
        return deltas;
    }

    private void send(Heartbeat.Builder heartbeat, List<SignedDelta> deltas) {
        sent += deltas.size();
        observer.onNext(DeltaBatch.newBuilder()
                .setHeartbeat(heartbeat)
                .addAllDeltas(deltas)
                .build());
    }

    private Heartbeat.Builder heartbeat(BundleHead head, SyncState state) {
        return Heartbeat.newBuilder()
                .setState(state)
                .setEpoch(head.epoch())
                .setNewestVersion(head.version())
                .setNewestDeltaSequence(head.sequence())
                .addAllSourceAges(bundle.sourceAges());
    }

    /** Ends the call well. */
    synchronized void finish() {
        if (!over) {
            over = true;
            if (!observer.isCancelled()) {
                observer.onCompleted();
            }
        }
    }

    private synchronized void closed() {
        over = true;
        budget.giveBack(unreadBytes);
        unreadBytes = 0;
    }
}
