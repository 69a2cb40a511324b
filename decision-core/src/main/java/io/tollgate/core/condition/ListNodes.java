/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import static io.tollgate.core.policy.ConditionProgram.ERROR;

import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/** Texts in lists. */
final class ListNodes {
    private ListNodes() {}

    /** A text among literals. */
    static final class OneOf extends Node.Bool {
        private final Node.Text value;
        private final UnsafeBuffer literals;
        /** Literal i is literals[starts[i]] to literals[starts[i + 1] - 1]; ascending by length, then by bytes. */
        private final int[] starts;

        OneOf(final Node.Text value, final byte[][] literals) {
            this.value = value;
            final byte[][] sorted = literals.clone();
            Arrays.sort(sorted, (a, b) -> a.length != b.length ? a.length - b.length : Arrays.compareUnsigned(a, b));
            starts = new int[sorted.length + 1];
            for (int i = 0; i < sorted.length; i++) {
                starts[i + 1] = starts[i] + sorted[i].length;
            }
            this.literals = new UnsafeBuffer(new byte[starts[sorted.length]]);
            for (int i = 0; i < sorted.length; i++) {
                this.literals.putBytes(starts[i], sorted[i]);
            }
        }

        @Override
        int test(final ConditionFrame frame) {
            final TextSlice wanted = frame.left;
            value.load(frame, wanted);
            if (frame.takeFailed()) {
                return ERROR;
            }
            int low = 0;
            int high = starts.length - 2;
            while (low <= high) {
                final int middle = low + high >>> 1;
                final int difference = difference(wanted, middle);
                if (difference == 0) {
                    return 1;
                }
                if (difference > 0) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return 0;
        }

        private int difference(final TextSlice wanted, final int literal) {
            final int length = starts[literal + 1] - starts[literal];
            return wanted.length != length
                    ? wanted.length - length
                    : TextSlice.compare(wanted.buffer, wanted.offset, length, literals, starts[literal], length);
        }
    }

    /** A text among the elements of a variable. */
    static final class ElementOf extends Node.Bool {
        private final Node.Text value;
        private final int slot;

        ElementOf(final Node.Text value, final int slot) {
            this.value = value;
            this.slot = slot;
        }

        @Override
        int test(final ConditionFrame frame) {
            final TextSlice wanted = frame.left;
            value.load(frame, wanted);
            final boolean failed = frame.takeFailed();
            if (failed || !frame.present(slot)) {
                return ERROR;
            }
            return BoolNodes.of(frame.contains(slot, wanted.buffer, wanted.offset, wanted.length));
        }
    }

    /** Exists or all over the elements of a variable. */
    static final class SomeOfVariable extends Node.Bool {
        private final int slot;
        private final Node.Bool body;
        private final int ending;

        SomeOfVariable(final int slot, final Node.Bool body, final boolean all) {
            this.slot = slot;
            this.body = body;
            ending = BoolNodes.of(!all);
        }

        @Override
        int test(final ConditionFrame frame) {
            if (!frame.present(slot)) {
                return ERROR;
            }
            int result = 1 - ending;
            int cause = 0;
            final int count = frame.length(slot);
            for (int i = 0; i < count; i++) {
                frame.take(slot, i);
                final int value = body.test(frame);
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

    /** Exists or all over literals. */
    static final class SomeOfLiterals extends Node.Bool {
        private final UnsafeBuffer[] literals;
        private final Node.Bool body;
        private final int ending;

        SomeOfLiterals(final UnsafeBuffer[] literals, final Node.Bool body, final boolean all) {
            this.literals = literals;
            this.body = body;
            ending = BoolNodes.of(!all);
        }

        @Override
        int test(final ConditionFrame frame) {
            int result = 1 - ending;
            int cause = 0;
            for (final UnsafeBuffer literal : literals) {
                frame.elementText = literal;
                frame.elementOffset = 0;
                frame.elementLength = literal.capacity();
                final int value = body.test(frame);
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
}
