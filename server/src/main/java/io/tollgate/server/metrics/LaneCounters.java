/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.metrics;

import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.reservation.EndOutcome;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * The counts of one event loop.
 *
 * <p>Assumptions and guarantees: one writer, the event loop's thread; any number of readers. Counting allocates
 * nothing, takes no lock and is a plain add with a release store, so readers see every counter go up only, each on its
 * own, not all at one instant.
 *
 * <table>
 * <caption>Access modes</caption>
 * <tr><th>field</th><th>writer</th><th>write</th><th>readers</th><th>read</th></tr>
 * <tr><td>counts</td><td>event loop</td><td>release</td><td>scrapers</td><td>acquire</td></tr>
 * <tr><td>latency</td><td>event loop</td><td>recorder's phaser</td><td>{@link Metrics}, one at a time</td><td>interval
 * swap</td></tr>
 * </table>
 */
public final class LaneCounters {
    /** One of so many decisions is timed; a power of two. */
    public static final int TIMED_ONE_OF = 16;

    private static final int REASONS = Reason.values().length;
    private static final int DECISIONS = Outcome.values().length * REASONS;
    private static final int SHEDS = ShedCause.values().length;
    private static final long LONGEST_NS = 10_000_000_000L;
    private static final int DIGITS = 2;
    private static final int ENDS = EndOutcome.values().length;
    /** Counters of two loops must not share a cache line. */
    private static final int PADDING = 16;

    private final AtomicLongArray counts = new AtomicLongArray(PADDING + DECISIONS + SHEDS + ENDS + PADDING);
    private final SingleWriterRecorder latency = new SingleWriterRecorder(1, LONGEST_NS, DIGITS);
    private final SettlementCounters settlements = new SettlementCounters();
    private int untilTimed = TIMED_ONE_OF;

    /** {@return what this loop did with Envoy's access log} */
    public SettlementCounters settlements() {
        return settlements;
    }

    /** Counts an answer. Event loop only. */
    public void decided(final Outcome outcome, final Reason reason) {
        increment(slot(outcome, reason));
    }

    /** Counts an answer without evaluation, besides the answer itself. Event loop only. */
    public void shed(final ShedCause cause) {
        increment(PADDING + DECISIONS + cause.ordinal());
    }

    /** Counts what became of a Settle or Release. Event loop only. */
    public void ended(final EndOutcome outcome) {
        increment(PADDING + DECISIONS + SHEDS + outcome.ordinal());
    }

    /** {@return Settle and Release calls so far that came to this} */
    public long endedCount(final EndOutcome outcome) {
        return counts.getAcquire(PADDING + DECISIONS + SHEDS + outcome.ordinal());
    }

    /** {@return whether the decision that starts now is to be timed}. Event loop only. */
    public boolean isTimed() {
        if (--untilTimed > 0) {
            return false;
        }
        untilTimed = TIMED_ONE_OF;
        return true;
    }

    /** Notes how long a timed decision took, nanoseconds. Event loop only. */
    public void took(final long durationNs) {
        latency.recordValue(Math.max(0, Math.min(durationNs, LONGEST_NS)));
    }

    /** {@return answers so far} */
    public long decided(final int outcomeOrdinal, final int reasonOrdinal) {
        return counts.getAcquire(PADDING + outcomeOrdinal * REASONS + reasonOrdinal);
    }

    /** {@return sheds so far} */
    public long shedCount(final ShedCause cause) {
        return counts.getAcquire(PADDING + DECISIONS + cause.ordinal());
    }

    /** Adds what was timed since the last call. One caller at a time. */
    void drainLatency(final Histogram sum) {
        sum.add(latency.getIntervalHistogram());
    }

    private static int slot(final Outcome outcome, final Reason reason) {
        return PADDING + outcome.ordinal() * REASONS + reason.ordinal();
    }

    private void increment(final int at) {
        counts.setRelease(at, counts.getPlain(at) + 1);
    }
}
