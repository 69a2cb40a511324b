/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import io.tollgate.core.attribute.AttributeLimits;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Says whether an expression is a condition: types fit, limits hold. Types of the operators:
 * <pre>
 * && || (two or more)   bool, ...                    -> bool
 * !                     bool                         -> bool
 * ?:                    bool, T, T                   -> T         T any but string_list
 * == !=                 T, T                         -> bool      T any but string_list
 * < <= > >=             T, T                         -> bool      T any but string_list
 * + - * /               int, int                     -> int
 *                       double, double               -> double
 * %                     int, int                     -> int
 * +                     timestamp, duration          -> timestamp (either order)
 *                       duration, duration           -> duration
 * -                     timestamp, timestamp         -> duration
 *                       timestamp, duration          -> timestamp
 *                       duration, duration           -> duration
 * - (one argument)      int | double                 -> the same
 * double                int                          -> double
 * int                   double                       -> int
 * startsWith endsWith   string, string               -> bool
 * contains              string, literal              -> bool
 * size                  string                       -> int
 * </pre>
 */
public final class ExpressionCheck {
    private static final int MAX_ID = 0xFFFF;
    private static final int MAX_ZONE_BYTES = 64;

    private final Set<Variable> variables = new HashSet<>();
    private int nodes;
    private boolean inside;

    private ExpressionCheck() {}

    /**
     * Checks a whole condition.
     *
     * @throws ConditionFormatException when it is none
     */
    public static void check(final Expression condition) throws ConditionFormatException {
        final ValueType type = new ExpressionCheck().type(condition, 1);
        expect("a condition", type, ValueType.BOOL);
        final long cost = ExpressionCost.of(condition);
        if (cost > ConditionLimits.MAX_COST) {
            throw new ConditionFormatException(
                    "the condition may take " + cost + " steps, at most " + ConditionLimits.MAX_COST);
        }
    }

    private ValueType type(final Expression node, final int depth) throws ConditionFormatException {
        atMost("parts", ++nodes, ConditionLimits.MAX_NODES);
        atMost("parts inside one another", depth, ConditionLimits.MAX_DEPTH);
        if (node instanceof Expression.Flag) {
            return ValueType.BOOL;
        } else if (node instanceof Expression.Whole whole) {
            return whole(whole);
        } else if (node instanceof Expression.Real) {
            return ValueType.DOUBLE;
        } else if (node instanceof Expression.Text text) {
            return text(text.value());
        } else if (node instanceof Expression.Read read) {
            final ValueType type = variable(read.variable());
            if (type == ValueType.STRING_LIST) {
                throw new ConditionFormatException("a list is no value; use 'in', size or exists");
            }
            return type;
        } else if (node instanceof Expression.Has has) {
            variable(has.variable());
            return ValueType.BOOL;
        } else if (node instanceof Expression.Count count) {
            list(count.list());
            return ValueType.INT;
        } else if (node instanceof Expression.Element) {
            return element();
        } else if (node instanceof Expression.Call call) {
            return call(call, depth);
        } else if (node instanceof Expression.OneOf oneOf) {
            return oneOf(oneOf, depth);
        } else if (node instanceof Expression.ElementOf elementOf) {
            list(elementOf.list());
            expect("what is looked up in a list", type(elementOf.value(), depth + 1), ValueType.STRING);
            return ValueType.BOOL;
        } else if (node instanceof Expression.Some some) {
            return some(some, depth);
        }
        return calendar((Expression.Calendar) node, depth);
    }

    private static ValueType whole(final Expression.Whole whole) throws ConditionFormatException {
        final boolean fits =
                switch (whole.type()) {
                    case INT -> true;
                    case TIMESTAMP -> AttributeLimits.isTimestamp(whole.value());
                    case DURATION -> WholeMath.isDuration(whole.value());
                    default -> throw new ConditionFormatException("a whole number of type " + whole.type());
                };
        if (!fits) {
            throw new ConditionFormatException(whole.type().label() + " " + whole.value() + " ms is out of range");
        }
        return whole.type();
    }

    private static ValueType text(final String text) throws ConditionFormatException {
        atMost("bytes of a text", utf8Length(text), ConditionLimits.MAX_LITERAL_BYTES);
        return ValueType.STRING;
    }

    private ValueType element() throws ConditionFormatException {
        if (!inside) {
            throw new ConditionFormatException("an element outside of exists and all");
        }
        return ValueType.STRING;
    }

