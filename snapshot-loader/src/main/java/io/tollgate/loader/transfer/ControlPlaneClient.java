/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.PullDeltasRequest;
import io.tollgate.v1.PullSnapshotRequest;
import io.tollgate.v1.SnapshotChunk;
import org.jspecify.annotations.Nullable;

/**
 * The transport to the control plane. Calls return at once; listeners are called on any thread, one call at a time per stream, perhaps
 * before the method has returned, and only until {@link Listener#onEnd} or {@link Stream#cancel}.
 */
public interface ControlPlaneClient extends AutoCloseable {
    /**
     * Asks what is newer.
     *
     * @param deadlineMs the call fails after so long
     */
    Stream pullDeltas(PullDeltasRequest request, long deadlineMs, Listener<DeltaBatch> listener);

    /** Asks for a snapshot; it has no deadline of its own, the caller watches for silence. */
    Stream pullSnapshot(PullSnapshotRequest request, Listener<SnapshotChunk> listener);

    /** {@return the way of usage reports over the same connection; null = there is nobody to report to} */
    default @Nullable UsageTransport usage() {
        return null;
    }

    /** Sets what to run when the connection is back after a failure: any thread, at least once per return. Once, before the first call. */
    void onReachable(Runnable action);

    /**
     * Nobody answers on the connection that there is, though it looks alive: the next call is to take another one. A transfer that runs on
     * the old one may go on. Loader's thread.
     */
    default void suspect() {}

    /** {@return where the control plane is, for messages} */
    String address();

    /** Cancels what runs and lets go of the connection; again is harmless. */
    @Override
    void close();

    /** A running call. */
    interface Stream {
        /** Allows so many more messages; none comes before the first allowance. */
        void request(int messages);

        /** Ends the call; its listener hears no more that counts. Again, or after the end, is harmless. */
        void cancel(String reason);
    }

    /** Hears a call. */
    interface Listener<T> {
        /** A message came. */
        void onMessage(T message);

        /** The call is over; null = in good order. */
        void onEnd(@Nullable Failure failure);
    }

    /**
     * Why a call broke.
     *
     * @param message for an operator; names no secret
     */
    record Failure(Kind kind, String message) {
        /** What it means for the caller. */
        public enum Kind {
            /** Nobody answers, or the connection broke: try again. */
            UNAVAILABLE,
            /** The control plane does not accept who we are. */
            REFUSED,
            /** What was asked for is not there (any more). */
            NOT_FOUND,
            /** Anything else. */
            OTHER
        }
    }
}
