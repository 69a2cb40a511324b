/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.tollgate.control.publish.PublishedSnapshot;
import io.tollgate.v1.SnapshotChunk;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * One PullSnapshot call: the manifest, then chunk after chunk, each read from the file only when the transport is ready for it. So a slow
 * sidecar costs one chunk of memory, not a snapshot.
 *
 * <p>The call's threads and the one of {@link SnapshotWaits} take turns under this object's lock; the snapshot is held until the call ends.
 */
final class SnapshotPull {
    private static final Logger LOG = System.getLogger("tollgate.control.service");

    private final ServerCallStreamObserver<SnapshotChunk> observer;
    private final Runnable onEnd;
    private @Nullable PublishedSnapshot snapshot;
    private long next;
    private boolean manifestSent;
    private boolean ended;

    /** @param onEnd called once, when the call is over */
    SnapshotPull(ServerCallStreamObserver<SnapshotChunk> observer, Runnable onEnd) {
        this.observer = observer;
        this.onEnd = onEnd;
    }

    /** Registers for the transport's signals. Within the call's first callback. */
    void listen() {
        observer.setOnCancelHandler(this::end);
        observer.setOnReadyHandler(this::send);
    }

    /** Starts to send a snapshot that was retained for it, and releases it at the end. */
    synchronized void begin(PublishedSnapshot retained, long firstChunk) {
        if (ended) {
            retained.release();
            return;
        }
        snapshot = retained;
        next = firstChunk;
        send();
    }

    /** Ends the call with an error. */
    synchronized void refuse(StatusException cause) {
        if (!ended) {
            observer.onError(cause);
            end();
        }
    }

    synchronized boolean isEnded() {
        return ended || observer.isCancelled();
    }

    private synchronized void send() {
        PublishedSnapshot from = snapshot;
        if (from == null) {
            return;
        }
        try {
            while (!ended && observer.isReady()) {
                if (!manifestSent) {
                    manifestSent = true;
                    observer.onNext(SnapshotChunk.newBuilder()
                            .setManifest(from.signedManifest())
                            .build());
                } else if (next < from.chunkCount()) {
                    observer.onNext(SnapshotChunk.newBuilder()
                            .setData(from.chunk(next++))
                            .build());
                } else {
                    observer.onCompleted();
                    end();
                }
            }
        } catch (IOException e) {
            LOG.log(Level.ERROR, "cannot read chunk " + (next - 1) + " of " + from, e);
            observer.onError(Status.DATA_LOSS
                    .withDescription("chunk " + (next - 1) + " of " + from + " cannot be read")
                    .asException());
            end();
        }
    }

    private synchronized void end() {
        if (!ended) {
            ended = true;
            if (snapshot != null) {
                snapshot.release();
            }
            onEnd.run();
        }
    }
}
