/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import io.grpc.Status;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What one lane saw. Belongs to the lane's event loop; merged after the lane has ended. */
final class Tally {
    /** Latencies up to this are told apart, nanoseconds: one minute. */
    static final long HIGHEST_NS = 60_000_000_000L;

    private static final int DIGITS = 3;
    private static final int OUTCOMES = 8;
    private static final int REASONS = 1 << 10;

    private final Histogram latency = new Histogram(HIGHEST_NS, DIGITS);
    private final long[] decisions = new long[OUTCOMES * REASONS];
    private final Map<String, Long> errors = new TreeMap<>();
    private long completedCalls;

    /** Adds a call that was answered in the measured window, however early it was due. */
    void completed(final Answer answer) {
        completedCalls++;
        for (int i = 0; i < answer.size(); i++) {
            decisions[answer.outcome(i) % OUTCOMES * REASONS + answer.reason(i) % REASONS]++;
        }
    }

    /** Adds the time of a call that was due in the measured window. */
    void latency(final long latencyNs) {
        latency.recordValue(Math.min(Math.max(latencyNs, 0), HIGHEST_NS));
    }

    /** Adds a call that failed, at any time of the run. */
    void failed(final Status status) {
        final String text = status.getDescription() == null
                ? status.getCode().name()
                : status.getCode() + ": " + status.getDescription();
        error(text, 1);
    }

    /** Adds something that went wrong, so many times. */
    void error(final String what, final long count) {
        errors.merge(what, count, Long::sum);
    }

    /** Adds all of another. */
    void add(final Tally other) {
        latency.add(other.latency);
        completedCalls += other.completedCalls;
        for (int i = 0; i < decisions.length; i++) {
            decisions[i] += other.decisions[i];
        }
        other.errors.forEach((what, count) -> errors.merge(what, count, Long::sum));
    }

    /** {@return times from the moment that a call was due to its answer, nanoseconds} */
    Histogram latency() {
        return latency;
    }

    /** {@return calls answered in the measured window} */
    long completedCalls() {
        return completedCalls;
    }

    /** {@return failures by cause} */
    Map<String, Long> errors() {
        return errors;
    }

    /** {@return decisions answered in the measured window} */
    long decisionCount() {
        long sum = 0;
        for (final long count : decisions) {
            sum += count;
        }
        return sum;
    }

    /** {@return decisions by "OUTCOME REASON", those that occurred} */
    Map<String, Long> decisionsByReason() {
        final Map<String, Long> result = new TreeMap<>();
        for (int i = 0; i < decisions.length; i++) {
            if (decisions[i] > 0) {
                result.put(name(i / REASONS, i % REASONS), decisions[i]);
            }
        }
        return result;
    }

    private static String name(final int outcomeNumber, final int reasonNumber) {
        final Outcome outcome = Outcome.forNumber(outcomeNumber);
        final Reason reason = Reason.forNumber(reasonNumber);
        return (outcome == null ? "OUTCOME_" + outcomeNumber : outcome.name().substring("OUTCOME_".length()))
                + " "
                + (reason == null ? "REASON_" + reasonNumber : reason.name().substring("REASON_".length()));
    }
}
