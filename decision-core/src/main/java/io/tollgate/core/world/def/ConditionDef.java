/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import java.util.Arrays;

/**
 * When a rule holds.
 *
 * @param source  as written; empty = always
 * @param program its compiled form; empty = always
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content, below
public record ConditionDef(String source, byte[] program) {
    /** Holds always. */
    public static final ConditionDef ALWAYS = new ConditionDef("", new byte[0]);

    /** {@return whether there is nothing to evaluate} */
    public boolean always() {
        return source.isEmpty() && program.length == 0;
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof ConditionDef that && source.equals(that.source) && Arrays.equals(program, that.program);
    }

    @Override
    public int hashCode() {
        return 31 * source.hashCode() + Arrays.hashCode(program);
    }
}
