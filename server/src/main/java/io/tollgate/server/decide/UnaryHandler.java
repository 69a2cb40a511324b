/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One message in, one out, on the event loop. An answer waits in the lane's {@link AnswerGate} until what it rests on is durable. The
 * answer is made when the caller has finished asking, so a call that
 * was cancelled before takes nothing.
 *
 * @param <R> the answer
 */
final class UnaryHandler<R> implements ServerCallHandler<Object, R> {
    /** Makes the answer to a message that could be read. */
    interface Answerer<R> {
        /**
         * {@return the answer}
         *
         * @throws StatusException when the call itself, not its content, cannot be served
         */
        R answer(Object request, @Nullable Deadline deadline) throws StatusException;

        /** {@return the answer to a message that could not be read; null = the call is closed with the message's status} */
        default @Nullable R unreadable(final Malformed message) {
            return null;
        }
    }

    private static final Status NOT_DURABLE =
            Status.UNAVAILABLE.withDescription("the usage journal has failed: what was done could"
                    + " not be recorded durably. Ask again when the sidecar was started anew");

    private final Answerer<R> answerer;
    private final Function<R, @Nullable R> notDurable;

    /** An answer that could not be made durable fails the call. */
    UnaryHandler(final Answerer<R> answerer) {
        this(answerer, answer -> null);
    }

    /**
     * A handler.
     *
     * @param notDurable what is told in place of an answer that could not be made durable; null = the call fails
     */
    UnaryHandler(final Answerer<R> answerer, final Function<R, @Nullable R> notDurable) {
        this.answerer = answerer;
        this.notDurable = notDurable;
    }

    @Override
    public ServerCall.Listener<Object> startCall(final ServerCall<Object, R> call, final Metadata headers) {
        // The second message is one too many; asking for it is how one learns of it.
        call.request(2);
        return new Call(call, Context.current().getDeadline());
    }

    private final class Call extends ServerCall.Listener<Object> {
        private final ServerCall<Object, R> call;
        private final @Nullable Deadline deadline;
        private @Nullable Object request;
        private boolean closed;

        Call(final ServerCall<Object, R> call, final @Nullable Deadline deadline) {
            this.call = call;
            this.deadline = deadline;
        }

        @Override
        public void onMessage(final Object message) {
            if (closed) {
                return;
            }
            if (message instanceof Malformed malformed) {
                final R answer = answerer.unreadable(malformed);
                if (answer == null) {
                    close(malformed.status());
                } else {
                    call.sendHeaders(new Metadata());
                    call.sendMessage(answer);
                    close(Status.OK);
                }
            } else if (request != null) {
                close(Status.INVALID_ARGUMENT.withDescription(
                        "one message per call; use DecideBatch or DecideStream for many questions"));
            } else {
                request = message;
            }
        }

        @Override
        public void onHalfClose() {
            if (closed) {
                return;
            }
            if (request == null) {
                close(Status.INVALID_ARGUMENT.withDescription("the call ended without a message"));
                return;
            }
            try {
                final R response = answerer.answer(request, deadline);
                request = null;
                final AnswerGate gate = Lane.current().gate;
                final long owed = gate.takeOwed();
                if (owed == 0) {
                    tell(response);
                } else {
                    gate.pass(owed, durable -> tell(durable ? response : notDurable.apply(response)));
                }
            } catch (final StatusException e) {
                close(e.getStatus());
            }
        }

        private void tell(final @Nullable R response) {
            if (closed) {
                return;
            }
            if (response == null) {
                close(NOT_DURABLE);
                return;
            }
            call.sendHeaders(new Metadata());
            call.sendMessage(response);
            close(Status.OK);
        }

        @Override
        public void onCancel() {
            closed = true;
        }

        private void close(final Status status) {
            closed = true;
            call.close(status, new Metadata());
        }
    }
}
