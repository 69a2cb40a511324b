/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

/** Something on disk is not what was written there. The message names the file and what is wrong with it. */
public final class DamagedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    DamagedException(String message) {
        super(message);
        this.reason = message;
    }

    /** {@return which file, and what is wrong with it} */
    public String reason() {
        return reason;
    }
}
