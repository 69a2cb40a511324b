/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.lifecycle;

/**
 * A sidecar that could not start. The message says what, where and how to mend it, for an operator; no stack trace is
 * needed.
 */
public final class SidecarStartException extends RuntimeException {
    private final String what;

    /** An exception with this message. */
    public SidecarStartException(final String what) {
        super(what);
        this.what = what;
    }

    /** An exception with this message, and the cause for whoever debugs. */
    public SidecarStartException(final String what, final Throwable cause) {
        super(what, cause);
        this.what = what;
    }

    @Override
    public String getMessage() {
        return what;
    }
}
