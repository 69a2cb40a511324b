/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tollgate.control.publish.PublishedSnapshot;
import io.tollgate.v1.ControlPlaneServiceGrpc;
import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.PullDeltasRequest;
import io.tollgate.v1.PullSnapshotRequest;
import io.tollgate.v1.SnapshotChunk;
import io.tollgate.v1.SyncLeasesRequest;
import io.tollgate.v1.SyncLeasesResponse;
import io.tollgate.v1.UsageAck;
import io.tollgate.v1.UsageBatch;
import java.util.concurrent.Semaphore;

/** What sidecars call. Any number of threads. */
public final class ControlPlaneCalls extends ControlPlaneServiceGrpc.ControlPlaneServiceImplBase {
    private final BundleCatalog catalog;
    private final SidecarTable sidecars;
    private final DeltaWaits waits;
    private final ServiceLimits limits;
    private final Semaphore pulls;
    private final UsageReports reports;

    /** @param waits its agent must be running, or polls that wait never end */
    public ControlPlaneCalls(
            BundleCatalog catalog,
            SidecarTable sidecars,
            DeltaWaits waits,
            ServiceLimits limits,
            UsageReports reports) {
        this.catalog = catalog;
        this.sidecars = sidecars;
        this.waits = waits;
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
            start(request, bundle, (ServerCallStreamObserver<SnapshotChunk>) response);
        } catch (StatusException e) {
            response.onError(e);
        }
    }

    private void start(
            PullSnapshotRequest request, ServedBundle bundle, ServerCallStreamObserver<SnapshotChunk> response)
            throws StatusException {
        PublishedSnapshot snapshot;
        try {
            snapshot = retain(request, bundle);
        } catch (StatusException e) {
            pulls.release();
            throw e;
        }
        sidecars.seen(request.getSidecar(), bundle.id());
        new SnapshotPull(snapshot, firstChunk(request, snapshot), response, pulls::release).start();
    }

    /** Chunks of another manifest are of no use, even under the same number: after a lost history versions count anew. */
    private static long firstChunk(PullSnapshotRequest request, PublishedSnapshot snapshot) {
        boolean other = !request.getResumeManifestSha256().isEmpty()
                && !request.getResumeManifestSha256().equals(snapshot.manifestSha256());
        return other ? 0 : request.getResumeFromChunk();
    }

    private static PublishedSnapshot retain(PullSnapshotRequest request, ServedBundle bundle) throws StatusException {
        if (request.getResumeFromChunk() != 0 && request.getVersion() == 0) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("resume_from_chunk needs the version that the first chunks are of")
                    .asException();
        }
        PublishedSnapshot snapshot = null;
        // One that is found and retires before it is held has a successor; the second look finds it.
        for (int attempt = 0; attempt < 3 && snapshot == null; attempt++) {
            snapshot = bundle.find(request.getVersion())
                    .filter(PublishedSnapshot::retain)
                    .orElse(null);
        }
        if (snapshot == null) {
            throw Status.NOT_FOUND
                    .withDescription("version " + Long.toUnsignedString(request.getVersion()) + " of bundle '"
                            + bundle.id() + "' is not kept; pull the newest (version 0)")
                    .asException();
        }
        if (Long.compareUnsigned(firstChunk(request, snapshot), snapshot.chunkCount()) > 0) {
            snapshot.release();
            throw Status.OUT_OF_RANGE
                    .withDescription("resume_from_chunk " + Long.toUnsignedString(request.getResumeFromChunk())
                            + " is beyond the " + snapshot.chunkCount() + " chunks of " + snapshot)
                    .asException();
        }
        return snapshot;
    }

    @Override
    public void pullDeltas(PullDeltasRequest request, StreamObserver<DeltaBatch> response) {
        ServerCallStreamObserver<DeltaBatch> observer = (ServerCallStreamObserver<DeltaBatch>) response;
        try {
            SidecarTable.check(request.getSidecar());
            ServedBundle bundle = catalog.require(request.getBundle());
            sidecars.seen(request.getSidecar(), bundle.id(), request.getSnapshotVersion());
            long waitMs = Long.compareUnsigned(request.getWaitMs(), limits.maxWaitMs()) > 0
                    ? limits.maxWaitMs()
                    : request.getWaitMs();
            if (waitMs > 0 && !waits.reserve()) {
                throw Status.RESOURCE_EXHAUSTED
                        .withDescription(limits.maxWaits() + " polls wait already; try again with backoff")
                        .asException();
            }
            answer(request, bundle, observer, waitMs);
        } catch (StatusException e) {
            response.onError(e);
        }
    }

    private void answer(
            PullDeltasRequest request,
            ServedBundle bundle,
            ServerCallStreamObserver<DeltaBatch> observer,
            long waitMs) {
        // Without a handler a cancelled call would throw at the next message; whoever waits looks at isCancelled
        // instead.
        observer.setOnCancelHandler(() -> {});
        PublishedSnapshot current = bundle.current().orElseThrow();
        observer.onNext(DeltaWaits.answer(bundle, current, request));
        if (waitMs == 0) {
            observer.onCompleted();
        } else {
            waits.add(observer, bundle, current, waitMs);
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
