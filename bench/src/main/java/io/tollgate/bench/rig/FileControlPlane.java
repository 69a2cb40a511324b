/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.rig;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tollgate.control.publish.SnapshotFile;
import io.tollgate.v1.ControlPlaneServiceGrpc;
import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.Heartbeat;
import io.tollgate.v1.PullDeltasRequest;
import io.tollgate.v1.PullSnapshotRequest;
import io.tollgate.v1.SnapshotChunk;
import io.tollgate.v1.SyncState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The part of a control plane that sidecars need to stay fresh, over snapshot files that exist already: it publishes a million principals
 * without compiling them. Files stay open until this is closed.
 *
 * <p>Safe for any thread: what is current and who waits is guarded by this object's lock; streams are written under it.
 */
public final class FileControlPlane extends ControlPlaneServiceGrpc.ControlPlaneServiceImplBase
        implements AutoCloseable {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        final Thread thread = new Thread(task, "file-control-plane");
        thread.setDaemon(true);
        return thread;
    });
    private final List<SnapshotFile> opened = new ArrayList<>();
    private final List<ServerCallStreamObserver<DeltaBatch>> waiting = new ArrayList<>();
    private @Nullable SnapshotFile current;

    /** Makes a file current and tells those who wait. This owns the file from now on. */
    public synchronized void publish(final SnapshotFile file) {
        opened.add(file);
        current = file;
        for (final ServerCallStreamObserver<DeltaBatch> observer : waiting) {
            if (!observer.isCancelled()) {
                observer.onNext(batch(heartbeat(file, SyncState.SYNC_STATE_PULL_SNAPSHOT)));
            }
        }
    }

    @Override
    public synchronized void pullDeltas(final PullDeltasRequest request, final StreamObserver<DeltaBatch> response) {
        final ServerCallStreamObserver<DeltaBatch> observer = (ServerCallStreamObserver<DeltaBatch>) response;
        final SnapshotFile file = current;
        if (file == null) {
            observer.onError(Status.UNAVAILABLE
                    .withDescription("nothing is published yet")
                    .asException());
            return;
        }
        observer.setOnCancelHandler(() -> leave(observer));
        final boolean same = request.getManifestSha256().equals(file.manifestSha256());
        observer.onNext(batch(heartbeat(file, same ? SyncState.SYNC_STATE_CURRENT : SyncState.SYNC_STATE_PULL_SNAPSHOT)
                .setAnswersRequest(true)));
        waiting.add(observer);
        timer.schedule(() -> complete(observer), request.getWaitMs(), TimeUnit.MILLISECONDS);
    }

    private synchronized void complete(final ServerCallStreamObserver<DeltaBatch> observer) {
        if (waiting.remove(observer) && !observer.isCancelled()) {
            observer.onCompleted();
        }
    }

    private synchronized void leave(final ServerCallStreamObserver<DeltaBatch> observer) {
        waiting.remove(observer);
    }

    private static DeltaBatch batch(final Heartbeat.Builder heartbeat) {
        return DeltaBatch.newBuilder().setHeartbeat(heartbeat).build();
    }

    private static Heartbeat.Builder heartbeat(final SnapshotFile file, final SyncState state) {
        return Heartbeat.newBuilder()
                .setState(state)
                .setEpoch(file.manifest().getEpoch())
                .setNewestVersion(file.manifest().getVersion());
    }

    @Override
    public void pullSnapshot(final PullSnapshotRequest request, final StreamObserver<SnapshotChunk> response) {
        final SnapshotFile file = find(request.getVersion());
        if (file == null) {
            response.onError(Status.NOT_FOUND.withDescription("no such version").asException());
            return;
        }
        new Pull(file, request.getResumeFromChunk(), (ServerCallStreamObserver<SnapshotChunk>) response).start();
    }

    private synchronized @Nullable SnapshotFile find(final long version) {
        if (version == 0) {
            return current;
        }
        for (final SnapshotFile file : opened) {
            if (file.manifest().getVersion() == version) {
                return file;
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        timer.shutdownNow();
        synchronized (this) {
            for (final SnapshotFile file : opened) {
                file.close();
            }
            opened.clear();
        }
    }

    /** One pull; sends while the transport is ready, so it holds one chunk. gRPC runs a call's callbacks one after the other. */
    private static final class Pull {
        private final SnapshotFile file;
        private final ServerCallStreamObserver<SnapshotChunk> observer;
        private long next;
        private boolean manifestSent;
        private boolean ended;

        Pull(final SnapshotFile file, final long first, final ServerCallStreamObserver<SnapshotChunk> observer) {
            this.file = file;
            this.observer = observer;
            next = first;
        }

        void start() {
            observer.setOnCancelHandler(() -> ended = true);
            observer.setOnReadyHandler(this::send);
            send();
        }

        private void send() {
            try {
                while (!ended && observer.isReady()) {
                    if (!manifestSent) {
                        manifestSent = true;
                        observer.onNext(SnapshotChunk.newBuilder()
                                .setManifest(file.signedManifest())
                                .build());
                    } else if (next < file.chunkCount()) {
                        observer.onNext(SnapshotChunk.newBuilder()
                                .setData(file.chunk(next++))
                                .build());
                    } else {
                        ended = true;
                        observer.onCompleted();
                    }
                }
            } catch (final IOException e) {
                ended = true;
                observer.onError(Status.DATA_LOSS.withDescription(e.toString()).asException());
            }
        }
    }
}
