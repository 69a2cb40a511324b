/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import static io.tollgate.core.policy.ConditionProgram.ERROR;

import org.agrona.concurrent.UnsafeBuffer;

/** Texts and what conditions ask of them. */
final class TextNodes {
    private TextNodes() {}

    static final class Constant extends Node.Text {
        private final UnsafeBuffer utf8;

        Constant(final byte[] utf8) {
            this.utf8 = new UnsafeBuffer(utf8);
        }

        @Override
        void load(final ConditionFrame frame, final TextSlice into) {
            into.wrap(utf8, 0, utf8.capacity());
        }
    }

    static final class Variable extends Node.Text {
        final int slot;

        Variable(final int slot) {
            this.slot = slot;
        }

        @Override
        void load(final ConditionFrame frame, final TextSlice into) {
            if (frame.present(slot)) {
                into.wrap(frame.text(slot), frame.offset(slot), frame.length(slot));
            } else {
                frame.fail();
                into.length = 0;
            }
        }
    }

    /** The element at hand. */
    static final class Element extends Node.Text {
        @Override
        void load(final ConditionFrame frame, final TextSlice into) {
            into.wrap(frame.elementText, frame.elementOffset, frame.elementLength);
        }
    }

    static final class Choose extends Node.Text {
        private final Node.Bool condition;
        private final Node.Text then;
        private final Node.Text otherwise;

        Choose(final Node.Bool condition, final Node.Text then, final Node.Text otherwise) {
            this.condition = condition;
            this.then = then;
            this.otherwise = otherwise;
        }

        @Override
        void load(final ConditionFrame frame, final TextSlice into) {
            final int value = condition.test(frame);
            if (value == ERROR) {
                frame.fail();
                into.length = 0;
            } else {
                (value == 1 ? then : otherwise).load(frame, into);
            }
        }
    }

    /** What two texts are asked. */
    static final class Pair extends Node.Bool {
        private final Operator operator;
        private final Order order;
        private final Node.Text left;
        private final Node.Text right;

        /** The order is that of a comparison, and not looked at for others. */
        Pair(final Operator operator, final Order order, final Node.Text left, final Node.Text right) {
            this.operator = operator;
            this.order = order;
            this.left = left;
            this.right = right;
        }

        @Override
        int test(final ConditionFrame frame) {
            final TextSlice b = frame.right;
            right.load(frame, b);
            if (frame.takeFailed()) {
                return ERROR;
            }
            // a choice inside of the left one may use both slices for its condition
            final UnsafeBuffer bBuffer = b.buffer;
            final int bOffset = b.offset;
            final int bLength = b.length;
            left.load(frame, frame.left);
            if (frame.takeFailed()) {
                return ERROR;
            }
            b.wrap(bBuffer, bOffset, bLength);
            return switch (operator) {
                case EQUAL -> BoolNodes.of(frame.left.isSame(b));
                case NOT_EQUAL -> BoolNodes.of(!frame.left.isSame(b));
                case STARTS_WITH -> BoolNodes.of(frame.left.startsWith(b));
                case ENDS_WITH -> BoolNodes.of(frame.left.endsWith(b));
                default -> order.holds(frame.left.compare(b));
            };
        }
    }

    /** A variable compared with a constant: the most frequent form, in one step. */
    static final class EqualsConstant extends Node.Bool {
        private final int slot;
        private final UnsafeBuffer constant;
        private final int length;
        private final int equal;

        EqualsConstant(final int slot, final byte[] constant, final boolean negated) {
            this.slot = slot;
            this.constant = new UnsafeBuffer(constant);
            length = constant.length;
            equal = BoolNodes.of(!negated);
        }

        @Override
        int test(final ConditionFrame frame) {
            if (!frame.present(slot)) {
                return ERROR;
            }
            final boolean same = frame.length(slot) == length
                    && TextSlice.same(frame.text(slot), frame.offset(slot), constant, 0, length);
            return same ? equal : 1 - equal;
        }
    }

    /** Knuth, Morris and Pratt's search: each byte of the text is looked at once, at most twice. */
    static final class Contains extends Node.Bool {
        private final Node.Text text;
        private final byte[] wanted;
        /** By how many bytes are found: how many of them are found still when the next one differs. */
        private final int[] fallback;

        Contains(final Node.Text text, final byte[] wanted) {
            this.text = text;
            this.wanted = wanted;
            fallback = new int[wanted.length + 1];
            int found = 0;
            for (int i = 1; i < wanted.length; i++) {
                while (found > 0 && wanted[i] != wanted[found]) {
                    found = fallback[found];
                }
                found += wanted[i] == wanted[found] ? 1 : 0;
                fallback[i + 1] = found;
            }
        }

        @Override
        int test(final ConditionFrame frame) {
            final TextSlice slice = frame.left;
            text.load(frame, slice);
            if (frame.takeFailed()) {
                return ERROR;
            }
            final UnsafeBuffer buffer = slice.buffer;
            final int end = slice.offset + slice.length;
            int found = 0;
            for (int at = slice.offset; at < end && found < wanted.length; at++) {
                final byte next = buffer.getByte(at);
                while (found > 0 && next != wanted[found]) {
                    found = fallback[found];
                }
                found += next == wanted[found] ? 1 : 0;
            }
            return BoolNodes.of(found == wanted.length);
        }
    }
}
