/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import java.util.random.RandomGenerator;

/**
 * Waits between tries: doubles from a first wait up to a longest one, each drawn evenly from the upper half, so that many sidecars do not
 * come back at the same instant. One thread only.
 */
public final class Backoff {
    private static final int MAX_DOUBLINGS = 30;

    private final long firstNs;
    private final long longestNs;
    private final RandomGenerator random;
    private int failures;

    /** Waits from firstNs up to longestNs. */
    public Backoff(long firstNs, long longestNs, RandomGenerator random) {
        this.firstNs = firstNs;
        this.longestNs = longestNs;
        this.random = random;
    }

    /** Counts a failure; returns how long to wait now, nanoseconds. */
    public long onFailureNs() {
        int doublings = Math.min(failures, MAX_DOUBLINGS);
        failures++;
        long wholeNs = firstNs > longestNs >> doublings ? longestNs : firstNs << doublings;
        long halfNs = wholeNs / 2;
        return wholeNs - halfNs + random.nextLong(halfNs + 1);
    }

    /** The next failure is a first one. */
    public void onSuccess() {
        failures = 0;
    }

    /** {@return failures since the last success} */
    public int failures() {
        return failures;
    }
}
