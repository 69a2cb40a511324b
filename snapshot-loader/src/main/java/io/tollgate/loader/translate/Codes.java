/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.translate;

import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.RefusedException.Check;
import org.jspecify.annotations.Nullable;

/** Checks of single values. */
final class Codes {
    private Codes() {}

    /** The enum value found for a number, or a refusal. */
    static <T> T known(@Nullable T value, int code, String what, String where) throws RefusedException {
        if (value == null) {
            throw new RefusedException(Check.CONTENT, where + ": " + what + " number " + code + " is not known here");
        }
        return value;
    }

    /** An unsigned 32-bit number that must be an index. */
    static int index(int value, String what, String where) throws RefusedException {
        if (value < 0) {
            throw new RefusedException(
                    Check.CONTENT, where + ": " + what + " " + Integer.toUnsignedString(value) + " is out of range");
        }
        return value;
    }

    /** An unsigned 64-bit number that must fit into a positive long. */
    static long count(long value, String what, String where) throws RefusedException {
        if (value < 0) {
            throw new RefusedException(
                    Check.CONTENT, where + ": " + what + " " + Long.toUnsignedString(value) + " is out of range");
        }
        return value;
    }
}
