/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import io.tollgate.core.attribute.AttributeLimits;
import java.nio.charset.StandardCharsets;

/**
 * Most steps that evaluating an expression can take, see {@link ConditionLimits}. Texts are compared eight bytes at a step, searched one
 * byte at a step, and as long as {@link AttributeLimits} lets them be.
 */
public final class ExpressionCost {
    private static final int CALENDAR_STEPS = 16;
    private static final int CODE_POINT_BYTES = Long.BYTES;

    private ExpressionCost() {}

    /** {@return most steps} */
    public static long of(final Expression node) {
        if (node instanceof Expression.Call call) {
            return call(call);
        } else if (node instanceof Expression.OneOf oneOf) {
            return of(oneOf.value()) + oneOf(oneOf);
        } else if (node instanceof Expression.ElementOf elementOf) {
            final int elementBytes = Math.min(maxBytes(elementOf.value()), elementBytes(elementOf.list()));
            return 1 + of(elementOf.value()) + maxElements(elementOf.list()) * comparing(elementBytes);
        } else if (node instanceof Expression.Some some) {
            final long elements = some.over() instanceof Expression.Texts.Listed listed
                    ? listed.values().size()
                    : maxElements(((Expression.Texts.From) some.over()).list());
            return 1 + elements * (1 + of(some.body()));
        } else if (node instanceof Expression.Calendar calendar) {
            return CALENDAR_STEPS + of(calendar.timestamp());
        }
        return 1;
    }

    private static long call(final Expression.Call call) {
        long steps = 1;
        for (final Expression argument : call.arguments()) {
            steps += of(argument);
        }
        final Expression first = call.arguments().get(0);
        return switch (call.operator()) {
            case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL, STARTS_WITH, ENDS_WITH ->
                steps
                        + comparing(Math.min(
                                maxBytes(first), maxBytes(call.arguments().get(1))))
                        - 1;
            case CONTAINS -> steps + maxBytes(first);
            case SIZE -> steps + maxBytes(first) / CODE_POINT_BYTES;
            default -> steps;
        };
    }

    private static long oneOf(final Expression.OneOf oneOf) {
        int longest = 0;
        for (final Expression literal : oneOf.literals()) {
            longest = Math.max(longest, maxBytes(literal));
        }
        final int rounds =
                Integer.SIZE - Integer.numberOfLeadingZeros(oneOf.literals().size());
        return 1 + rounds * comparing(longest);
    }

    private static long comparing(final int bytes) {
        return 1 + bytes / Long.BYTES;
    }

    /** {@return most bytes of a text, 0 of what is none} */
    private static int maxBytes(final Expression node) {
        if (node instanceof Expression.Text text) {
            return text.value().getBytes(StandardCharsets.UTF_8).length;
        } else if (node instanceof Expression.Read read) {
            return read.variable().type() == ValueType.STRING ? AttributeLimits.MAX_TEXT_BYTES : 0;
        } else if (node instanceof Expression.Element) {
            return Math.max(AttributeLimits.MAX_ELEMENT_BYTES, ConditionLimits.MAX_LITERAL_BYTES);
        } else if (node instanceof Expression.Call call && call.operator() == Operator.CHOOSE) {
            return Math.max(
                    maxBytes(call.arguments().get(1)), maxBytes(call.arguments().get(2)));
        }
        return 0;
    }

    private static int elementBytes(final Variable list) {
        return AttributeLimits.MAX_ELEMENT_BYTES;
    }

    private static long maxElements(final Variable list) {
        return list.source() == VariableSource.ACTOR_ROLES || list.source() == VariableSource.ACTOR_TOKEN_SCOPES
                ? ConditionLimits.MAX_HELD_NAMES
                : AttributeLimits.MAX_LIST_ELEMENTS;
    }
}
