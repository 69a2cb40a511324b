/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.freshness;

/**
 * What happened to time between two looks at the clocks.
 *
 * @param wallStepNs how far the wall clock moved against the monotonic one: positive = it was set forward, or the machine slept; negative =
 *     it was set back; 0 = both went together
 * @param silenceNs how long nobody looked, by the monotonic clock: the process was stopped, or starved
 */
public record ClockJump(long wallStepNs, long silenceNs) {
    /** A step that is worth a word to the operator, nanoseconds. */
    public static final long STEP_NS = 1_000_000_000L;

    /** The loader's thread looks hundreds of times a second and works in small steps; a silence beyond this is no work. Nanoseconds. */
    public static final long SILENCE_NS = 5_000_000_000L;

    /** {@return whether the wall clock was moved, or the machine slept} */
    public boolean stepped() {
        return Math.abs(wallStepNs) > STEP_NS;
    }

    /** {@return whether the wall clock went back} */
    public boolean wentBack() {
        return wallStepNs < -STEP_NS;
    }

    /** {@return whether the process stood still} */
    public boolean paused() {
        return silenceNs > SILENCE_NS;
    }

    /**
     * Told of jumps, on the loader's thread, before anything else of that duty cycle: what was granted for a time (a lease) is not to be
     * used any more when either clock jumped, since nobody knows how long it really was. There are no leases yet; freshness needs no word,
     * because ages are read from both clocks at every decision.
     */
    @FunctionalInterface
    public interface Listener {
        /** Time jumped between two ticks. */
        void jumped(ClockJump jump);
    }
}
