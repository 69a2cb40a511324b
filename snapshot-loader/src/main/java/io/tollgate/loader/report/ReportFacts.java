/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.report;

import io.tollgate.loader.journal.Producer;
import org.jspecify.annotations.Nullable;

/**
 * How reporting stands; immutable, for any thread.
 *
 * @param address where to; empty = nowhere
 * @param reported acknowledged since the start, those rejected included
 * @param rejected refused for good since the start
 * @param rejectedFile where those are kept; empty = there were none since the start
 * @param failures in a row
 * @param lastError of the last failed try, also after it went well again; empty = none since the start
 * @param acknowledgedAtMs when something was last acknowledged, milliseconds since 1970; 0 = never since the start
 * @param waiting the oldest record that is not acknowledged; null = nothing is pending
 */
public record ReportFacts(
        State state,
        String address,
        long reported,
        long rejected,
        String rejectedFile,
        int failures,
        String lastError,
        long acknowledgedAtMs,
        @Nullable Waiting waiting) {
    /** What it is doing. */
    public enum State {
        /** Nothing is pending. */
        IDLE,
        /** Something is. */
        SENDING,
        /** The last try failed; the next one waits for its backoff. */
        FAILING,
        /** There is no control plane to report to: what is pending stays. */
        NOBODY
    }

    /**
     * The oldest record that is not acknowledged.
     *
     * @param producer its run
     * @param acknowledged highest sequence of the run that is
     * @param timestampMs of the record; 0 = not known
     */
    public record Waiting(Producer producer, long acknowledged, long timestampMs) {}

    /** There is nobody to report to. */
    static ReportFacts nobody() {
        return new ReportFacts(State.NOBODY, "", 0, 0, "", 0, "", 0, null);
    }

    /** {@return how long the oldest record has waited, as far as known; milliseconds} */
    public long lagMs(long nowMs) {
        return waiting == null || waiting.timestampMs() == 0 ? 0 : Math.max(0, nowMs - waiting.timestampMs());
    }
}
