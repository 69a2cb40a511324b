/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.envoy;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What one run saw. Belongs to the run's event loop until the run has ended. */
final class HttpTally {
    private static final long HIGHEST_NS = 60_000_000_000L;
    private static final int OK = 200;

    /** From the moment that a request was due (open loop) or sent (closed loop) to the end of its answer, nanoseconds. */
    final Histogram latency = new Histogram(HIGHEST_NS, 3);
    /** How long after it was due a request was written although a connection was free: the client's own part, nanoseconds. */
    final Histogram lateness = new Histogram(HIGHEST_NS, 3);
    /** Whatever was no answer with status 200, over the whole run. */
    final Map<String, Long> errors = new TreeMap<>();
    /** Requests answered with 200 in the measured window. */
    long answered;
    /** And over the whole run. */
    long answeredInAll;

    void answered(final int status, final boolean inWindow) {
        if (status != OK) {
            error("HTTP " + status, 1);
            return;
        }
        answeredInAll++;
        if (inWindow) {
            answered++;
        }
    }

    void latency(final long ns) {
        latency.recordValue(Math.min(Math.max(0, ns), HIGHEST_NS));
    }

    void lateness(final long ns) {
        lateness.recordValue(Math.min(Math.max(0, ns), HIGHEST_NS));
    }

    void error(final String what, final long count) {
        errors.merge(what, count, Long::sum);
    }
}
