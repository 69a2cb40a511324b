/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import java.io.Serial;

/**
 * The files of a {@link CellStore} cannot be used as they are: damaged, of another format, or of something else. The
 * message says what is wrong and where; the caller sets the folder aside and starts an empty store.
 */
public final class CellStoreException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    CellStoreException(String message) {
        super(message);
    }
}
