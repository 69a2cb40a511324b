/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.metrics;

/** Why a question was answered OVERLOADED without being evaluated. */
public enum ShedCause {
    /** The caller's deadline had passed: nobody waits for the answer. */
    DEADLINE("deadline", "the call's deadline has passed"),
    /** The event loop does not keep up. */
    LAG("lag", "the sidecar has more work than it can do"),
    /** The sidecar is leaving. */
    DRAINING("draining", "the sidecar is shutting down");

    private final String label;
    private final String sentence;

    ShedCause(final String label, final String sentence) {
        this.label = label;
        this.sentence = sentence;
    }

    /** {@return value of the metric's label "cause"} */
    public String label() {
        return label;
    }

    /** {@return the cause in words for the caller} */
    public String sentence() {
        return sentence;
    }
}
