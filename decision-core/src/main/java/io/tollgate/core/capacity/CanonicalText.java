/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.capacity;

import io.tollgate.core.world.def.AttributeType;

/** What a pool may ask of an attribute. Pure functions; allocate. */
public final class CanonicalText {
    private CanonicalText() {}

    /**
     * {@return whether some value of the type has this canonical text: a string as it is (not the empty one), an int in decimal, a bool
     * "true"
     * or "false", a double in decimal without exponent and zeros at the end, a timestamp like "2026-11-20T08:00:00Z"; a list has none}
     */
    public static boolean isPossible(final AttributeType type, final String text) {
        return new WantedValue(text).isPossible(type);
    }
}
