/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.freshness;

import java.util.function.LongConsumer;

/**
 * Compares the wall clock with the decisions' epoch time at every tick of the loader's thread and brings the epoch time back in step.
 *
 * <p>Small differences (a clock that is slewed) are followed quietly; a step of more than {@link #STEP_NS} since the last tick (somebody
 * set the clock, or the machine slept) is told. Loader's thread only.
 */
public final class ClockWatchdog {
    /** A difference that is worth a word to the operator, nanoseconds. */
    public static final long STEP_NS = 1_000_000_000L;

    /** Reading two clocks one after the other differs by less; more is followed. Nanoseconds. */
    static final long TOLERANCE_NS = 100_000_000L;

    private static final long NS_PER_MS = 1_000_000L;

    private final LoaderClock clock;
    private final LongConsumer onStep;
    private long steps;

    /**
     * Watches a clock.
     *
     * @param onStep told of steps, nanoseconds: positive = the wall clock went ahead
     */
    public ClockWatchdog(LoaderClock clock, LongConsumer onStep) {
        this.clock = clock;
        this.onStep = onStep;
    }

    /** Looks once; cheap enough for every duty cycle. */
    public void tick() {
        long monotonicNs = clock.monotonicNs();
        long wallNs = clock.wallMs() * NS_PER_MS;
        long differenceNs = wallNs - (monotonicNs + clock.epochOffsetNs());
        if (Math.abs(differenceNs) <= TOLERANCE_NS) {
            return;
        }
        clock.moveEpochOffset(wallNs - monotonicNs);
        if (Math.abs(differenceNs) > STEP_NS) {
            steps++;
            onStep.accept(differenceNs);
        }
    }

    /** {@return steps seen since the start} */
    public long steps() {
        return steps;
    }
}
