/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

/** A definition that no world can be built from. The message says what, where, the value and how to mend it. */
public final class DefinitionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** {@code message} is for operators. */
    public DefinitionException(final String message) {
        super(message);
    }
}
