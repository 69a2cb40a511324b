/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.tollgate.loader.install.RecordSource;
import io.tollgate.v1.ReadSnapshotResponse;
import io.tollgate.v1.Section;
import io.tollgate.v1.SectionRecords;
import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotRecord;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends the active snapshot to an operator, a batch at a time; who does not read is cut off, since others wait for the same files. On one
 * admin thread.
 */
final class SnapshotStream implements RecordSource.Reader {
    private static final int BATCH_BYTES = 256 << 10;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(10);

    private final ServerCallStreamObserver<ReadSnapshotResponse> observer;
    private SectionRecords.Builder batch = SectionRecords.newBuilder();
    private int batchBytes;

    SnapshotStream(final ServerCallStreamObserver<ReadSnapshotResponse> observer) {
        this.observer = observer;
    }

    void send(final @Nullable RecordSource records) {
        try {
            if (records == null || !records.read(this)) {
                observer.onError(Status.NOT_FOUND
                        .withDescription("there is no active snapshot")
                        .asException());
                return;
            }
            flush();
            observer.onCompleted();
        } catch (final IOException e) {
            if (!observer.isCancelled()) {
                observer.onError(Status.ABORTED
                        .withDescription("the snapshot could not be read whole: " + e.getMessage() + "; try again")
                        .asException());
            }
        }
    }

    @Override
    public boolean manifest(final SignedManifest signed) throws IOException {
        awaitReady();
        observer.onNext(ReadSnapshotResponse.newBuilder().setManifest(signed).build());
        return true;
    }

    @Override
    public void lastDelta(final SignedDelta delta) throws IOException {
        awaitReady();
        observer.onNext(ReadSnapshotResponse.newBuilder().setLastDelta(delta).build());
    }

    @Override
    public void record(final Section section, final byte[] key, final byte[] value) throws IOException {
        if (batch.getSection() != section) {
            flush();
            batch.setSection(section);
        }
        batch.addRecords(SnapshotRecord.newBuilder()
                .setKey(UnsafeByteOperations.unsafeWrap(key))
                .setValue(UnsafeByteOperations.unsafeWrap(value)));
        batchBytes += key.length + value.length;
        if (batchBytes >= BATCH_BYTES) {
            flush();
        }
    }

    private void flush() throws IOException {
        if (batch.getRecordsCount() > 0) {
            awaitReady();
            observer.onNext(ReadSnapshotResponse.newBuilder().setRecords(batch).build());
        }
        batch = SectionRecords.newBuilder().setSection(batch.getSection());
        batchBytes = 0;
    }

    private void awaitReady() throws IOException {
        final long startNs = System.nanoTime();
        while (!observer.isReady()) {
            if (observer.isCancelled()) {
                throw new IOException("cancelled");
            }
            if (System.nanoTime() - startNs > PATIENCE_NS) {
                throw new IOException("the reader is too slow");
            }
            try {
                Thread.sleep(1);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the sidecar stops", e);
            }
        }
    }
}
