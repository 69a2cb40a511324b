/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import io.tollgate.envoy.ratelimit.v3.RateLimitDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Where one value of a question about a descriptor comes from. Immutable.
 *
 * @param literal as written in the mapping; null = an entry of the descriptor
 * @param index   of the entry
 * @param scheme  what comes before the value and is cut off, like Bearer; empty = nothing
 * @param words   in a few words, for messages
 */
record EntrySource(@Nullable String literal, int index, String scheme, String words) {
    static EntrySource of(final String literal) {
        return new EntrySource(literal, 0, "", "the value " + literal);
    }

    /** {@return the value; empty = there is none} */
    String read(final RateLimitDescriptor descriptor) {
        if (literal != null) {
            return literal;
        }
        final String value = descriptor.getEntries(index).getValue();
        if (scheme.isEmpty()) {
            return value;
        }
        final boolean fits = value.regionMatches(true, 0, scheme, 0, scheme.length())
                && value.length() > scheme.length()
                && value.charAt(scheme.length()) == ' ';
        return fits ? value.substring(scheme.length()).strip() : "";
    }

    /** The value of an attribute. */
    record Typed(EntrySource source, TypedSource.Type type) {}
}
