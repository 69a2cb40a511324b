/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import java.io.IOException;

/** What to say of a Throwable. */
final class Causes {
    private Causes() {}

    /** Its message, or its kind when it has none. */
    static String of(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof IOException && message != null) {
            return message;
        }
        return failure.toString();
    }
}
