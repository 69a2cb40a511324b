/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.tollgate.control.publish.PublishedSnapshot;
import io.tollgate.v1.SnapshotChunk;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * One PullSnapshot call: the manifest, then chunk after chunk, each read from the file only when the transport is ready for it. So a slow
 * sidecar costs one chunk of memory, not a snapshot.
 *
 * <p>gRPC runs a call's callbacks one after the other, so this class needs no lock; the snapshot is held until the call ends.
 */
final class SnapshotPull {
    private static final Logger LOG = System.getLogger("tollgate.control.service");

    private final PublishedSnapshot snapshot;
    private final ServerCallStreamObserver<SnapshotChunk> observer;
    private final Runnable onEnd;
    private long next;
    private boolean manifestSent;
    private boolean ended;

    /** @param onEnd called once, when the call is over */
    SnapshotPull(
            PublishedSnapshot snapshot,
            long firstChunk,
            ServerCallStreamObserver<SnapshotChunk> observer,
            Runnable onEnd) {
        this.snapshot = snapshot;
        this.next = firstChunk;
        this.observer = observer;
        this.onEnd = onEnd;
    }

    /** Registers for the transport's signals. Within the call's first callback. */
    void start() {
        observer.setOnCancelHandler(this::end);
        observer.setOnReadyHandler(this::send);
        send();
    }

    private void send() {
        try {
            while (!ended && observer.isReady()) {
                if (!manifestSent) {
                    manifestSent = true;
                    observer.onNext(SnapshotChunk.newBuilder()
                            .setManifest(snapshot.signedManifest())
                            .build());
                } else if (next < snapshot.chunkCount()) {
                    observer.onNext(SnapshotChunk.newBuilder()
                            .setData(snapshot.chunk(next++))
                            .build());
                } else {
                    observer.onCompleted();
                    end();
                }
            }
        } catch (IOException e) {
            LOG.log(Level.ERROR, "cannot read chunk " + (next - 1) + " of " + snapshot, e);
            observer.onError(Status.DATA_LOSS
                    .withDescription("chunk " + (next - 1) + " of " + snapshot + " cannot be read")
                    .asException());
            end();
        }
    }

    private void end() {
        if (!ended) {
            ended = true;
            snapshot.release();
            onEnd.run();
        }
    }
}
