/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.freshness;

import io.tollgate.core.Plane;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When each plane was last confirmed, for every decision to read.
 *
 * <p>The age of a plane is the larger of the time that passed on the monotonic clock and on the wall clock: the monotonic clock of
 * Linux stands still while a machine is suspended, the wall clock may be set back; the larger of the two errs on the safe side in both.
 *
 * <p>Assumptions and guarantees
 * <ol>
 *   <li>One writer, the loader's thread; any number of readers; no lock, no allocation.
 *   <li>The two words of a plane are not written together. A reader that meets one old and one new word takes the larger age of the
 *       two, so it may see a plane as older than it is for an instant, never as fresher than the older of the two confirmations.
 *   <li>A plane that was never confirmed has the age {@link #NEVER_NS}.
 *   <li>While a restart grace stands in for a confirmation, ages say only how much of the grace is left: {@link #graceOnly}. Who asks for
 *       evidence of a certain age then gets none.
 * </ol>
 *
 * <table>
 * <caption>Access modes</caption>
 * <tr><th>field</th><th>writer</th><th>write</th><th>readers</th><th>read</th></tr>
 * <tr><td>confirmedMonotonicNs</td><td>loader</td><td>release</td><td>decisions</td><td>acquire</td></tr>
 * <tr><td>confirmedWallMs</td><td>loader</td><td>release</td><td>decisions</td><td>acquire</td></tr>
 * <tr><td>graceOnly</td><td>loader</td><td>volatile</td><td>decisions</td><td>volatile</td></tr>
 * </table>
 */
public final class FreshnessTable {
    /** Age of what was never confirmed, nanoseconds. */
    public static final long NEVER_NS = Long.MAX_VALUE;

    private static final long NS_PER_MS = 1_000_000L;
    private static final long UNCONFIRMED = Long.MIN_VALUE;
    /** Planes on lines of their own would gain nothing: they are written once a second, together. */
    private static final int STRIDE = 2;

    private final AtomicLongArray confirmed = new AtomicLongArray(STRIDE * (Plane.values().length + 1));

    private volatile boolean graceOnly;

    /** All planes start unconfirmed. */
    public FreshnessTable() {
        for (int i = 0; i < confirmed.length(); i++) {
            confirmed.set(i, UNCONFIRMED);
        }
    }

    /**
     * Notes that a plane was current when a request left for the control plane. Loader's thread only.
     *
     * @param plane           what was confirmed
     * @param sentMonotonicNs monotonic clock when the confirming request was sent
     * @param sentWallMs      wall clock at the same moment
     * @param sourceAgeNs     how old the evidence already was at the control plane
     */
    public void confirm(final Plane plane, final long sentMonotonicNs, final long sentWallMs, final long sourceAgeNs) {
        final int at = STRIDE * plane.code();
        confirmed.setRelease(at, sentMonotonicNs - sourceAgeNs);
        confirmed.setRelease(at + 1, sentWallMs - sourceAgeNs / NS_PER_MS);
    }

    /** Says whether what stands here are confirmations, or only the grace after a restart. Loader's thread only. */
    public void graceOnly(final boolean value) {
        graceOnly = value;
    }

    /** {@return whether nothing was confirmed since the start, and a restart grace stands in for it} */
    public boolean graceOnly() {
        return graceOnly;
    }

    /** Forgets the confirmation of a plane: it is stale until the next one. Loader's thread only. */
    public void expire(final Plane plane) {
        final int at = STRIDE * plane.code();
        confirmed.setRelease(at, UNCONFIRMED);
        confirmed.setRelease(at + 1, UNCONFIRMED);
    }

    /**
     * {@return the age of a plane in nanoseconds, at least 0, or {@link #NEVER_NS}}
     *
     * @param planeCode      {@link Plane#code()}
     * @param nowMonotonicNs monotonic clock
     * @param nowWallMs      wall clock
     */
    public long ageNs(final int planeCode, final long nowMonotonicNs, final long nowWallMs) {
        final int at = STRIDE * planeCode;
        final long monotonicNs = confirmed.getAcquire(at);
        final long wallMs = confirmed.getAcquire(at + 1);
        if (monotonicNs == UNCONFIRMED || wallMs == UNCONFIRMED) {
            return NEVER_NS;
        }
        final long elapsedWallMs = nowWallMs - wallMs;
        final long wallAgeNs = elapsedWallMs > NEVER_NS / NS_PER_MS ? NEVER_NS : elapsedWallMs * NS_PER_MS;
        return Math.max(0, Math.max(nowMonotonicNs - monotonicNs, wallAgeNs));
    }
}
