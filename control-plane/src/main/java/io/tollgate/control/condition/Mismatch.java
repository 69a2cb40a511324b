/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import io.tollgate.core.condition.Expression;
import io.tollgate.core.condition.Operator;
import io.tollgate.core.condition.ValueType;

/** What to write when two values do not fit together. */
final class Mismatch {
    private Mismatch() {}

    static String remedy(Operator operator, Typed left, Typed right) {
        if (operator == Operator.ADD && left.type() == ValueType.STRING && right.type() == ValueType.STRING) {
            return "texts are not joined; compare the parts, with startsWith, endsWith or contains";
        }
        if (left.type() == right.type()) {
            return left.type() == ValueType.BOOL
                    ? "combine them with &&, || and !"
                    : "the types that each operator takes are in docs/bundle.md";
        }
        return remedy(left, right);
    }

    static String remedy(Typed left, Typed right) {
        String forward = convert(left, right);
        String either = forward.isEmpty() ? convert(right, left) : forward;
        return either.isEmpty() ? "both sides need the same type" : either;
    }

    private static String convert(Typed from, Typed to) {
        if (from.type() == ValueType.INT && to.type() == ValueType.DOUBLE) {
            return from.expression() instanceof Expression.Whole literal
                    ? "write " + literal.value() + ".0"
                    : "write double(...) around the int";
        }
        if (from.type() == ValueType.STRING && to.type() == ValueType.TIMESTAMP) {
            return "write timestamp('2027-01-31T00:00:00Z')";
        }
        if ((from.type() == ValueType.STRING || from.type() == ValueType.INT) && to.type() == ValueType.DURATION) {
            return "write duration('90s')";
        }
        if (from.type() == ValueType.INT && to.type() == ValueType.TIMESTAMP) {
            return "add or subtract a duration('90s'), compare with a timestamp('...'), or take a part: .getHours()";
        }
        if (from.type() == ValueType.STRING && from.isLiteral() && to.type() != ValueType.STRING) {
            return "leave out the quotes, or compare with " + Typed.described(to.type());
        }
        return "";
    }
}
