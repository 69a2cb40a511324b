/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

/** Bytes that are no condition program, or an expression that makes no sense. The message says what is wrong and where. */
public final class ConditionFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong. */
    public ConditionFormatException(final String message) {
        super(message);
    }
}
