/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.grpc.Status;
import io.grpc.StatusException;
import io.tollgate.control.publish.PublishedSnapshot;
import io.tollgate.v1.PullSnapshotRequest;

/**
 * The snapshot that a pull is answered with.
 *
 * @param snapshot retained for the caller
 * @param firstChunk those before it are there already
 */
record SnapshotChoice(PublishedSnapshot snapshot, long firstChunk) {
    static SnapshotChoice of(PullSnapshotRequest request, ServedBundle bundle) throws StatusException {
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
        long first = firstChunk(request, snapshot);
        if (Long.compareUnsigned(first, snapshot.chunkCount()) > 0) {
            snapshot.release();
            throw Status.OUT_OF_RANGE
                    .withDescription("resume_from_chunk " + Long.toUnsignedString(request.getResumeFromChunk())
                            + " is beyond the " + snapshot.chunkCount() + " chunks of " + snapshot)
                    .asException();
        }
        return new SnapshotChoice(snapshot, first);
    }

    /** Chunks of another manifest are of no use, even under the same number: after a lost history versions count anew. */
    private static long firstChunk(PullSnapshotRequest request, PublishedSnapshot snapshot) {
        boolean other = !request.getResumeManifestSha256().isEmpty()
                && !request.getResumeManifestSha256().equals(snapshot.manifestSha256());
        return other ? 0 : request.getResumeFromChunk();
    }
}
