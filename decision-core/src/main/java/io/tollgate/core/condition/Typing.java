/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import org.jspecify.annotations.Nullable;

/** Result types of operators; the table is in {@link ExpressionCheck}. */
public final class Typing {
    private Typing() {}

    /**
     * {@return the type of a call, or null when the operator takes no such arguments}
     *
     * @param operator  with as many types as it takes arguments
     * @param arguments types, none of them STRING_LIST
     */
    public static @Nullable ValueType result(final Operator operator, final ValueType... arguments) {
        final ValueType first = arguments[0];
        final ValueType second = arguments.length > 1 ? arguments[1] : first;
        return switch (operator) {
            case AND, OR, NOT -> allBool(arguments) ? ValueType.BOOL : null;
            case CHOOSE -> first == ValueType.BOOL && second == arguments[2] ? second : null;
            case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
                first == second ? ValueType.BOOL : null;
            case ADD -> sum(first, second);
            case SUBTRACT -> difference(first, second);
            case MULTIPLY, DIVIDE -> first == second && isNumber(first) ? first : null;
            case MODULO -> first == ValueType.INT && second == ValueType.INT ? ValueType.INT : null;
            case NEGATE -> isNumber(first) ? first : null;
            case TO_DOUBLE -> first == ValueType.INT ? ValueType.DOUBLE : null;
            case TO_INT -> first == ValueType.DOUBLE ? ValueType.INT : null;
            case STARTS_WITH, ENDS_WITH, CONTAINS ->
                first == ValueType.STRING && second == ValueType.STRING ? ValueType.BOOL : null;
            case SIZE -> first == ValueType.STRING ? ValueType.INT : null;
        };
    }

    private static boolean allBool(final ValueType[] types) {
        for (final ValueType type : types) {
            if (type != ValueType.BOOL) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNumber(final ValueType type) {
        return type == ValueType.INT || type == ValueType.DOUBLE;
    }

    private static @Nullable ValueType sum(final ValueType first, final ValueType second) {
        if (first == second) {
            return isNumber(first) || first == ValueType.DURATION ? first : null;
        }
        final boolean moved = first == ValueType.TIMESTAMP && second == ValueType.DURATION
                || first == ValueType.DURATION && second == ValueType.TIMESTAMP;
        return moved ? ValueType.TIMESTAMP : null;
    }

    private static @Nullable ValueType difference(final ValueType first, final ValueType second) {
        if (first == second) {
            return first == ValueType.TIMESTAMP
                    ? ValueType.DURATION
                    : isNumber(first) || first == ValueType.DURATION ? first : null;
        }
        return first == ValueType.TIMESTAMP && second == ValueType.DURATION ? ValueType.TIMESTAMP : null;
    }
}
