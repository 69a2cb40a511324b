/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import com.google.protobuf.ByteString;

/**
 * What is published of a bundle at one instant. Immutable.
 *
 * @param snapshot the newest snapshot; deltas may come after it
 * @param sequence the newest delta, or the snapshot's own when it is the newest
 * @param stateDigest what the records at that sequence come to
 * @param changedAtMs when that was published, milliseconds since 1970
 */
public record BundleHead(PublishedSnapshot snapshot, long sequence, ByteString stateDigest, long changedAtMs) {
    /** {@return the epoch of snapshot and deltas} */
    public long epoch() {
        return snapshot.epoch();
    }

    /** {@return the newest snapshot's version} */
    public long version() {
        return snapshot.version();
    }

    /** {@return deltas that are not in the snapshot} */
    public long pendingDeltas() {
        return sequence - snapshot.deltaSequence();
    }
}
