/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

/** Why a value is not there. Small numbers, since frames keep one per variable. */
final class Failure {
    /** It is there. */
    static final byte NONE = 0;
    /** Nobody said a value. */
    static final byte MISSING = 1;
    /** The value is of another type than the condition was compiled for. */
    static final byte WRONG_TYPE = 2;
    /** The value is longer than conditions read. */
    static final byte TOO_LARGE = 3;
    /** A result outside its type's range. */
    static final byte OVERFLOW = 4;
    /** A whole number divided by zero. */
    static final byte DIVISION_BY_ZERO = 5;

    private Failure() {}

    /** {@return the failure in words that go after a name} */
    static String words(final int failure) {
        return switch (failure) {
            case MISSING -> "is missing";
            case WRONG_TYPE -> "has another type than declared";
            case TOO_LARGE -> "is longer than conditions read";
            case OVERFLOW -> "is out of range";
            default -> "is not there";
        };
    }
}
