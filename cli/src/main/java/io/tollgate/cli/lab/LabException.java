/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.lab;

/** The lab's files cannot be used, or a snapshot makes no sense to a sidecar. The message says what and why. */
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LabException(String message, Throwable cause) {
        super(message, cause);
    }
}
