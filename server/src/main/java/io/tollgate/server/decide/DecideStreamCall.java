/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.tollgate.server.decisionlog.Face;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import org.jspecify.annotations.Nullable;

/**
 * One DecideStream. The next question is asked for only when the transport has room for another answer, so a caller
 * that does not read its answers is not read either, and nothing piles up here. All on one event loop, hence the
 * answers come in the order of the questions.
 */
final class DecideStreamCall extends ServerCall.Listener<Object> implements LaneStream {
    private static final Status LEAVING =
            Status.UNAVAILABLE.withDescription("the sidecar is shutting down; open the stream again elsewhere");

    /** Answers that wait to be durable; the next question is not read before. */
    private static final int MAX_HELD = 256;

    private final ServerCall<Object, DecideResponse> call;
    private final DecisionEdge edge;
    private final Lane lane;
    private final @Nullable Deadline deadline;
    private boolean waitsForRoom;
    private boolean waitsForDurable;
    private boolean ending;
    private int held;
    private long newest;
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
        final DecideResponse answer = edge.decide(lane, Face.STREAM, (DecideRequest) message, deadline);
        // never before those that it came after
        newest = held == 0 ? lane.gate.takeOwed() : Math.max(newest, lane.gate.takeOwed());
        if (newest == 0) {
            call.sendMessage(answer);
        } else {
            held++;
            lane.gate.pass(newest, durable -> tell(durable ? answer : edge.notDurable(Face.STREAM, answer)));
        }
        next();
    }

    private void tell(final DecideResponse answer) {
        held--;
        if (closed) {
            return;
        }
        call.sendMessage(answer);
        if (ending && held == 0) {
            close(Status.OK);
        } else if (waitsForDurable) {
            waitsForDurable = false;
            next();
        }
    }

    private void next() {
        if (held >= MAX_HELD) {
            waitsForDurable = true;
        } else if (call.isReady()) {
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
        if (held > 0) {
            ending = true;
            return;
        }
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

    @Override
    public void leave(final long patienceNs) {
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
