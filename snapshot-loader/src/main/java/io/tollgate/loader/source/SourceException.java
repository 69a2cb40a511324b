/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.source;

import io.tollgate.loader.transfer.ControlPlaneClient.Failure;
import java.io.IOException;

/** A source that does not give what was asked for; the message is for an operator and names no secret. */
final class SourceException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Failure.Kind kind;

    SourceException(Failure.Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    Failure.Kind kind() {
        return kind;
    }
}
