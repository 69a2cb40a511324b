/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.delta;

import com.google.protobuf.ByteString;
import io.tollgate.v1.DeltaChange;
import java.util.List;

/**
 * The difference between what is published and what was compiled.
 *
 * @param changedRecords added, replaced and removed ones
 * @param changes in the order of a snapshot, removals last; empty when it must be a snapshot
 * @param whole why a sidecar needs the whole snapshot: "the registry has changed"; empty = a delta does
 * @param stateDigest of the records after the changes
 */
public record ChangeSet(int changedRecords, List<DeltaChange> changes, String whole, ByteString stateDigest) {
    /** Changes in one delta. */
    public static final int MAX_CHANGES = 10_000;

    /** Serialized bytes of one delta. */
    public static final int MAX_BYTES = 1 << 20;

    /** Takes a copy. */
    public ChangeSet {
        changes = List.copyOf(changes);
    }

    /** {@return whether the records are what is published already} */
    public boolean isEmpty() {
        return changedRecords == 0;
    }

    /** {@return whether sidecars can patch what they have} */
    public boolean isLocal() {
        return whole.isEmpty();
    }
}
