/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.tollgate.v1.DecisionServiceGrpc;

/**
 * One DecideStream for the whole run; answers come in the order of the questions, so the times that they were due wait in a ring.
 *
 * <p>The sender writes the ring and its tail, the event loop reads it after the answer to that very message has come in, which orders the
 * two.
 */
final class StreamLane extends Lane {
    private final MethodDescriptor<byte[], Answer> method = DecisionServiceGrpc.getDecideStreamMethod().toBuilder(
                    RawBytes.INSTANCE, Answer.ofDecision())
            .build();
    private final ClientCall<byte[], Answer> call;
    private final long[] dueNs;
    private long sent;
    private long received;
    private boolean filled;
    private volatile boolean closed;

    StreamLane(final LaneSetup setup) {
        super(setup);
        dueNs = new long[setup.inFlight()];
        call = channel.newCall(method, callOptions);
    }

    @Override
    void open() {
        call.start(new Listener(), new Metadata());
        call.request(mostInFlight());
    }

    @Override
    void transmit(final byte[] message, final long due) {
        if (closed) {
            broken(Status.ABORTED.withDescription("the stream has ended; nothing more can be sent"), 1);
            return;
        }
        dueNs[(int) (sent++ % dueNs.length)] = due;
        call.sendMessage(message);
    }

    @Override
    void halfClose() {
        call.halfClose();
    }

    private final class Listener extends ClientCall.Listener<Answer> {
        @Override
        public void onReady() {
            if (!filled && isClosedLoop()) {
                filled = true; // on the event loop, as every later send of a closed loop
                fill();
            }
        }

        @Override
        public void onMessage(final Answer message) {
            final long due = dueNs[(int) (received++ % dueNs.length)];
            call.request(1);
            answered(message, due);
        }

        @Override
        public void onClose(final Status status, final Metadata trailers) {
            final int lost = inFlight();
            if (!status.isOk() || lost > 0) {
                broken(status, lost);
            }
            closed = true; // last: from now on the sender writes the tally
        }
    }
}
