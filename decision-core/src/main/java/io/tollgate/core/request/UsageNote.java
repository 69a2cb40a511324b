/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.request;

/**
 * What a face wants to have written beside the usage that a request leads to; nothing is decided by it. Part of a
 * {@link DecisionRequest}; belongs to its thread.
 */
public final class UsageNote {
    /** Longest id of a decision, bytes. */
    public static final int MAX_DECISION_BYTES = 128;

    /** Most bytes of properties, as fields of {@code tollgate.v1.UsageRecord}. */
    public static final int MAX_PROPERTY_BYTES = 2048;

    private static final byte[] NO_BYTES = {};

    private final byte[] decision = new byte[MAX_DECISION_BYTES];
    private int decisionLength;
    private byte[] properties = NO_BYTES;
    private int propertyLength;

    UsageNote() {}

    void reset() {
        decisionLength = 0;
        properties = NO_BYTES;
        propertyLength = 0;
    }

    /**
     * Names the decision that answers the request.
     *
     * @param length at most {@link #MAX_DECISION_BYTES}; a longer one is as none
     */
    public void decision(final byte[] utf8, final int offset, final int length) {
        if (length <= MAX_DECISION_BYTES) {
            System.arraycopy(utf8, offset, decision, 0, length);
            decisionLength = length;
        }
    }

    /** {@return the id of the decision, {@link #decisionLength} bytes of UTF-8} */
    public byte[] decision() {
        return decision;
    }

    /** {@return bytes of the id; 0 = it has none} */
    public int decisionLength() {
        return decisionLength;
    }

    /**
     * Sets the properties of what was used, for Settle.
     *
     * @param wire wire bytes of field 11 of {@code tollgate.v1.UsageRecord}; kept until the next reset
     * @param length at most {@link #MAX_PROPERTY_BYTES}
     */
    public void properties(final byte[] wire, final int length) {
        properties = wire;
        propertyLength = length;
    }

    /** {@return the properties, {@link #propertyLength} bytes} */
    public byte[] properties() {
        return properties;
    }

    /** {@return bytes of the properties; 0 = there are none} */
    public int propertyLength() {
        return propertyLength;
    }
}
