/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

/**
 * Something that a condition reads.
 *
 * @param source where it gets its value
 * @param id     see {@link VariableSource}; 0 where there is only one
 * @param key    CONFIG: key of the value; else empty
 * @param type   its type
 */
public record Variable(VariableSource source, int id, String key, ValueType type) {
    /** A variable of which there is only one. */
    public static Variable of(final VariableSource source) {
        final ValueType type = source.type();
        if (type == null || source.isNumbered()) {
            throw new IllegalArgumentException(source + " is not one variable but many");
        }
        return new Variable(source, 0, "", type);
    }

    /** A variable with a number. */
    public static Variable of(final VariableSource source, final int id, final ValueType type) {
        return new Variable(source, id, "", type);
    }
}
