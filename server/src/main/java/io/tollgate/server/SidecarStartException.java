/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

/** A sidecar that could not start. The message says what, where and how to mend it, for an operator; no stack trace is needed. */
public final class SidecarStartException extends RuntimeException {
    public SidecarStartException(final String message) {
        super(message);
    }

    public SidecarStartException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
