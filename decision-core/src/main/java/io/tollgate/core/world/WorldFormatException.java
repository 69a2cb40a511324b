/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import java.io.IOException;

/** Files that are not the whole, undamaged world that they should be. The loader discards them and fetches again. */
public final class WorldFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    /** {@code message} names the file, what is wrong with it and the values. */
    public WorldFormatException(final String message) {
        super(message);
    }

    /** {@code message} names the file, what is wrong with it and the values. */
    public WorldFormatException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
