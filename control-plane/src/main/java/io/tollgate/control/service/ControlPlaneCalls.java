/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tollgate.control.publish.BundleHead;
import io.tollgate.v1.ControlPlaneServiceGrpc;
import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.PullDeltasRequest;
import io.tollgate.v1.PullSnapshotRequest;
import io.tollgate.v1.SnapshotChunk;
import io.tollgate.v1.SyncLeasesRequest;
import io.tollgate.v1.SyncLeasesResponse;
import io.tollgate.v1.SyncState;
import io.tollgate.v1.UsageAck;
import io.tollgate.v1.UsageBatch;
import java.util.concurrent.Semaphore;

/** What sidecars call. Any number of threads. */
public final class ControlPlaneCalls extends ControlPlaneServiceGrpc.ControlPlaneServiceImplBase {
    private static final long NS_PER_MS = 1_000_000;

    private final BundleCatalog catalog;
    private final SidecarTable sidecars;
    private final DeltaWaits waits;
    private final SnapshotWaits snapshotWaits;
    private final ServiceLimits limits;
    private final Semaphore pulls;
    private final UsageReports reports;

    /**
     * Answers from these.
     *
     * @param waits its agent must be running, or polls that wait never end
     * @param snapshotWaits likewise
     */
    public ControlPlaneCalls(
            BundleCatalog catalog,
            SidecarTable sidecars,
            DeltaWaits waits,
            SnapshotWaits snapshotWaits,
            ServiceLimits limits,
            UsageReports reports) {
        this.catalog = catalog;
        this.sidecars = sidecars;
        this.waits = waits;
        this.snapshotWaits = snapshotWaits;
        this.limits = limits;
        this.pulls = new Semaphore(limits.maxPulls());
        this.reports = reports;
    }

    @Override
    public void pullSnapshot(PullSnapshotRequest request, StreamObserver<SnapshotChunk> response) {
        try {
            SidecarTable.check(request.getSidecar());
            ServedBundle bundle = catalog.require(request.getBundle());
            if (!pulls.tryAcquire()) {
                throw Status.RESOURCE_EXHAUSTED
                        .withDescription(
                                limits.maxPulls() + " snapshots are being pulled already; try again with backoff")
                        .asException();
            }
            SnapshotPull pull = new SnapshotPull((ServerCallStreamObserver<SnapshotChunk>) response, pulls::release);
            pull.listen();
            start(request, bundle, pull);
        } catch (StatusException e) {
            response.onError(e);
        }
    }

    private void start(PullSnapshotRequest request, ServedBundle bundle, SnapshotPull pull) {
        try {
            sidecars.seen(request.getSidecar(), bundle.id());
            if (request.getResumeFromChunk() != 0 || !snapshotWaits.add(pull, bundle, request)) {
                SnapshotChoice choice = SnapshotChoice.of(request, bundle);
                pull.begin(choice.snapshot(), choice.firstChunk());
            }
        } catch (StatusException e) {
            pull.refuse(e);
        }
    }

    @Override
    public void pullDeltas(PullDeltasRequest request, StreamObserver<DeltaBatch> response) {
        ServerCallStreamObserver<DeltaBatch> observer = (ServerCallStreamObserver<DeltaBatch>) response;
        try {
            SidecarTable.check(request.getSidecar());
            ServedBundle bundle = catalog.require(request.getBundle());
            BundleHead head = bundle.head().orElseThrow(() -> Status.UNAVAILABLE
                    .withDescription("bundle '" + request.getBundle() + "' is being closed")
                    .asException());
            boolean stands = sidecars.seen(request, bundle.id());
            long waitMs = Long.compareUnsigned(request.getWaitMs(), limits.maxWaitMs()) > 0
                    ? limits.maxWaitMs()
                    : request.getWaitMs();
            if (waitMs > 0 && !waits.reserve()) {
                throw Status.RESOURCE_EXHAUSTED
                        .withDescription(limits.maxWaits() + " polls wait already; try again with backoff")
                        .asException();
            }
            long endNs = waits.nowNs() + waitMs * NS_PER_MS;
            DeltaStream stream = new DeltaStream(observer, bundle, waits.budget(), endNs);
            observer.setOnReadyHandler(() -> stream.onReady(waits.nowNs()));
            SyncState state = stream.answer(request, head);
            if (stands && state == SyncState.SYNC_STATE_DELTAS) {
                // Perhaps it cannot apply them: then only a newer snapshot takes it further.
                bundle.wantSnapshot(false);
            }
            if (waitMs == 0) {
                stream.finish();
            } else {
                waits.add(stream);
            }
        } catch (StatusException e) {
            response.onError(e);
        }
    }

    @Override
    public void syncLeases(SyncLeasesRequest request, StreamObserver<SyncLeasesResponse> response) {
        response.onError(notYet("leases (SyncLeases)"));
    }

    @Override
    public StreamObserver<UsageBatch> reportUsage(StreamObserver<UsageAck> response) {
        return reports.accept((ServerCallStreamObserver<UsageAck>) response);
    }

    static StatusException notYet(String what) {
        return Status.UNIMPLEMENTED
                .withDescription("this control plane does not serve " + what
                        + " yet; they come with the stage that brings quota leases")
                .asException();
    }
}
