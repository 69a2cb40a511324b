/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import java.io.IOException;

/** A file is no whole snapshot: cut off, changed, or something else. The message says what and where. */
public final class SnapshotFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    SnapshotFormatException(String message) {
        super(message);
    }

    SnapshotFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
