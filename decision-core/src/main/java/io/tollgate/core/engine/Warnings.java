/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Reason;
import io.tollgate.core.Severity;

/** The warnings of one decision. Reused; belongs to one thread. Beyond {@link #MAX} the later ones are left out. */
public final class Warnings {
    /** Most warnings of one answer. */
    public static final int MAX = 64;

    private final Reason[] reasons = new Reason[MAX];
    private final Severity[] severities = new Severity[MAX];
    private final int[] subjects = new int[MAX];
    private int size;

    Warnings() {}

    void reset() {
        size = 0;
    }

    void add(final Reason reason, final Severity severity, final int subject) {
        if (size < MAX) {
            reasons[size] = reason;
            severities[size] = severity;
            subjects[size] = subject;
            size++;
        }
    }

    /** {@return how many there are} */
    public int size() {
        return size;
    }

    /** {@return why} */
    public Reason reason(final int index) {
        return reasons[index];
    }

    /** {@return how loud} */
    public Severity severity(final int index) {
        return severities[index];
    }

    /**
     * {@return what it is about: of SNAPSHOT_STALE the plane's code, of POLICY_WARN the rule's number in
     * {@link io.tollgate.core.world.World#policies()}, of OVER_SOFT_LIMIT and NEAR_LIMIT the position in
     * {@link Decision#ceilings()}, of CREDIT_LOW nothing: it is about the wallet of {@link Decision#cost()}}
     */
    public int subject(final int index) {
        return subjects[index];
    }
}
