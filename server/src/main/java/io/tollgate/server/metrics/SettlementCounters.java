/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What one event loop did with Envoy's access log.
 *
 * <p>Assumptions and guarantees: one writer, the event loop's thread; any number of readers. Each number is exact on its own, not all at
 * one instant.
 *
 * <table>
 * <caption>Access modes</caption>
 * <tr><th>field</th><th>writer</th><th>write</th><th>readers</th><th>read</th></tr>
 * <tr><td>counts</td><td>event loop</td><td>release</td><td>scrapers</td><td>acquire</td></tr>
 * </table>
 */
public final class SettlementCounters {
    private static final int RESULTS = SettlementResult.values().length;
    private static final int ENTRIES = RESULTS;
    private static final int REFUSED = ENTRIES + 1;
    private static final int MISSING = REFUSED + 1;
    private static final int INVALID = MISSING + 1;
    private static final int WAITING = INVALID + 1;

    private final AtomicLongArray counts = new AtomicLongArray(WAITING + 1);

    /** Counts what became of a reservation. Event loop only. */
    public void ended(final SettlementResult result) {
        add(result.ordinal(), 1);
    }

    /** Counts entries that were read. Event loop only. */
    public void entries(final int count) {
        add(ENTRIES, count);
    }

    /** Counts a message that could not be read. Event loop only. */
    public void refused() {
        add(REFUSED, 1);
    }

    /** Counts amounts that a response did not say, or in a way that is none. Event loop only. */
    public void amounts(final int missing, final int invalid) {
        add(MISSING, missing);
        add(INVALID, invalid);
    }

    /** Says how many wait to be tried again. Event loop only. */
    public void waiting(final int count) {
        counts.setRelease(WAITING, count);
    }

    /** {@return reservations so far that came to this} */
    public long count(final SettlementResult result) {
        return counts.getAcquire(result.ordinal());
    }

    /** {@return entries of the access log so far, those of other requests included} */
    public long entryCount() {
        return counts.getAcquire(ENTRIES);
    }

    /** {@return messages so far that could not be read} */
    public long refusedCount() {
        return counts.getAcquire(REFUSED);
    }

    /** {@return amounts so far that responses did not say} */
    public long missingCount() {
        return counts.getAcquire(MISSING);
    }

    /** {@return amounts so far that were no amounts} */
    public long invalidCount() {
        return counts.getAcquire(INVALID);
    }

    /** {@return how many wait now to be tried again} */
    public long waitingCount() {
        return counts.getAcquire(WAITING);
    }

    private void add(final int at, final long count) {
        counts.setRelease(at, counts.getPlain(at) + count);
    }
}
