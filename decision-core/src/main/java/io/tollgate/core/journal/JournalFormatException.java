/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.journal;

/** A journal segment that cannot be believed; the message says what is wrong with it. */
public final class JournalFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    JournalFormatException(final String message) {
        super(message);
    }
}
