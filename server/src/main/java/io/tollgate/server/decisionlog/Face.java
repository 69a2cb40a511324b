/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

/** Which door a question came through. */
public enum Face {
    /** Decide. */
    DECIDE("decide"),
    /** One question of a DecideBatch. */
    BATCH("batch"),
    /** DecideStream. */
    STREAM("stream"),
    /** Extend. */
    EXTEND("extend"),
    /** Envoy's Check. */
    EXT_AUTHZ("ext_authz"),
    /** Envoy's ShouldRateLimit. */
    RATE_LIMIT("rate_limit");

    private static final Face[] ALL = values();

    private final String label;

    Face(final String label) {
        this.label = label;
    }

    /** {@return as the log names it} */
    public String label() {
        return label;
    }

    static Face of(final int ordinal) {
        return ALL[ordinal];
    }
}