    private ValueType variable(final Variable variable) throws ConditionFormatException {
        final ValueType fixed = variable.source().type();
        if (fixed != null && fixed != variable.type() || variable.type() == ValueType.DURATION) {
            throw new ConditionFormatException(variable.source() + " of type " + variable.type());
        }
        final boolean numbered = variable.source().isNumbered();
        if (variable.id() < 0 || variable.id() > (numbered ? MAX_ID : 0)) {
            throw new ConditionFormatException(variable.source() + " with number " + variable.id());
        }
        final int keyBytes = utf8Length(variable.key());
        final boolean keyed = variable.source() == VariableSource.CONFIG;
        if (keyed != keyBytes > 0 || keyBytes > AttributeLimits.MAX_NAME_BYTES) {
            throw new ConditionFormatException(variable.source() + " with a key of " + keyBytes + " bytes");
        }
        variables.add(variable);
        atMost("variables", variables.size(), ConditionLimits.MAX_VARIABLES);
        return variable.type();
    }

    private void list(final Variable list) throws ConditionFormatException {
        expect("what is taken as a list", variable(list), ValueType.STRING_LIST);
    }

    private ValueType call(final Expression.Call call, final int depth) throws ConditionFormatException {
        final List<Expression> arguments = call.arguments();
        final Operator operator = call.operator();
        final int arity = operator.arity();
        if (arity == 0 ? arguments.size() < 2 : arguments.size() != arity) {
            throw new ConditionFormatException(operator + " with " + arguments.size() + " operands");
        }
        atMost("operands", arguments.size(), ConditionLimits.MAX_OPERANDS);
        final ValueType[] types = new ValueType[arguments.size()];
        for (int i = 0; i < types.length; i++) {
            types[i] = type(arguments.get(i), depth + 1);
        }
        if (operator == Operator.CONTAINS && !(arguments.get(1) instanceof Expression.Text)) {
            throw new ConditionFormatException("contains looks for a literal only");
        }
        final ValueType result = Typing.result(operator, types);
        if (result == null) {
            throw new ConditionFormatException(operator + " of " + List.of(types));
        }
        return result;
    }

    private ValueType oneOf(final Expression.OneOf oneOf, final int depth) throws ConditionFormatException {
        final ValueType type = type(oneOf.value(), depth + 1);
        if (type == ValueType.BOOL) {
            throw new ConditionFormatException("a bool is compared, not looked up in a list");
        }
        atMost("elements of a list", oneOf.literals().size(), ConditionLimits.MAX_OPERANDS);
        for (final Expression literal : oneOf.literals()) {
            if (!(literal instanceof Expression.Text
                    || literal instanceof Expression.Real
                    || literal instanceof Expression.Whole)) {
                throw new ConditionFormatException("an element of a list that is no literal");
            }
            expect("an element of the list", type(literal, depth + 1), type);
        }
        return ValueType.BOOL;
    }

    private ValueType some(final Expression.Some some, final int depth) throws ConditionFormatException {
        if (inside) {
            throw new ConditionFormatException("exists or all inside of another");
        }
        if (some.over() instanceof Expression.Texts.Listed listed) {
            atMost("elements of a list", listed.values().size(), ConditionLimits.MAX_OPERANDS);
            for (final String value : listed.values()) {
                text(value);
            }
        } else {
            list(((Expression.Texts.From) some.over()).list());
        }
        inside = true;
        expect("what exists or all asks of each element", type(some.body(), depth + 1), ValueType.BOOL);
        inside = false;
        return ValueType.BOOL;
    }

    private ValueType calendar(final Expression.Calendar calendar, final int depth) throws ConditionFormatException {
        expect("what has a date", type(calendar.timestamp(), depth + 1), ValueType.TIMESTAMP);
        atMost("bytes of a time zone's name", utf8Length(calendar.zone()), MAX_ZONE_BYTES);
        return ValueType.INT;
    }

    private static int utf8Length(final String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void expect(final String what, final ValueType type, final ValueType expected)
            throws ConditionFormatException {
        if (type != expected) {
            throw new ConditionFormatException(what + " must be " + expected.label() + ", not " + type.label());
        }
    }

    private static void atMost(final String what, final int count, final int most) throws ConditionFormatException {
        if (count > most) {
            throw new ConditionFormatException(count + " " + what + ", at most " + most);
        }
    }
}
