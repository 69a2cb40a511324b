/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.loader.freshness.PlaneAges;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.v1.Heartbeat;
import io.tollgate.v1.PlaneSourceAge;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an answer proves. "You are current" proves the active snapshot as of the moment that the question was sent. "Pull version
 * v" proves nothing yet; but once v, or a later one, is active, it contains all that was true when that question was sent, so it is
 * confirmed as of then. Loader's thread only.
 */
final class Confirmations {
    private final PlaneAges ages;
    private @Nullable Pending pending;

    private record Pending(SnapshotVersion newest, long sentNs, long sentWallMs, List<PlaneSourceAge> sourceAges) {}

    Confirmations(PlaneAges ages) {
        this.ages = ages;
    }

    /** What was active when the question left is the newest. */
    void current(long sentNs, long sentWallMs, Heartbeat answer) {
        pending = null;
        ages.confirm(sentNs, sentWallMs, answer.getSourceAgesList());
    }

    /** There is something newer than what is active. */
    void behind(SnapshotVersion newest, long sentNs, long sentWallMs, Heartbeat answer) {
        pending = new Pending(newest, sentNs, sentWallMs, answer.getSourceAgesList());
    }

    /** A snapshot is active now. Returns whether that confirms it. */
    boolean activated(SnapshotVersion active) {
        Pending earlier = pending;
        if (earlier == null || earlier.newest.isNewerThan(active)) {
            return false;
        }
        pending = null;
        ages.confirm(earlier.sentNs, earlier.sentWallMs, earlier.sourceAges);
        return true;
    }
}
