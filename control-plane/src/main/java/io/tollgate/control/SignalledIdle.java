/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Pauses an agent for some milliseconds, unless somebody wakes it: so that news need not wait for the pause to end.
 *
 * <pre>
 *   field     written by                 read by
 *   thread    the agent's thread         any        (volatile)
 *   awake     any; the agent clears it   the agent  (volatile)
 * </pre>
 */
final class SignalledIdle implements IdleStrategy {
    private final long pauseNs;
    private volatile @Nullable Thread thread;
    private volatile boolean awake;

    SignalledIdle(long pauseMs) {
        this.pauseNs = TimeUnit.MILLISECONDS.toNanos(pauseMs);
    }

    /** Ends the pause that is under way, or the next one. Any thread. */
    void wake() {
        awake = true;
        Thread sleeper = thread;
        if (sleeper != null) {
            LockSupport.unpark(sleeper);
        }
    }

    @Override
    public void idle(int workCount) {
        if (workCount <= 0) {
            idle();
        }
    }

    @Override
    public void idle() {
        thread = Thread.currentThread();
        // Who wakes sets the flag before looking for the thread, so one of the two sees the other.
        if (!awake) {
            LockSupport.parkNanos(pauseNs);
        }
        awake = false;
    }

    @Override
    public void reset() {
        // Keeps nothing from one pause to the next.
    }
}
