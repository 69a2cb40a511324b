/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import io.tollgate.control.source.Position;

/**
 * Something to tell about the input.
 *
 * @param remedy how to mend it, or what to do instead
 */
public record Finding(Level level, Position at, String message, String remedy) {
    /** How much it matters, the worst first. */
    public enum Level {
        /** The file is wrong: nothing is converted. */
        ERROR,
        /** Tollgate has nothing that does this: nothing is written unless one agrees to leave it out. */
        LOST,
        /** Converted, and behaves differently. */
        DIFFERS,
        /** Has no meaning here and changes no answer. */
        NOTE
    }
}
