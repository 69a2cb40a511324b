/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import io.tollgate.core.attribute.AttributeLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;

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
        return of(node, 0);
    }

    /** The element at hand has at most so many bytes. */
    private static long of(final Expression node, final int element) {
        if (node instanceof Expression.Call call) {
            return call(call, element);
        } else if (node instanceof Expression.OneOf oneOf) {
            return of(oneOf.value(), element) + oneOf(oneOf);
        } else if (node instanceof Expression.ElementOf elementOf) {
            final int bytes = Math.min(maxBytes(elementOf.value(), element), AttributeLimits.MAX_ELEMENT_BYTES);
            return 1 + of(elementOf.value(), element) + maxElements(elementOf.list()) * comparing(bytes);
        } else if (node instanceof Expression.Some some) {
            return some(some);
        } else if (node instanceof Expression.Calendar calendar) {
            return CALENDAR_STEPS + of(calendar.timestamp(), element);
        }
        return 1;
    }

    private static long some(final Expression.Some some) {
        if (some.over() instanceof Expression.Texts.From from) {
            return 1 + maxElements(from.list()) * (1 + of(some.body(), AttributeLimits.MAX_ELEMENT_BYTES));
        }
        int longest = 0;
        final List<String> texts = ((Expression.Texts.Listed) some.over()).values();
        for (final String text : texts) {
            longest = Math.max(longest, utf8Length(text));
        }
        return 1 + texts.size() * (1 + of(some.body(), longest));
    }

    private static long call(final Expression.Call call, final int element) {
        final List<Expression> arguments = call.arguments();
        long steps = 1;
        for (final Expression argument : arguments) {
            steps += of(argument, element);
        }
        final int first = maxBytes(arguments.get(0), element);
        return switch (call.operator()) {
            case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL, STARTS_WITH, ENDS_WITH ->
                steps + comparing(Math.min(first, maxBytes(arguments.get(1), element))) - 1;
            case CONTAINS -> steps + first;
            case SIZE -> steps + first / CODE_POINT_BYTES;
            default -> steps;
        };
    }

    private static long oneOf(final Expression.OneOf oneOf) {
        int longest = 0;
        for (final Expression literal : oneOf.literals()) {
            longest = Math.max(longest, maxBytes(literal, 0));
        }
        final int rounds =
                Integer.SIZE - Integer.numberOfLeadingZeros(oneOf.literals().size());
        return 1 + rounds * comparing(longest);
    }

    private static long comparing(final int bytes) {
        return 1 + bytes / Long.BYTES;
    }

    /** {@return most bytes of a text, 0 of what is none} */
    private static int maxBytes(final Expression node, final int element) {
        if (node instanceof Expression.Text text) {
            return utf8Length(text.value());
        } else if (node instanceof Expression.Read read) {
            return read.variable().type() == ValueType.STRING ? AttributeLimits.MAX_TEXT_BYTES : 0;
        } else if (node instanceof Expression.Element) {
            return element;
        } else if (node instanceof Expression.Call call && call.operator() == Operator.CHOOSE) {
            return Math.max(
                    maxBytes(call.arguments().get(1), element),
                    maxBytes(call.arguments().get(2), element));
        }
        return 0;
    }

    private static int utf8Length(final String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static long maxElements(final Variable list) {
        return list.source() == VariableSource.ACTOR_ROLES || list.source() == VariableSource.ACTOR_TOKEN_SCOPES
                ? ConditionLimits.MAX_HELD_NAMES
                : AttributeLimits.MAX_LIST_ELEMENTS;
    }
}
