/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.grpc.Status;
import io.grpc.StatusException;
import io.tollgate.control.publish.BundleHead;
import io.tollgate.v1.PullSnapshotRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;

/**
 * Pulls that wait until the newest changes are in a snapshot. Who needs a certain change waits until it is in one; anybody else gets
 * what there is after {@value #PATIENCE_NS} ns, and the deltas after it by PullDeltas. One agent owns them; any thread adds.
 */
public final class SnapshotWaits implements Agent {
    static final long PATIENCE_NS = 2_000_000_000L;
    static final long LIMIT_NS = 60_000_000_000L;

    private final ManyToOneConcurrentLinkedQueue<Wait> arriving = new ManyToOneConcurrentLinkedQueue<>();
    private final LongSupplier clockNs;
    private List<Wait> waiting = new ArrayList<>();

    /** A pull and what it waits for. */
    private record Wait(
            SnapshotPull pull, ServedBundle bundle, PullSnapshotRequest request, long wanted, long sinceNs) {}

    /**
     * Nobody waits yet.
     *
     * @param clockNs monotonic
     */
    public SnapshotWaits(LongSupplier clockNs) {
        this.clockNs = clockNs;
    }

    /** {@return whether a pull has to wait; it is begun by the agent then} */
    boolean add(SnapshotPull pull, ServedBundle bundle, PullSnapshotRequest request) throws StatusException {
        Optional<BundleHead> head = bundle.head();
        long least = request.getLeastDeltaSequence();
        if (request.getVersion() != 0 || head.isEmpty()) {
            return false;
        }
        if (Long.compareUnsigned(least, head.get().sequence()) > 0) {
            throw Status.FAILED_PRECONDITION
                    .withDescription("bundle '" + bundle.id() + "' has no change " + Long.toUnsignedString(least)
                            + " yet; the newest is " + head.get().sequence())
                    .asException();
        }
        long wanted = least == 0 ? head.get().sequence() : least;
        if (head.get().snapshot().deltaSequence() >= wanted) {
            return false;
        }
        bundle.wantSnapshot(least != 0);
        arriving.add(new Wait(pull, bundle, request, wanted, clockNs.getAsLong()));
        return true;
    }

    @Override
    public int doWork() {
        for (Wait wait = arriving.poll(); wait != null; wait = arriving.poll()) {
            waiting.add(wait);
        }
        if (waiting.isEmpty()) {
            return 0;
        }
        long nowNs = clockNs.getAsLong();
        List<Wait> staying = new ArrayList<>();
        for (Wait wait : waiting) {
            if (!wait.pull.isEnded() && !go(wait, nowNs)) {
                staying.add(wait);
            }
        }
        int work = waiting.size() - staying.size();
        waiting = staying;
        return work;
    }

    private static boolean go(Wait wait, long nowNs) {
        long waitedNs = nowNs - wait.sinceNs;
        boolean there = wait.bundle
                .head()
                .filter(head -> head.snapshot().deltaSequence() >= wait.wanted)
                .isPresent();
        boolean bound = wait.request.getLeastDeltaSequence() != 0;
        if (!there && bound && waitedNs >= LIMIT_NS) {
            wait.pull.refuse(Status.UNAVAILABLE
                    .withDescription("no snapshot of bundle '" + wait.bundle.id() + "' holds change " + wait.wanted
                            + " yet; try again with backoff")
                    .asException());
            return true;
        }
        if (!there && (bound || waitedNs < PATIENCE_NS)) {
            return false;
        }
        try {
            SnapshotChoice choice = SnapshotChoice.of(wait.request, wait.bundle);
            wait.pull.begin(choice.snapshot(), choice.firstChunk());
        } catch (StatusException e) {
            wait.pull.refuse(e);
        }
        return true;
    }

    @Override
    public void onClose() {
        doWork();
        waiting.forEach(wait -> wait.pull.refuse(Status.UNAVAILABLE
                .withDescription("the control plane stops; try again")
                .asException()));
        waiting = new ArrayList<>();
    }

    @Override
    public String roleName() {
        return "tollgate-control-snapshots";
    }
}
