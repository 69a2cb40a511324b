/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.agrona.concurrent.UnsafeBuffer;

/** What a condition read, and why it could not be evaluated, in words for operators. Cold; allocates. */
final class ConditionWords {
    private static final int LONGEST_TEXT = 80;
    private static final int MOST_ELEMENTS = 8;

    private ConditionWords() {}

    /** {@return why the condition that was just evaluated is an error: "attribute resource.region is missing"} */
    static String cause(final ConditionFrame frame) {
        final int slot = ConditionFrame.slotOf(frame.cause());
        final int failure = ConditionFrame.failureOf(frame.cause());
        if (slot >= 0) {
            return frame.tables().label(slot) + " " + Failure.words(failure);
        }
        return failure == Failure.DIVISION_BY_ZERO ? "division by zero" : "a result " + Failure.words(failure);
    }

    /** {@return the values that variables have: "resource.region = 'eu-1', actor.level is missing"} */
    static String values(final ConditionFrame frame, final int[] slots) {
        final StringBuilder words = new StringBuilder();
        for (final int slot : slots) {
            words.append(words.isEmpty() ? "" : ", ").append(frame.tables().label(slot));
            if (frame.present(slot)) {
                words.append(" = ").append(value(frame, slot));
            } else {
                words.append(' ').append(Failure.words(ConditionFrame.failureOf(frame.cause())));
            }
        }
        return words.toString();
    }

    private static String value(final ConditionFrame frame, final int slot) {
        final long number = frame.number(slot);
        return switch (frame.tables().variable(slot).type()) {
            case BOOL -> number == 1 ? "true" : "false";
            case INT, DURATION -> Long.toString(number);
            case DOUBLE -> Double.toString(Double.longBitsToDouble(number));
            case TIMESTAMP -> Instant.ofEpochMilli(number).toString();
            case STRING -> text(frame.text(slot), frame.offset(slot), frame.length(slot));
            case STRING_LIST -> list(frame, slot);
        };
    }

    private static String list(final ConditionFrame frame, final int slot) {
        final StringBuilder words = new StringBuilder("[");
        for (int i = 0; i < frame.length(slot); i++) {
            words.append(i == 0 ? "" : ", ");
            if (i == MOST_ELEMENTS) {
                return words.append(frame.length(slot) - i).append(" more]").toString();
            }
            frame.take(slot, i);
            words.append(text(frame.elementText, frame.elementOffset, frame.elementLength));
        }
        return words.append(']').toString();
    }

    private static String text(final UnsafeBuffer buffer, final int offset, final int length) {
        final byte[] utf8 = new byte[length];
        buffer.getBytes(offset, utf8);
        final String text = new String(utf8, StandardCharsets.UTF_8);
        return "'" + (text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "..." : text) + "'";
    }
}
