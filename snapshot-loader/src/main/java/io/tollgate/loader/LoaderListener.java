/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.loader.delta.DeltaRefusedException;
import io.tollgate.loader.freshness.ClockJump;
import io.tollgate.loader.transfer.SnapshotVersion;

/**
 * Told of what happens, on the loader's thread (of the snapshot found on disk: on the thread that opens the loader). Return soon. For logs
 * and for {@code tollgate dev}.
 */
public interface LoaderListener {
    /** A snapshot now answers decisions. */
    default void activated(LoaderStatus.SnapshotFacts snapshot) {}

    /** A snapshot did not pass a check or could not be installed; the last good one stays. */
    default void refused(SnapshotVersion version, String cause) {}

    /** The talk with the control plane changed: {@code cause} is empty when it works. */
    default void connectionChanged(LoaderStatus.Connection state, String cause) {}

    /** Time jumped: the wall clock was stepped, or the process stood still. */
    default void timeJumped(ClockJump jump) {}

    /**
     * Deltas answer decisions now.
     *
     * @param sequence of the last one
     * @param count how many at once
     * @param durationNs since the first of them arrived
     */
    default void deltasApplied(long sequence, int count, long durationNs) {}

    /** A delta was not taken, or the state was found to be another one than the control plane's; what was active stays. */
    default void deltaRefused(DeltaRefusedException.Cause why, String cause) {}
}
