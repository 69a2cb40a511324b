/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.v1.Plane;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the loader knows, at one instant; immutable, for any thread. Wall times are milliseconds since 1970.
 *
 * @param stateDir where snapshots and counters lie
 * @param snapshot the active snapshot, or null while there is none
 * @param connection the talk with the control plane
 * @param installs what became of the snapshots that were pulled
 * @param planes one line per plane
 * @param counters the store of live counters
 * @param distrust why the active snapshot is no longer trusted: its key was removed, and its planes count as never confirmed; empty = it is
 * @param time what the clocks did
 */
public record LoaderStatus(
        Path stateDir,
        @Nullable SnapshotFacts snapshot,
        ConnectionFacts connection,
        InstallFacts installs,
        List<PlaneFacts> planes,
        CounterFacts counters,
        String distrust,
        ClockFacts time) {

    /** What the loader is busy with. */
    public enum Phase {
        /** Nothing to do but heartbeats. */
        IDLE,
        /** Chunks are arriving. */
        PULLING,
        /** A verified snapshot is being built beside the live one. */
        INSTALLING
    }

    /** How the last call to the control plane went. */
    public enum Connection {
        /** No answer yet since the start. */
        CONNECTING,
        /** The last heartbeat was answered. */
        CONNECTED,
        /** The last call failed; the next one waits for its backoff. */
        FAILING
    }

    /**
     * The active snapshot.
     *
     * @param signatureKeyId of the trusted key whose signature held when it was activated; empty = accepted unsigned
     * @param confirmed the control plane has said since the start that this is the newest
     */
    public record SnapshotFacts(
            String bundle,
            SnapshotVersion version,
            long registryVersion,
            long ledgerSequence,
            String manifestSha256,
            String signatureKeyId,
            boolean confirmed,
            long createdAtMs,
            long activatedAtMs) {
        /** {@return whether a trusted signature held} */
        public boolean signatureVerified() {
            return !signatureKeyId.isEmpty();
        }
    }

    /**
     * The talk with the control plane.
     *
     * @param consecutiveFailures heartbeats failed since the last answer
     * @param lastFailure the last one, also after the connection is back
     * @param lastAnswerAtMs when the last heartbeat was answered; 0 = never since the start
     */
    public record ConnectionFacts(
            Connection state, int consecutiveFailures, @Nullable Failure lastFailure, long lastAnswerAtMs) {}

    /**
     * What became of the snapshots that were pulled.
     *
     * @param installed activated since the start, the one found on disk included
     * @param refused did not pass a check
     * @param failed broke off for another cause: transport, disk
     * @param lastFailure the last refusal or failure, also after a later success
     * @param chunksReceived of the running transfer
     * @param chunkCount of the running transfer; 0 = unknown or none
     */
    public record InstallFacts(
            Phase phase,
            long installed,
            long refused,
            long failed,
            @Nullable Failure lastFailure,
            long chunksReceived,
            long chunkCount) {}

    /** A failure, said for an operator, and when. */
    public record Failure(String cause, long atMs) {}

    /**
     * One plane.
     *
     * @param ageMs of its evidence; -1 = never confirmed since the start
     * @param maxAgeMs the bound in force: the manifest's, tightened by local configuration
     * @param sourceAgeMs how old the evidence already was at the control plane when last confirmed
     * @param sourceDetail why, in the control plane's words; empty = nothing to say
     */
    public record PlaneFacts(
            Plane plane, boolean stale, long ageMs, long maxAgeMs, long sourceAgeMs, String sourceDetail) {}

    /**
     * The store of live counters.
     *
     * @param wasReset the counters found at the start were damaged and configuration allowed to begin anew
     */
    public record CounterFacts(long cells, boolean wasReset) {}

    /**
     * What the clocks did since the start.
     *
     * @param steps times that the wall clock was stepped against the monotonic clock, or the machine slept
     * @param lastStepMs how far the last time, positive = ahead
     * @param lastStepAtMs when, by the wall clock after it; 0 = never
     * @param pauses times that the process stood still
     * @param lastPauseMs for how long the last time
     * @param countersHealed counters that were ahead of a wall clock that went back, and were brought back
     */
    public record ClockFacts(
            long steps, long lastStepMs, long lastStepAtMs, long pauses, long lastPauseMs, long countersHealed) {}
}
