/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.ratelimit;

import io.tollgate.server.envoy.mapping.RateLimits.Slot;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What became of descriptors, by rule. Any number of writers and readers; each count only goes up, each on its own.
 *
 * <table>
 * <caption>Access modes</caption>
 * <tr><th>field</th><th>writer</th><th>write</th><th>readers</th><th>read</th></tr>
 * <tr><td>counts</td><td>event loops</td><td>atomic add</td><td>scrapers</td><td>volatile</td></tr>
 * </table>
 */
public final class LimitCounts {
    /** The codes of one rule lie in a cache line of their own. */
    private static final int STRIDE = 8;

    private final List<Slot> slots;
    private final AtomicLongArray counts;

    /** What became of a descriptor. */
    public enum Code {
        /** It passes, and what it takes was taken. */
        OK,
        /** It is over the limit. */
        OVER_LIMIT,
        /** It would pass, but another descriptor of the request is over the limit: nothing was taken or given back. */
        NOT_TAKEN,
        /** Its hits were given back. */
        REFUNDED,
        /** It passes, by a shadow rule, and would pass without. */
        SHADOW_OK,
        /** It passes because the rule is a shadow; it would be over the limit. */
        SHADOW_OVER_LIMIT;

        /** {@return as metrics name it} */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Counts for these. */
    public LimitCounts(final List<Slot> slots) {
        this.slots = List.copyOf(slots);
        counts = new AtomicLongArray((slots.size() + 2) * STRIDE);
    }

    /** {@return what is counted} */
    public List<Slot> slots() {
        return slots;
    }

    void add(final Slot slot, final Code code) {
        counts.getAndIncrement(at(slot, code));
    }

    /** {@return descriptors so far} */
    public long count(final Slot slot, final Code code) {
        return counts.get(at(slot, code));
    }

    private static int at(final Slot slot, final Code code) {
        return (slot.index() + 1) * STRIDE + code.ordinal();
    }
}
