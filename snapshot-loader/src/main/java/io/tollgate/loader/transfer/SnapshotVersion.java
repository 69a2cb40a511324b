/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

/**
 * What orders snapshots of one bundle. Both parts are unsigned 64-bit numbers as on the wire.
 *
 * @param epoch grows when the control plane lost its history and started again
 * @param version grows with every published snapshot of an epoch
 */
public record SnapshotVersion(long epoch, long version) implements Comparable<SnapshotVersion> {
    /** Before every snapshot: nothing is installed. */
    public static final SnapshotVersion NONE = new SnapshotVersion(0, 0);

    @Override
    public int compareTo(SnapshotVersion other) {
        int byEpoch = Long.compareUnsigned(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Long.compareUnsigned(version, other.version);
    }

    /** Strictly after the other one. */
    public boolean isNewerThan(SnapshotVersion other) {
        return compareTo(other) > 0;
    }

    /** {@code <epoch>-<version>}: the name of the snapshot's folder. */
    @Override
    public String toString() {
        return Long.toUnsignedString(epoch) + '-' + Long.toUnsignedString(version);
    }
}
