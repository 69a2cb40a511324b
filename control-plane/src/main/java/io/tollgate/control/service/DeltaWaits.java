/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.grpc.stub.ServerCallStreamObserver;
import io.tollgate.control.publish.PublishedSnapshot;
import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.Heartbeat;
import io.tollgate.v1.PullDeltasRequest;
import io.tollgate.v1.SyncState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;

/**
 * Polls that were answered and wait for news. One agent owns them: it tells them of new versions, and ends them when their time is over.
 *
 * <p>A waiting stream is touched by the call's thread until {@link #add}, and by the agent's thread afterwards; the queue between hands it
 * over. Heartbeats are a few bytes, so they are sent without looking at the transport's readiness.
 *
 * <pre>
 *   field      written by          read by
 *   arriving   call threads        agent       (queue)
 *   count      both                both        (atomic)
 *   waiting    agent               agent       (plain)
 * </pre>
 */
public final class DeltaWaits implements Agent {
    private static final long SWEEP_NS = 1_000_000_000L;

    private final ManyToOneConcurrentLinkedQueue<Wait> arriving = new ManyToOneConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final LongSupplier clockNs;
    private final int maxWaits;
    private List<Wait> waiting = new ArrayList<>();
    private long nextSweepNs;

    private static final class Wait {
        private final ServerCallStreamObserver<DeltaBatch> observer;
        private final ServedBundle bundle;
        private final long endNs;
        private PublishedSnapshot told;

        Wait(ServerCallStreamObserver<DeltaBatch> observer, ServedBundle bundle, PublishedSnapshot told, long endNs) {
            this.observer = observer;
            this.bundle = bundle;
            this.told = told;
            this.endNs = endNs;
        }
    }

    /**
     * Nobody waits yet.
     *
     * @param clockNs monotonic
     */
    public DeltaWaits(LongSupplier clockNs, int maxWaits) {
        this.clockNs = clockNs;
        this.maxWaits = maxWaits;
        this.nextSweepNs = clockNs.getAsLong() + SWEEP_NS;
    }

    /** Takes a place; false when all are taken. Any thread. */
    boolean reserve() {
        if (count.incrementAndGet() > maxWaits) {
            count.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Takes over a stream that was answered, into the reserved place. */
    void add(ServerCallStreamObserver<DeltaBatch> observer, ServedBundle bundle, PublishedSnapshot told, long waitMs) {
        arriving.add(new Wait(observer, bundle, told, clockNs.getAsLong() + waitMs * 1_000_000));
    }

    @Override
    public int doWork() {
        long nowNs = clockNs.getAsLong();
        int work = 0;
        for (Wait wait = arriving.poll(); wait != null; wait = arriving.poll()) {
            waiting.add(wait);
            work++;
        }
        boolean sweep = nowNs - nextSweepNs >= 0;
        if (sweep) {
            nextSweepNs = nowNs + SWEEP_NS;
        }
        List<Wait> staying = new ArrayList<>(waiting.size());
        for (Wait wait : waiting) {
            if (sweep && wait.observer.isCancelled()) {
                count.decrementAndGet();
                work++;
            } else if (tell(wait) || nowNs - wait.endNs >= 0) {
                work++;
                if (nowNs - wait.endNs >= 0) {
                    count.decrementAndGet();
                    complete(wait);
                } else {
                    staying.add(wait);
                }
            } else {
                staying.add(wait);
            }
        }
        waiting = staying;
        return work;
    }

    /** Sends news, if there are any. */
    private static boolean tell(Wait wait) {
        Optional<PublishedSnapshot> current = wait.bundle.current();
        if (current.isEmpty() || current.get() == wait.told) {
            return false;
        }
        wait.told = current.get();
        if (!wait.observer.isCancelled()) {
            wait.observer.onNext(DeltaBatch.newBuilder()
                    .setHeartbeat(heartbeat(wait.bundle, wait.told, SyncState.SYNC_STATE_PULL_SNAPSHOT))
                    .build());
        }
        return true;
    }

    private static void complete(Wait wait) {
        if (!wait.observer.isCancelled()) {
            wait.observer.onCompleted();
        }
    }

    /** {@return the first answer to a poll} */
    static DeltaBatch answer(ServedBundle bundle, PublishedSnapshot current, PullDeltasRequest request) {
        boolean same = request.getEpoch() == current.epoch()
                && request.getSnapshotVersion() == current.version()
                && request.getManifestSha256().equals(current.manifestSha256());
        return DeltaBatch.newBuilder()
                .setHeartbeat(heartbeat(
                                bundle,
                                current,
                                same ? SyncState.SYNC_STATE_CURRENT : SyncState.SYNC_STATE_PULL_SNAPSHOT)
                        .setAnswersRequest(true))
                .build();
    }

    private static Heartbeat.Builder heartbeat(ServedBundle bundle, PublishedSnapshot current, SyncState state) {
        return Heartbeat.newBuilder()
                .setState(state)
                .setEpoch(current.epoch())
                .setNewestVersion(current.version())
                .addAllSourceAges(bundle.sourceAges());
    }

    @Override
    public void onClose() {
        doWork();
        waiting.forEach(DeltaWaits::complete);
        waiting = new ArrayList<>();
    }

    @Override
    public String roleName() {
        return "tollgate-control-push";
    }
}
