/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

/** Types of expressions that {@link ExpressionCheck} has passed. */
final class ExpressionTypes {
    private ExpressionTypes() {}

    static ValueType of(final Expression node) {
        if (node instanceof Expression.Whole whole) {
            return whole.type();
        } else if (node instanceof Expression.Real) {
            return ValueType.DOUBLE;
        } else if (node instanceof Expression.Text || node instanceof Expression.Element) {
            return ValueType.STRING;
        } else if (node instanceof Expression.Read read) {
            return read.variable().type();
        } else if (node instanceof Expression.Count || node instanceof Expression.Calendar) {
            return ValueType.INT;
        } else if (node instanceof Expression.Call call) {
            final ValueType[] types =
                    call.arguments().stream().map(ExpressionTypes::of).toArray(ValueType[]::new);
            final ValueType result = Typing.result(call.operator(), types);
            if (result == null) {
                throw new IllegalStateException(call.operator() + " was not checked");
            }
            return result;
        }
        return ValueType.BOOL;
    }
}
