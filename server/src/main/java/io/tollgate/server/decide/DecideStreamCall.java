/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import org.jspecify.annotations.Nullable;

/**
 * One DecideStream. The next question is asked for only when the transport has room for another answer, so a caller
 * that does not read its answers is not read either, and nothing piles up here. All on one event loop, hence the
 * answers come in the order of the questions.
 */
final class DecideStreamCall extends ServerCall.Listener<Object> {
    private static final Status LEAVING =
            Status.UNAVAILABLE.withDescription("the sidecar is shutting down; open the stream again elsewhere");

    private final ServerCall<Object, DecideResponse> call;
    private final DecisionEdge edge;
    private final Lane lane;
    private final @Nullable Deadline deadline;
    private boolean waitsForRoom;
    private boolean closed;

    DecideStreamCall(
            final ServerCall<Object, DecideResponse> call,
            final DecisionEdge edge,
            final Lane lane,
            final @Nullable Deadline deadline) {
        this.call = call;
        this.edge = edge;
        this.lane = lane;
        this.deadline = deadline;
    }

    void start() {
        lane.streams.add(this);
        call.sendHeaders(new Metadata());
        call.request(1);
    }

    @Override
    public void onMessage(final Object message) {
        if (closed) {
            return;
        }
        if (message instanceof Malformed malformed) {
            close(malformed.status());
            return;
        }
        call.sendMessage(edge.decide(lane, (DecideRequest) message, deadline));
        if (call.isReady()) {
            call.request(1);
        } else {
            waitsForRoom = true;
        }
    }

    @Override
    public void onReady() {
        if (waitsForRoom && !closed && call.isReady()) {
            waitsForRoom = false;
            call.request(1);
        }
    }

    @Override
    public void onHalfClose() {
        close(Status.OK);
    }

    @Override
    public void onCancel() {
        finished();
    }

    @Override
    public void onComplete() {
        finished();
    }

    /** Ends the stream from this side, since the sidecar leaves. On the stream's event loop. */
    void leave() {
        close(LEAVING);
    }

    private void close(final Status status) {
        if (!closed) {
            finished();
            call.close(status, new Metadata());
        }
    }

    private void finished() {
        closed = true;
        lane.streams.remove(this);
    }
}
