/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

/** A change that rows which stay hold copies of: the world has to be made from a whole snapshot. The message says what and where. */
public final class NotPatchableException extends Exception {
    private static final long serialVersionUID = 1;

    /** With the reason. */
    public NotPatchableException(final String reason) {
        super(reason);
    }
}
