/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import io.tollgate.envoy.ratelimit.v3.RateLimitDescriptor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which descriptors, and what is asked about them. Immutable.
 *
 * @param name            unique in its domain; in metadata and metrics
 * @param match           all entries of a descriptor, in order
 * @param unlimited       nothing is asked
 * @param fields          of the question
 * @param attributes      of the request, by name
 * @param resource        attributes of the resource, by name
 * @param hits            what hits are counted in; null = one hit is one action, by the operation's own charges
 * @param shadow          asked, and let pass whatever the answer is
 * @param ignoresOverride a limit that comes with the descriptor means nothing; else it is refused
 */
record LimitRule(
        String name,
        List<Entry> match,
        boolean unlimited,
        Map<Field, EntrySource> fields,
        Map<String, EntrySource.Typed> attributes,
        Map<String, EntrySource.Typed> resource,
        @Nullable Hits hits,
        boolean shadow,
        boolean ignoresOverride) {

    /**
     * What hits are counted in.
     *
     * @param unit     registered
     * @param multiply so much of it is one hit
     * @param partial  when not all of it is left, what is left is taken, and it is over the limit: for hits that have already happened
     */
    record Hits(String unit, long multiply, boolean partial) {}

    /**
     * An entry of a descriptor.
     *
     * @param value null = any
     * @param open  every value that begins so
     */
    record Entry(String key, @Nullable String value, boolean open) {
        /** {@return the entry; written null = any value} */
        static Entry of(final String key, final @Nullable String written) {
            return written != null && written.endsWith("*")
                    ? new Entry(key, written.substring(0, written.length() - 1), true)
                    : new Entry(key, written, false);
        }

        boolean matches(final RateLimitDescriptor.Entry entry) {
            if (!entry.getKey().equals(key)) {
                return false;
            }
            if (value == null) {
                return true;
            }
            return open ? entry.getValue().startsWith(value) : entry.getValue().equals(value);
        }

        /** {@return whether every entry that the other matches is matched by this one} */
        boolean covers(final Entry other) {
            if (!key.equals(other.key)) {
                return false;
            }
            if (value == null) {
                return true;
            }
            return other.value != null
                    && (open ? other.value.startsWith(value) : !other.open && other.value.equals(value));
        }
    }

    boolean matches(final RateLimitDescriptor descriptor) {
        if (descriptor.getEntriesCount() != match.size()) {
            return false;
        }
        for (int i = 0; i < match.size(); i++) {
            if (!match.get(i).matches(descriptor.getEntries(i))) {
                return false;
            }
        }
        return true;
    }

    /** {@return whether every descriptor that the other matches is matched by this one} */
    boolean covers(final LimitRule other) {
        if (other.match.size() != match.size()) {
            return false;
        }
        for (int i = 0; i < match.size(); i++) {
            if (!match.get(i).covers(other.match.get(i))) {
                return false;
            }
        }
        return true;
    }
}
