/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import static io.tollgate.core.policy.ConditionProgram.ERROR;
import static io.tollgate.core.policy.ConditionProgram.FALSE;
import static io.tollgate.core.policy.ConditionProgram.TRUE;

/** Logic. An error of an operand counts only when no other operand decides. */
final class BoolNodes {
    private BoolNodes() {}

    static int of(final boolean value) {
        return value ? TRUE : FALSE;
    }

    static final class Constant extends Node.Bool {
        private final int value;

        Constant(final boolean value) {
            this.value = of(value);
        }

        @Override
        int test(final ConditionFrame frame) {
            return value;
        }
    }

    static final class Variable extends Node.Bool {
        private final int slot;

        Variable(final int slot) {
            this.slot = slot;
        }

        @Override
        int test(final ConditionFrame frame) {
            return frame.present(slot) ? (int) frame.number(slot) : ERROR;
        }
    }

    static final class Has extends Node.Bool {
        private final int slot;

        Has(final int slot) {
            this.slot = slot;
        }

        @Override
        int test(final ConditionFrame frame) {
            return of(frame.has(slot));
        }
    }

    /** AND when it ends at FALSE, OR when it ends at TRUE. */
    static final class Chain extends Node.Bool {
        private final Node.Bool[] operands;
        private final int ending;

        Chain(final Node.Bool[] operands, final boolean ending) {
            this.operands = operands;
            this.ending = of(ending);
        }

        @Override
        int test(final ConditionFrame frame) {
            int result = 1 - ending;
            int cause = 0;
            for (final Node.Bool operand : operands) {
                final int value = operand.test(frame);
                if (value == ending) {
                    return ending;
                }
                if (value == ERROR && result != ERROR) {
                    result = ERROR;
                    cause = frame.cause();
                }
            }
            if (result == ERROR) {
                frame.cause(cause);
            }
            return result;
        }
    }

    static final class Not extends Node.Bool {
        private final Node.Bool operand;

        Not(final Node.Bool operand) {
            this.operand = operand;
        }

        @Override
        int test(final ConditionFrame frame) {
            final int value = operand.test(frame);
            return value == ERROR ? ERROR : 1 - value;
        }
    }

    static final class Choose extends Node.Bool {
        private final Node.Bool condition;
        private final Node.Bool then;
        private final Node.Bool otherwise;

        Choose(final Node.Bool condition, final Node.Bool then, final Node.Bool otherwise) {
            this.condition = condition;
            this.then = then;
            this.otherwise = otherwise;
        }

        @Override
        int test(final ConditionFrame frame) {
            final int value = condition.test(frame);
            return value == ERROR ? ERROR : value == TRUE ? then.test(frame) : otherwise.test(frame);
        }
    }

    /** Comparison of two bools; false is less than true. */
    static final class Compare extends Node.Bool {
        private final Node.Bool left;
        private final Node.Bool right;
        private final Order order;

        Compare(final Node.Bool left, final Node.Bool right, final Order order) {
            this.left = left;
            this.right = right;
            this.order = order;
        }

        @Override
        int test(final ConditionFrame frame) {
            final int a = left.test(frame);
            if (a == ERROR) {
                return ERROR;
            }
            final int b = right.test(frame);
            return b == ERROR ? ERROR : order.holds(a - b);
        }
    }
}
