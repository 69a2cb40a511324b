/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.v1.Plane;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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
 * @param deltas what lies on top of the snapshot
 */
public record LoaderStatus(
        Path stateDir,
        @Nullable SnapshotFacts snapshot,
        ConnectionFacts connection,
        InstallFacts installs,
        List<PlaneFacts> planes,
        CounterFacts counters,
        String distrust,
        ClockFacts time,
        DeltaFacts deltas) {

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

    /**
     * What lies on top of the active snapshot, and what became of the deltas that came. Causes are labels of
     * {@link io.tollgate.loader.delta.DeltaRefusedException.Cause}.
     *
     * @param sequence the last delta in force, contained in the snapshot or on top of it
     * @param onSnapshot deltas on top of it
     * @param applied since the start, those found on disk included
     * @param lastAppliedAtMs when the last one was; 0 = none since the start
     * @param overlayRows records that differ from the snapshot's
     * @param overlayBytes what these take, about
     * @param refused by cause
     * @param resyncs how often a whole snapshot was wanted instead, by cause
     * @param lastRefusal also after a later success
     * @param resyncing why a whole snapshot is wanted now; empty = it is not
     * @param durations from the arrival of deltas until decisions know them
     */
    public record DeltaFacts(
            long sequence,
            long onSnapshot,
            long applied,
            long lastAppliedAtMs,
            long overlayRows,
            long overlayBytes,
            Map<String, Long> refused,
            Map<String, Long> resyncs,
            @Nullable Failure lastRefusal,
            String resyncing,
            DurationFacts durations) {
        /** Nothing yet. */
        public static final DeltaFacts NONE =
                new DeltaFacts(0, 0, 0, 0, 0, 0, Map.of(), Map.of(), null, "", DurationFacts.NONE);
    }

    /**
     * How long something took, each time.
     *
     * @param counts how often at most each of {@link #BOUNDS_NS} and more than the one before it; last: longer than all of them
     * @param sumNs of all together
     */
    public record DurationFacts(List<Long> counts, long sumNs) {
        /** Nanoseconds. */
        public static final List<Long> BOUNDS_NS = Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
                .map(ms -> ms * 1_000_000L)
                .toList();

        static final DurationFacts NONE = new DurationFacts(Collections.nCopies(BOUNDS_NS.size() + 1, 0L), 0);

        DurationFacts with(long durationNs) {
            List<Long> more = new ArrayList<>(counts);
            int at = 0;
            while (at < BOUNDS_NS.size() && durationNs > BOUNDS_NS.get(at)) {
                at++;
            }
            more.set(at, more.get(at) + 1);
            return new DurationFacts(List.copyOf(more), sumNs + durationNs);
        }
    }

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
