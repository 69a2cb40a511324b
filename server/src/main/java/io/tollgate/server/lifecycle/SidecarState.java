/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.lifecycle;

/** What a sidecar is doing; codes are those of {@code tollgate.v1.SidecarState}. */
public enum SidecarState {
    /** No snapshot yet, or warming up. */
    STARTING(1),
    /** Decides. */
    READY(2),
    /** At least one plane is too old. */
    STALE(3),
    /** Leaves. */
    DRAINING(4);

    private final int code;

    SidecarState(final int code) {
        this.code = code;
    }

    /** {@return number on the wire} */
    public int code() {
        return code;
    }
}
