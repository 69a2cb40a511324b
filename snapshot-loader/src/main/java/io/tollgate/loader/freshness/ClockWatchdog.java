/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.freshness;

/**
 * Compares the wall clock with the decisions' epoch time at every tick of the loader's thread and brings the epoch time back in step.
 *
 * <p>Small differences (a clock that is slewed) are followed quietly; a step of more than {@link ClockJump#STEP_NS} since the last tick
 * (somebody set the clock, or the machine slept) and a silence of more than {@link ClockJump#SILENCE_NS} (the process was stopped) are
 * told. Loader's thread only.
 */
public final class ClockWatchdog {
    /** Reading two clocks one after the other differs by less; more is followed. Nanoseconds. */
    static final long TOLERANCE_NS = 100_000_000L;

    private static final long NS_PER_MS = 1_000_000L;

    private final LoaderClock clock;
    private final ClockJump.Listener listener;
    private long lastTickNs;
    private long steps;
    private long pauses;

    /**
     * Watches a clock.
     *
     * @param listener told of jumps
     */
    public ClockWatchdog(LoaderClock clock, ClockJump.Listener listener) {
        this.clock = clock;
        this.listener = listener;
        this.lastTickNs = clock.monotonicNs();
    }

    /** Looks once; cheap enough for every duty cycle. */
    public void tick() {
        long monotonicNs = clock.monotonicNs();
        long wallNs = clock.wallMs() * NS_PER_MS;
        long differenceNs = wallNs - (monotonicNs + clock.epochOffsetNs());
        long silenceNs = monotonicNs - lastTickNs;
        lastTickNs = monotonicNs;
        if (Math.abs(differenceNs) > TOLERANCE_NS) {
            clock.moveEpochOffset(wallNs - monotonicNs);
        } else {
            differenceNs = 0;
        }
        ClockJump jump = new ClockJump(differenceNs, silenceNs);
        steps += jump.stepped() ? 1 : 0;
        pauses += jump.paused() ? 1 : 0;
        if (jump.stepped() || jump.paused()) {
            listener.jumped(jump);
        }
    }

    /** {@return steps of the wall clock seen since the start} */
    public long steps() {
        return steps;
    }

    /** {@return times that the process stood still, seen since the start} */
    public long pauses() {
        return pauses;
    }
}
