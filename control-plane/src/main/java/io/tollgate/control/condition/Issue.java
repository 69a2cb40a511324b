/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

/**
 * Something wrong with a condition.
 *
 * @param kind    what kind of mistake
 * @param offset  where in the text, in code points from 0
 * @param message what is wrong
 * @param remedy  what to write instead; empty when that is obvious
 */
public record Issue(Kind kind, int offset, String message, String remedy) {
    /** Kinds of mistakes. */
    public enum Kind {
        /** Not an expression, of wrong types, or not part of the subset. */
        EXPRESSION,
        /** A name that nothing has. */
        UNKNOWN_NAME,
        /** Too long, too deep, too dear. */
        TOO_LARGE
    }
}
