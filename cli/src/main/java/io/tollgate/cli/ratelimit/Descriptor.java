/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import io.tollgate.control.source.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An element of {@code descriptors}: one entry of the descriptors that Envoy sends, and what comes after it.
 *
 * @param value empty = any; with a star at its end = any that begins like this
 * @param terms null = nothing is limited here
 * @param soft shadow_mode or quota_mode: counted, and never over the limit
 * @param shared share_threshold: one counter for all values of the wildcard
 */
record Descriptor(
        Position at,
        String key,
        String value,
        @Nullable Terms terms,
        boolean soft,
        boolean shared,
        List<Descriptor> children) {

    /** How the reference server names it within its level: what is looked up first. */
    String composite() {
        return value.isEmpty() ? key : key + "_" + value;
    }

    boolean any() {
        return value.isEmpty();
    }

    boolean wildcard() {
        return value.endsWith("*");
    }

    /** {@return whether each value has a counter of its own} */
    boolean perValue() {
        return any() || wildcard() && !shared;
    }

    /** {@return whether some value matches both} */
    boolean overlaps(final Descriptor other) {
        if (!key.equals(other.key)) {
            return false;
        }
        if (any() || other.any()) {
            return true;
        }
        if (wildcard() && other.wildcard()) {
            return stem().startsWith(other.stem()) || other.stem().startsWith(stem());
        }
        return covers(other) || other.covers(this);
    }

    /** {@return whether every value that matches the other matches this one} */
    boolean covers(final Descriptor other) {
        if (!key.equals(other.key)) {
            return false;
        }
        return any() || (wildcard() ? !other.any() && other.value.startsWith(stem()) : value.equals(other.value));
    }

    private String stem() {
        return value.substring(0, value.length() - 1);
    }

    /** "user", "path=/v1*" */
    @Override
    public String toString() {
        return any() ? key : key + "=" + value;
    }
}
