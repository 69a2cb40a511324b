/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.signing;

/** A key that cannot be used. The message says where it comes from, what is wrong and how to mend it; it holds nothing of the key. */
public final class KeyFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    KeyFormatException(String message) {
        super(message);
    }

    /** {@return what is wrong, for an operator} */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
