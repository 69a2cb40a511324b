/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

/** A compiled condition. Immutable, safe for any thread; neither locks, allocates nor throws; its cost is bounded. */
@FunctionalInterface
public interface ConditionProgram {
    /** The condition holds. */
    int TRUE = 1;
    /** The condition does not hold. */
    int FALSE = 0;
    /** The condition cannot be evaluated: attribute missing, wrong type, division by zero. */
    int ERROR = -1;

    /** {@return {@link #TRUE} or {@link #FALSE}; any other number is an {@link #ERROR}} */
    int evaluate(ConditionInput input);

    /** {@return most steps that evaluating takes, see {@link io.tollgate.core.condition.ConditionLimits}; 0 = next to nothing} */
    default int cost() {
        return 0;
    }

    /** {@return why it is an {@link #ERROR}, or else the values that it read; empty when there is nothing to say. Cold; allocates} */
    default String explain(final ConditionInput input) {
        return "";
    }
}
