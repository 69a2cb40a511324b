/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import com.google.protobuf.ByteString;
import io.tollgate.loader.delta.DeltaState;
import io.tollgate.loader.freshness.PlaneAges;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.v1.Heartbeat;
import io.tollgate.v1.PlaneSourceAge;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an answer proves. "You are current" proves the active state as of the moment that the question was sent. "There is more"
 * proves nothing yet; but once all of it is in force, that contains all that was true when that question was sent, so it is confirmed as
 * of then. Loader's thread only.
 */
final class Confirmations {
    private final PlaneAges ages;
    private @Nullable Pending pending;

    /** What a state that has become active comes to. */
    enum Outcome {
        /** Nothing is proved by it. */
        NOTHING,
        /** All that the last answer spoke of is in force. */
        CONFIRMED,
        /** It should be the state that the last answer spoke of, and is another one. */
        DIVERGED
    }

    private record Pending(
            SnapshotVersion newest,
            long sequence,
            ByteString digest,
            long sentNs,
            long sentWallMs,
            List<PlaneSourceAge> sourceAges) {}

    Confirmations(PlaneAges ages) {
        this.ages = ages;
    }

    /** What was active when the question left is the newest. */
    void current(long sentNs, long sentWallMs, Heartbeat answer) {
        pending = null;
        ages.confirm(sentNs, sentWallMs, answer.getSourceAgesList());
    }

    /** There is something newer than what is active. */
    void behind(Heartbeat answer, long sentNs, long sentWallMs) {
        pending = new Pending(
                new SnapshotVersion(answer.getEpoch(), answer.getNewestVersion()),
                answer.getNewestDeltaSequence(),
                answer.getStateDigest(),
                sentNs,
                sentWallMs,
                answer.getSourceAgesList());
    }

    /** What the last answer spoke of must not count any more. */
    void forget() {
        pending = null;
    }

    /** A snapshot, or deltas, are active now. */
    Outcome activated(SnapshotVersion active, DeltaState state) {
        Pending earlier = pending;
        if (earlier == null || !contains(active, state, earlier)) {
            return Outcome.NOTHING;
        }
        pending = null;
        if (isOther(state, earlier)) {
            return Outcome.DIVERGED;
        }
        ages.confirm(earlier.sentNs, earlier.sentWallMs, earlier.sourceAges);
        return Outcome.CONFIRMED;
    }

    /** Within an epoch the deltas count, whatever snapshot they lie on; control planes without any count snapshots. */
    private static boolean contains(SnapshotVersion active, DeltaState state, Pending earlier) {
        if (active.epoch() == earlier.newest.epoch() && earlier.sequence != 0) {
            return Long.compareUnsigned(state.sequence(), earlier.sequence) >= 0;
        }
        return !earlier.newest.isNewerThan(active);
    }

    private static boolean isOther(DeltaState state, Pending earlier) {
        return state.epoch() == earlier.newest.epoch()
                && state.sequence() == earlier.sequence
                && !earlier.digest.isEmpty()
                && !state.digest().isEmpty()
                && !earlier.digest.equals(state.digest());
    }
}
