/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

/**
 * What stage CAPACITY learns about one request: which entries of the plan are the candidates of which charge. Belongs to the worker's
 * thread.
 */
final class CapacityFacts {
    /** No charge on capacity was denied. */
    static final int NONE = -1;

    final PoolAttributes attributes;

    /** Position of the charge in the evaluation. */
    final int[] charges = new int[Evaluation.MAX_CHARGES];
    /** Its candidates in the plan; none when both are equal. */
    final int[] from = new int[Evaluation.MAX_CHARGES];

    final int[] to = new int[Evaluation.MAX_CHARGES];

    int count;
    /** The first charge that no pool serves, position in charges, or NONE. */
    int denied;

    CapacityFacts(final Evaluation evaluation) {
        attributes = new PoolAttributes(evaluation);
    }

    void reset() {
        count = 0;
        denied = NONE;
        attributes.reset();
    }

    void add(final int charge, final int start, final int end) {
        charges[count] = charge;
        from[count] = start;
        to[count] = end;
        count++;
    }
}
