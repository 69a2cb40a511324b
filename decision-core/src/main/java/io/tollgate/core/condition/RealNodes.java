/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import static io.tollgate.core.policy.ConditionProgram.ERROR;

/** Values of type double and comparisons of them, as IEEE 754 has them. */
final class RealNodes {
    private RealNodes() {}

    static final class Constant extends Node.Real {
        private final double value;

        Constant(final double value) {
            this.value = value;
        }

        @Override
        double value(final ConditionFrame frame) {
            return value;
        }
    }

    static final class Variable extends Node.Real {
        private final int slot;

        Variable(final int slot) {
            this.slot = slot;
        }

        @Override
        double value(final ConditionFrame frame) {
            return frame.present(slot) ? Double.longBitsToDouble(frame.number(slot)) : frame.fail();
        }
    }

    static final class Arithmetic extends Node.Real {
        private final Operator operator;
        private final Node.Real left;
        private final Node.Real right;

        Arithmetic(final Operator operator, final Node.Real left, final Node.Real right) {
            this.operator = operator;
            this.left = left;
            this.right = right;
        }

        @Override
        double value(final ConditionFrame frame) {
            final double a = left.value(frame);
            if (frame.failed()) {
                return 0;
            }
            final double b = right.value(frame);
            return switch (operator) {
                case ADD -> a + b;
                case SUBTRACT -> a - b;
                case MULTIPLY -> a * b;
                default -> a / b;
            };
        }
    }

    static final class Negate extends Node.Real {
        private final Node.Real operand;

        Negate(final Node.Real operand) {
            this.operand = operand;
        }

        @Override
        double value(final ConditionFrame frame) {
            return -operand.value(frame);
        }
    }

    static final class FromWhole extends Node.Real {
        private final Node.Whole operand;

        FromWhole(final Node.Whole operand) {
            this.operand = operand;
        }

        @Override
        double value(final ConditionFrame frame) {
            return operand.value(frame);
        }
    }

    static final class Choose extends Node.Real {
        private final Node.Bool condition;
        private final Node.Real then;
        private final Node.Real otherwise;

        Choose(final Node.Bool condition, final Node.Real then, final Node.Real otherwise) {
            this.condition = condition;
            this.then = then;
            this.otherwise = otherwise;
        }

        @Override
        double value(final ConditionFrame frame) {
            final int value = condition.test(frame);
            return value == ERROR ? frame.fail() : value == 1 ? then.value(frame) : otherwise.value(frame);
        }
    }

    static final class Compare extends Node.Bool {
        private final Node.Real left;
        private final Node.Real right;
        private final Order order;

        Compare(final Node.Real left, final Node.Real right, final Order order) {
            this.left = left;
            this.right = right;
            this.order = order;
        }

        @Override
        int test(final ConditionFrame frame) {
            final double a = left.value(frame);
            if (frame.takeFailed()) {
                return ERROR;
            }
            final double b = right.value(frame);
            return frame.takeFailed() ? ERROR : order.holds(a, b);
        }
    }

    static final class OneOf extends Node.Bool {
        private final Node.Real value;
        private final double[] literals;

        OneOf(final Node.Real value, final double[] literals) {
            this.value = value;
            this.literals = literals;
        }

        @Override
        int test(final ConditionFrame frame) {
            final double wanted = value.value(frame);
            if (frame.takeFailed()) {
                return ERROR;
            }
            for (final double literal : literals) {
                if (literal == wanted) {
                    return 1;
                }
            }
            return 0;
        }
    }
}
