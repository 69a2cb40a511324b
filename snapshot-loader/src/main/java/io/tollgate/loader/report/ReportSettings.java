/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.report;

/**
 * How patiently and in which portions usage is reported.
 *
 * @param maxRecords of one batch
 * @param maxBytes of one batch; a single record may be longer
 * @param window batches that wait for their acknowledgement at a time
 * @param batchTimeoutMs a batch without an acknowledgement for so long has failed
 * @param pauseMs between two batches that are not full
 * @param idleMs a report without anything to say ends after so long
 * @param firstBackoffMs wait after the first failure; doubles
 * @param longestBackoffMs it doubles up to this
 * @param drainMs how long a stop waits for what is pending, while reporting goes well
 */
public record ReportSettings(
        int maxRecords,
        int maxBytes,
        int window,
        long batchTimeoutMs,
        long pauseMs,
        long idleMs,
        long firstBackoffMs,
        long longestBackoffMs,
        long drainMs) {
    /** A control plane takes messages up to 1 MiB. */
    public static final ReportSettings DEFAULT =
            new ReportSettings(1_000, 256 << 10, 4, 10_000, 20, 5_000, 200, 15_000, 1_000);

    /** Checks that it gets on. */
    public ReportSettings {
        if (maxRecords < 1 || maxBytes < 1 || window < 1 || batchTimeoutMs < 1 || firstBackoffMs < 1) {
            throw new IllegalArgumentException("batches, window, timeout and backoff must be at least 1");
        }
        if (longestBackoffMs < firstBackoffMs || pauseMs < 0 || idleMs < 0 || drainMs < 0) {
            throw new IllegalArgumentException(
                    "the longest backoff must not be shorter than the first, no time negative");
        }
    }
}
