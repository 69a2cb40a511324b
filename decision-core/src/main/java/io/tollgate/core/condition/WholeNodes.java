/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import static io.tollgate.core.policy.ConditionProgram.ERROR;

/** Values of type int, timestamp and duration, and comparisons of them. */
final class WholeNodes {
    private WholeNodes() {}

    static final class Constant extends Node.Whole {
        final long value;

        Constant(final long value) {
            this.value = value;
        }

        @Override
        long value(final ConditionFrame frame) {
            return value;
        }
    }

    static final class Variable extends Node.Whole {
        final int slot;

        Variable(final int slot) {
            this.slot = slot;
        }

        @Override
        long value(final ConditionFrame frame) {
            return frame.present(slot) ? frame.number(slot) : frame.fail();
        }
    }

    /** Elements of a list. */
    static final class Count extends Node.Whole {
        private final int slot;

        Count(final int slot) {
            this.slot = slot;
        }

        @Override
        long value(final ConditionFrame frame) {
            return frame.present(slot) ? frame.length(slot) : frame.fail();
        }
    }

    /** Code points of a text. */
    static final class Size extends Node.Whole {
        private final Node.Text text;

        Size(final Node.Text text) {
            this.text = text;
        }

        @Override
        long value(final ConditionFrame frame) {
            text.load(frame, frame.left);
            return frame.failed() ? 0 : frame.left.codePoints();
        }
    }

    static final class Arithmetic extends Node.Whole {
        private final Operator operator;
        private final ValueType result;
        private final boolean between;
        private final Node.Whole left;
        private final Node.Whole right;

        /** Both timestamps: the time between them. */
        Arithmetic(
                final Operator operator,
                final ValueType result,
                final boolean between,
                final Node.Whole left,
                final Node.Whole right) {
            this.operator = operator;
            this.result = result;
            this.between = between;
            this.left = left;
            this.right = right;
        }

        @Override
        long value(final ConditionFrame frame) {
            final long a = left.value(frame);
            if (frame.failed()) {
                return 0;
            }
            final long b = right.value(frame);
            if (frame.failed()) {
                return 0;
            }
            if (between) {
                return WholeMath.between(frame, a, b);
            }
            final long value =
                    switch (operator) {
                        case ADD -> WholeMath.add(frame, a, b);
                        case SUBTRACT -> WholeMath.subtract(frame, a, b);
                        case MULTIPLY -> WholeMath.multiply(frame, a, b);
                        case DIVIDE -> WholeMath.divide(frame, a, b);
                        default -> WholeMath.modulo(frame, a, b);
                    };
            return result == ValueType.INT
                    ? value
                    : result == ValueType.TIMESTAMP ? WholeMath.moment(frame, value) : WholeMath.duration(frame, value);
        }
    }

    static final class Negate extends Node.Whole {
        private final Node.Whole operand;

        Negate(final Node.Whole operand) {
            this.operand = operand;
        }

        @Override
        long value(final ConditionFrame frame) {
            final long value = operand.value(frame);
            return frame.failed() ? 0 : WholeMath.negate(frame, value);
        }
    }

    static final class FromReal extends Node.Whole {
        private final Node.Real operand;

        FromReal(final Node.Real operand) {
            this.operand = operand;
        }

        @Override
        long value(final ConditionFrame frame) {
            final double value = operand.value(frame);
            return frame.failed() ? 0 : WholeMath.toWhole(frame, value);
        }
    }

    static final class Choose extends Node.Whole {
        private final Node.Bool condition;
        private final Node.Whole then;
        private final Node.Whole otherwise;

        Choose(final Node.Bool condition, final Node.Whole then, final Node.Whole otherwise) {
            this.condition = condition;
            this.then = then;
            this.otherwise = otherwise;
        }

        @Override
        long value(final ConditionFrame frame) {
            final int value = condition.test(frame);
            return value == ERROR ? frame.fail() : value == 1 ? then.value(frame) : otherwise.value(frame);
        }
    }

    static final class Calendar extends Node.Whole {
        private final CalendarField field;
        private final ZoneOffsets zone;
        private final Node.Whole timestamp;

        Calendar(final CalendarField field, final ZoneOffsets zone, final Node.Whole timestamp) {
            this.field = field;
            this.zone = zone;
            this.timestamp = timestamp;
        }

        @Override
        long value(final ConditionFrame frame) {
            final long epochMs = timestamp.value(frame);
            return frame.failed() ? 0 : CivilTime.field(field, epochMs + zone.offsetMs(epochMs));
        }
    }

    static final class Compare extends Node.Bool {
        private final Node.Whole left;
        private final Node.Whole right;
        private final Order order;

        Compare(final Node.Whole left, final Node.Whole right, final Order order) {
            this.left = left;
            this.right = right;
            this.order = order;
        }

        @Override
        int test(final ConditionFrame frame) {
            final long a = left.value(frame);
            if (frame.takeFailed()) {
                return ERROR;
            }
            final long b = right.value(frame);
            return frame.takeFailed() ? ERROR : order.holds(a, b);
        }
    }

    /** A variable compared with a constant: the most frequent form, in one step. */
    static final class CompareConstant extends Node.Bool {
        private final int slot;
        private final long constant;
        private final Order order;

        CompareConstant(final int slot, final long constant, final Order order) {
            this.slot = slot;
            this.constant = constant;
            this.order = order;
        }

        @Override
        int test(final ConditionFrame frame) {
            return frame.present(slot) ? order.holds(frame.number(slot), constant) : ERROR;
        }
    }

    static final class OneOf extends Node.Bool {
        private final Node.Whole value;
        private final long[] sorted;

        OneOf(final Node.Whole value, final long[] sorted) {
            this.value = value;
            this.sorted = sorted;
        }

        @Override
        int test(final ConditionFrame frame) {
            final long wanted = value.value(frame);
            if (frame.takeFailed()) {
                return ERROR;
            }
            int low = 0;
            int high = sorted.length - 1;
            while (low <= high) {
                final int middle = low + high >>> 1;
                if (sorted[middle] == wanted) {
                    return 1;
                }
                if (sorted[middle] < wanted) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return 0;
        }
    }
}
