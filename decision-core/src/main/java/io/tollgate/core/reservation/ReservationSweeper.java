/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import io.tollgate.core.quota.PeriodTable;
import org.jspecify.annotations.Nullable;

/**
 * Ends what nobody ended: returns soft holds at their expiry, all at the tombstone deadline, completes what a killed process left in the
 * middle, and forgets what ended long ago. Looks at a compact table of due times (8 bytes for each block), not at the blocks.
 *
 * <p>Bounded work per call. Belongs to one thread, with a worker number of its own; it needs no world, only its periods.
 */
public final class ReservationSweeper {
    private static final int LOOKED_AT = 8_192;
    private static final int ENDED = 64;
    private static final long NS_PER_MS = 1_000_000L;

    private final BlockSpace space;
    private final ReservationDesk desk;
    private int next = 1;

    ReservationSweeper(BlockSpace space, ReservationDesk desk) {
        this.space = space;
        this.desk = desk;
    }

    /**
     * Looks at some of the reservations.
     *
     * @param epochNs now, nanoseconds since 1970
     * @param periods of the newest world, if there is one
     * @return how many were due; 0 = nothing to do for now
     */
    public int doWork(long epochNs, @Nullable PeriodTable periods) {
        long nowMs = Math.floorDiv(epochNs, NS_PER_MS);
        int size = space.size();
        int work = 0;
        for (int looked = 0; looked < Math.min(LOOKED_AT, size - 1) && work < ENDED; looked++) {
            if (next >= size) {
                next = 1;
            }
            long due = space.due(next);
            if (due != BlockSpace.NOT_DUE && due <= nowMs && desk.sweep(next, epochNs, periods)) {
                work++;
            }
            next++;
        }
        return work;
    }

    /** Looks at all of them until nothing is due any more; for tests and before a close. */
    public void sweepAll(long epochNs, @Nullable PeriodTable periods) {
        int idle = 0;
        int rounds = space.size() / Math.min(LOOKED_AT, Math.max(1, space.size() - 1)) + 1;
        while (idle <= rounds) {
            idle = doWork(epochNs, periods) == 0 ? idle + 1 : 0;
        }
    }
}
