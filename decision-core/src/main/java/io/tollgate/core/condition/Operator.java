/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import org.jspecify.annotations.Nullable;

/** What {@link Expression.Call} computes. Codes are part of the program format. */
public enum Operator {
    /** Two or more: false when one is false, whatever the others are; else an error when one is. */
    AND(0x20, 0, "&&"),
    /** Two or more: true when one is true, whatever the others are; else an error when one is. */
    OR(0x21, 0, "||"),
    NOT(0x22, 1, "!"),
    /** Condition, value when it is true, value when it is false: evaluates one of them. */
    CHOOSE(0x23, 3, "?:"),
    EQUAL(0x24, 2, "=="),
    NOT_EQUAL(0x25, 2, "!="),
    LESS(0x26, 2, "<"),
    LESS_OR_EQUAL(0x27, 2, "<="),
    GREATER(0x28, 2, ">"),
    GREATER_OR_EQUAL(0x29, 2, ">="),
    ADD(0x2A, 2, "+"),
    SUBTRACT(0x2B, 2, "-"),
    MULTIPLY(0x2C, 2, "*"),
    /** Of whole numbers: rounds towards zero, by zero is an error. */
    DIVIDE(0x2D, 2, "/"),
    /** Of whole numbers; has the sign of the dividend, by zero is an error. */
    MODULO(0x2E, 2, "%"),
    NEGATE(0x2F, 1, "-"),
    TO_DOUBLE(0x30, 1, "double"),
    /** Rounds towards zero; an error outside 64 bits. */
    TO_INT(0x31, 1, "int"),
    STARTS_WITH(0x32, 2, "startsWith"),
    ENDS_WITH(0x33, 2, "endsWith"),
    /** The second argument is a literal, so that the cost is linear. */
    CONTAINS(0x34, 2, "contains"),
    /** Code points of a text. */
    SIZE(0x35, 1, "size");

    private static final Operator[] VALUES = values();

    private final int code;
    private final int arity;
    private final String label;

    Operator(final int code, final int arity, final String label) {
        this.code = code;
        this.arity = arity;
        this.label = label;
    }

    /** {@return the number of this value in programs} */
    public int code() {
        return code;
    }

    /** {@return how many arguments; 0 = two or more} */
    int arity() {
        return arity;
    }

    /** {@return as conditions write it} */
    public String label() {
        return label;
    }

    static @Nullable Operator ofCode(final int code) {
        final int index = code - AND.code;
        return index < 0 || index >= VALUES.length ? null : VALUES[index];
    }
}
