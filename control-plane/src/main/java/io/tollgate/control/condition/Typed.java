/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import io.tollgate.core.condition.Expression;
import io.tollgate.core.condition.ValueType;

/**
 * An expression and its type.
 *
 * @param type STRING_LIST only of an {@link Expression.Read}, which must not stay in a condition
 */
record Typed(Expression expression, ValueType type) {
    boolean isLiteral() {
        return expression instanceof Expression.Text
                || expression instanceof Expression.Real
                || expression instanceof Expression.Whole;
    }

    /** {@return the type with its article, for messages} */
    static String described(ValueType type) {
        return switch (type) {
            case INT -> "an int";
            case STRING_LIST -> "a list of strings";
            default -> "a " + type.label();
        };
    }

    String described() {
        return described(type);
    }
}
