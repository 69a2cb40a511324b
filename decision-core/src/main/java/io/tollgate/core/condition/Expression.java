/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import java.util.List;

/**
 * A condition as a tree. {@link ExpressionCheck} says which trees make sense; a {@link ConditionEncoder} and a {@link ConditionDecoder}
 * accept no others.
 */
public sealed interface Expression {
    /** True or false. */
    record Flag(boolean value) implements Expression {}

    /**
     * A whole number.
     *
     * @param type  INT, TIMESTAMP (milliseconds since 1970) or DURATION (milliseconds)
     * @param value the number
     */
    record Whole(ValueType type, long value) implements Expression {}

    /** A floating-point number. */
    record Real(double value) implements Expression {}

    /** A text. */
    record Text(String value) implements Expression {}

    /** The value of a variable; an error when it has none. */
    record Read(Variable variable) implements Expression {}

    /** Whether a variable has a value. Never an error. */
    record Has(Variable variable) implements Expression {}

    /** Number of elements of a list; an error when it is missing. */
    record Count(Variable list) implements Expression {}

    /** The element at hand, inside of {@link Some}. */
    record Element() implements Expression {}

    /**
     * An operator with its arguments.
     *
     * @param arguments see {@link ExpressionCheck} for their types
     */
    record Call(Operator operator, List<Expression> arguments) implements Expression {
        public Call {
            arguments = List.copyOf(arguments);
        }
    }

    /**
     * Whether a value is one of some literals.
     *
     * @param literals Text, Real or Whole, of the value's type
     */
    record OneOf(Expression value, List<Expression> literals) implements Expression {
        public OneOf {
            literals = List.copyOf(literals);
        }
    }

    /** Whether a text is an element of a list. */
    record ElementOf(Expression value, Variable list) implements Expression {}

    /**
     * Whether something holds for one element, or for all: OR or AND over the elements, with {@link Element} in the body.
     *
     * @param all  for all, instead of for one
     * @param over the texts
     * @param body holds no other Some
     */
    record Some(boolean all, Texts over, Expression body) implements Expression {}

    /**
     * A part of a timestamp.
     *
     * @param zone IANA name, "+HH:MM" or "-HH:MM"; empty = UTC
     */
    record Calendar(CalendarField field, String zone, Expression timestamp) implements Expression {}

    /** What {@link Some} goes through. */
    sealed interface Texts {
        /** Literals. */
        record Listed(List<String> values) implements Texts {
            public Listed {
                values = List.copyOf(values);
            }
        }

        /** A variable. */
        record From(Variable list) implements Texts {}
    }
}
