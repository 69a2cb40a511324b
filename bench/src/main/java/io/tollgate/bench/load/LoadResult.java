/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What one run showed.
 *
 * @param plan       what was done
 * @param tally      answers and failures
 * @param measuredNs length of the measured window
 * @param server     the server process, or null when no pid was given
 * @param client     this process
 * @param pacing     open loop only
 */
record LoadResult(
        LoadPlan plan, Tally tally, long measuredNs, @Nullable Usage server, Usage client, @Nullable Pacing pacing) {

    /**
     * What a process used in the measured window.
     *
     * @param cpuNs                processor time
     * @param residentAnonymousKib memory at its end that is not of files
     */
    record Usage(long cpuNs, long residentAnonymousKib) {}

    /**
     * How well the open loop kept its pace.
     *
     * @param lateness       how long after its due time each call was started, nanoseconds
     * @param delayedByLimit calls that waited because too many were unanswered
     */
    record Pacing(Histogram lateness, long delayedByLimit) {}

    double callsPerS() {
        return tally.completedCalls() * 1e9 / measuredNs;
    }

    double decisionsPerS() {
        return tally.decisionCount() * 1e9 / measuredNs;
    }

    /** {@return server processor time per call in microseconds; NaN when unknown} */
    double serverUsPerCall() {
        return server == null ? Double.NaN : server.cpuNs / 1e3 / tally.completedCalls();
    }

    /** {@return server processor time per decision in microseconds; NaN when unknown} */
    double serverUsPerDecision() {
        return server == null ? Double.NaN : server.cpuNs / 1e3 / tally.decisionCount();
    }

    double clientUsPerCall() {
        return client.cpuNs / 1e3 / tally.completedCalls();
    }

    /** {@return latency in microseconds at a percentile, 0 to 100} */
    double latencyUs(final double percentile) {
        return tally.latency().getValueAtPercentile(percentile) / 1e3;
    }

    /** {@return failures of any kind, over the whole run} */
    long errorCount() {
        long sum = 0;
        for (final long count : tally.errors().values()) {
            sum += count;
        }
        return sum;
    }
}
