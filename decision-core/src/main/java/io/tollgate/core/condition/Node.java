/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

/**
 * Part of a linked condition. Immutable; any number of threads evaluate one, each over its own frame. None throws, allocates or loops
 * longer than {@link ExpressionCost} says. A node whose operand failed evaluates nothing more before it hands the failure on, or makes an
 * ERROR of it: so a failure is never taken for another's.
 */
abstract class Node {
    /** Three-valued: {@link io.tollgate.core.policy.ConditionProgram}'s TRUE, FALSE, ERROR. After an ERROR the frame's cause says why. */
    abstract static class Bool extends Node {
        abstract int test(ConditionFrame frame);
    }

    /** An int, timestamp or duration. When it cannot be computed: 0, and the frame has failed. */
    abstract static class Whole extends Node {
        abstract long value(ConditionFrame frame);
    }

    /** A double. When it cannot be computed: 0, and the frame has failed. */
    abstract static class Real extends Node {
        abstract double value(ConditionFrame frame);
    }

    /** A text. When it cannot be computed: the empty one, and the frame has failed. */
    abstract static class Text extends Node {
        abstract void load(ConditionFrame frame, TextSlice into);
    }
}
