/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import org.jspecify.annotations.Nullable;

/**
 * Why there is no answer of the sidecar behind a {@link Decision}: the operator's side of a DENY with reason
 * UNREACHABLE. It is never thrown by the client; it is what {@link Decision#cause()} holds. Its text may name
 * addresses, so log it, and show users {@link Decision#message()} instead.
 *
 * <p>Carries no stack trace of its own (it would only show the client's event loop); the cause does, where there is
 * one.
 */
public final class TransportFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** What went wrong, coarse enough to count in a metric. */
    public enum Kind {
        /** The deadline passed first. */
        TIMEOUT,
        /** No connection, or it broke before the answer was complete. */
        UNREACHABLE,
        /**
         * The sidecar, or something in between, refused the call itself: unknown method, no permission, message too
         * long.
         */
        REFUSED,
        /**
         * Something answered, but not in a way that may be trusted: unknown outcome, another request's answer, wrong
         * length.
         */
        MALFORMED,
        /** The caller cancelled the future. */
        CANCELLED,
        /** The calling thread was interrupted. */
        INTERRUPTED,
        /** The client or the stream is closed. */
        CLOSED,
        /** A stream has as many unanswered requests as it may have. */
        OVERLOADED
    }

    private final Kind kind;

    TransportFailure(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.kind = kind;
    }

    TransportFailure(Kind kind, String message) {
        this(kind, message, null);
    }

    /** Never null: an address, a gRPC status and what it said, or what the client found. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    public Kind kind() {
        return kind;
    }
}
