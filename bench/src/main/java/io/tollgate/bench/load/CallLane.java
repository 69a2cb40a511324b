/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.tollgate.envoy.auth.v3.AuthorizationGrpc;
import io.tollgate.v1.DecisionServiceGrpc;
import org.jspecify.annotations.Nullable;

/** One call per message: Decide, DecideBatch or Check. */
final class CallLane extends Lane {
    private final MethodDescriptor<byte[], Answer> method;

    CallLane(final LaneSetup setup, final LoadPlan.Call call) {
        super(setup);
        method = switch (call) {
            case BATCH ->
                DecisionServiceGrpc.getDecideBatchMethod().toBuilder(RawBytes.INSTANCE, Answer.ofBatch())
                        .build();
            case CHECK ->
                AuthorizationGrpc.getCheckMethod().toBuilder(RawBytes.INSTANCE, Answer.ofCheck())
                        .build();
            default ->
                DecisionServiceGrpc.getDecideMethod().toBuilder(RawBytes.INSTANCE, Answer.ofDecision())
                        .build();
        };
    }

    @Override
    void open() {
        if (isClosedLoop()) {
            fill();
        }
    }

    @Override
    void transmit(final byte[] message, final long dueNs) {
        final ClientCall<byte[], Answer> call = channel.newCall(method, callOptions);
        call.start(new Listener(dueNs), new Metadata());
        call.request(2); // one more than expected, so that a second answer would be noticed
        call.sendMessage(message);
        call.halfClose();
    }

    @Override
    void halfClose() {
        // each call ends by itself
    }

    private final class Listener extends ClientCall.Listener<Answer> {
        private final long dueNs;
        private @Nullable Answer answer;

        Listener(final long dueNs) {
            this.dueNs = dueNs;
        }

        @Override
        public void onMessage(final Answer message) {
            answer = message;
        }

        @Override
        public void onClose(final Status status, final Metadata trailers) {
            final Answer received = answer;
            if (!status.isOk()) {
                failed(status);
            } else if (received == null) {
                failed(Status.INTERNAL.withDescription("OK without an answer"));
            } else {
                answered(received, dueNs);
            }
        }
    }
}
