/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core;

/**
 * The time of decisions, injected so that tests own it.
 *
 * <p>A decision reads the monotonic clock once. Epoch time is {@code monotonicNs() + epochOffsetNs()}: one clock read serves both, and
 * epoch time moves only when the loader's thread moves the offset after a step of the wall clock.
 *
 * <p>Implementations are safe for any thread, allocate nothing and make no system call beyond the vDSO.
 */
public interface DecisionClock {
    /** {@return nanoseconds of a clock that never goes back; only differences mean something} */
    long monotonicNs();

    /** {@return what to add to {@link #monotonicNs()} for nanoseconds since 1970-01-01T00:00:00Z} */
    long epochOffsetNs();

    /** {@return milliseconds of the wall clock since 1970, read now; not for the decision path's periods and rates} */
    long wallMs();
}
