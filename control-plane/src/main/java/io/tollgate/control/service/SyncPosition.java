/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.tollgate.control.publish.BundleHead;
import io.tollgate.control.publish.PublishedSnapshot;
import io.tollgate.v1.PullDeltasRequest;
import io.tollgate.v1.SyncState;

/**
 * Where a sidecar stands, by what it says. Which snapshot it has does not matter as long as epoch and sequence fit.
 *
 * @param state what it has to do
 * @param sequence the last change that it has; of no use when it must pull
 */
record SyncPosition(SyncState state, long sequence) {
    private static final SyncPosition PULL = new SyncPosition(SyncState.SYNC_STATE_PULL_SNAPSHOT, 0);

    static SyncPosition of(ServedBundle bundle, BundleHead head, PullDeltasRequest request) {
        long version = request.getSnapshotVersion();
        if (request.getEpoch() != head.epoch()
                || version == 0
                || Long.compareUnsigned(version, head.version()) > 0
                || Long.compareUnsigned(request.getDeltaSequence(), head.sequence()) > 0) {
            return PULL;
        }
        long sequence = request.getDeltaSequence();
        for (PublishedSnapshot snapshot : bundle.available()) {
            if (snapshot.version() == version) {
                if (!snapshot.manifestSha256().equals(request.getManifestSha256())) {
                    return PULL; // The same number, of another history.
                }
                // What the snapshot holds need not be said again.
                sequence = Math.max(sequence, snapshot.deltaSequence());
            }
        }
        if (sequence == head.sequence()) {
            return new SyncPosition(SyncState.SYNC_STATE_CURRENT, sequence);
        }
        return sequence >= bundle.oldestSequence() ? new SyncPosition(SyncState.SYNC_STATE_DELTAS, sequence) : PULL;
    }
}
