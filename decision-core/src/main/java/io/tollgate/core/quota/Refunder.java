/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Gives amounts back of which nobody knows who took them, so that it may be asked for more than is used. One per worker, its {@link
 * Taker}'s.
 *
 * <p><b>Protocol.</b> How much comes back of an entry depends on what is used of it. So, unlike other give-backs, this one has to know
 * what is used for good: what a take holds for a moment and then undoes is not. And all entries have to be judged at one moment: else a
 * take that found room where something had come back could be given back itself where the refund has not been yet.
 *
 * <pre>
 *   d0 = undo stamp of the others (none is undoing)      read the cells: entry i has used u(i)
 *   wait until every other worker that is in flight now has landed
 *   undo begins           look again at what comes back less than its amount: unchanged
 *   d1 = undo stamp of the others:  final iff d1 = d0
 *   subtract r(i) = min(amount(i), u(i)) from each cell   undo ends
 * </pre>
 *
 * Why that is exact: as with a deny (see {@link Taker}) equal stamps say that all that was read has been taken for good and that nothing
 * came back in between. So cells only grew: what was read alike twice was so at the moment at which the undo began, and of what was
 * not looked at again at least the amount was used then. That is the moment from which the refund counts. The subtractions follow;
 * by then other takes may have been added, which fit with less room than they had; denies are not final before the undo ends. Two who
 * refund at the same time each have their own undo begun when they read the other's: at most one goes on.
 *
 * <p><b>Guarantees.</b> Everything is bounded: CONTENDED after {@code maxSpins}, with nothing given back. A process that is killed while it
 * subtracts leaves counters higher, never lower. Of a period that ends after that moment nothing comes back to the next one. No counter
 * falls below 0, no bucket is more than full.
 *
 * <p><b>Limit.</b> Hits that come back twice, by a refund and by whoever had taken them (a reservation that is released), are subtracted
 * twice, down to 0. While the second time falls on a moment at which a take of several cells is being undone, a counter may be left lower
 * by at most what has come back twice.
 *
 * <p>Access modes are those of {@link Taker}. Takes no lock, allocates nothing, throws nothing.
 */
final class Refunder {
    private final Cells cells;
    private final InFlight inFlight;
    private final int worker;
    private final int maxSpins;
    private UnsafeBuffer[] segments;
    private int spins;

    Refunder(Cells cells, InFlight inFlight, int worker, int maxSpins) {
        this.cells = cells;
        this.inFlight = inFlight;
        this.worker = worker;
        this.maxSpins = maxSpins;
        this.segments = cells.segments();
    }

    /** As {@link Taker#refund}. */
    int refund(TakePlan plan) {
        if (plan.taken() || plan.refunded() || plan.replaying() || plan.shape.shaped()) {
            return Taker.BROKEN;
        }
        if (plan.size() == 0) {
            plan.refunded(true);
            return Taker.REFUNDED;
        }
        segments = cells.segments();
        spins = maxSpins;
        do {
            long others = inFlight.undoStampBeside(worker);
            if (others == InFlight.BUSY) {
                continue;
            }
            int code = read(plan);
            if (code == Taker.BROKEN) {
                return code;
            }
            if (code == CellOps.READY && landed() && giveAll(plan, others)) {
                plan.refunded(true);
                return Taker.REFUNDED;
            }
        } while (pause());
        return Taker.CONTENDED;
    }

    private boolean landed() {
        spins = inFlight.awaitFlights(worker, spins);
        return spins >= 0;
    }

    private boolean pause() {
        Thread.onSpinWait();
        return --spins >= 0;
    }

    /** Reads all cells: before, and after the refund. READY, UNSETTLED or BROKEN. */
    private int read(TakePlan plan) {
        int worst = CellOps.READY;
        for (int entry = 0, size = plan.size(); entry < size; entry++) {
            UnsafeBuffer segment = Cells.segment(segments, plan.cellRef[entry]);
            if (segment == null || plan.kind[entry] == CellKind.GAUGE) {
                plan.forget();
                return Taker.BROKEN;
            }
            int code = CellOps.read(plan, entry, segment, cells.incarnation());
            // a period that nobody has taken from yet has nothing to come back to
            worst = code == CellOps.UNSETTLED ? code : worst;
            plan.after[entry] = after(plan, entry);
            plan.fits[entry] = true;
        }
        return worst;
    }

    private static long after(TakePlan plan, int entry) {
        long used = plan.before[entry];
        long amount = plan.amount[entry];
        if (plan.kind[entry] == CellKind.RATE) {
            return Gcra.refund(used, plan.clock[entry], plan.endOrUnits[entry], amount);
        }
        // a negative value is no counter of ours: it stays
        return used < 0 ? used : Math.max(0, used - amount);
    }

    private boolean giveAll(TakePlan plan, long others) {
        inFlight.enterUndo(worker);
        try {
            if (!stands(plan) || inFlight.undoStampBeside(worker) != others) {
                return false;
            }
            plan.allPending();
            boolean all;
            do {
                all = subtractPending(plan);
                // if not, an opener is at one of our slots: it ends that period, or gives up
            } while (!all && pause());
            return true;
        } finally {
            inFlight.exitUndo(worker);
        }
    }

    /** Whether the periods are those that were read, and what limits how much comes back is as it was. */
    private boolean stands(TakePlan plan) {
        for (int entry = 0, size = plan.size(); entry < size; entry++) {
            UnsafeBuffer segment = segment(plan, entry);
            boolean period = plan.kind[entry] == CellKind.PERIOD;
            if (period && PeriodSlots.newest(segment, Cells.offset(plan.cellRef[entry])) > plan.clock[entry]) {
                return false;
            }
            boolean limited = plan.after[entry] <= (period ? 0 : plan.clock[entry]);
            if (limited && !ShapedOps.unchanged(plan, ShapedOps.root(plan, entry), segments)) {
                return false;
            }
        }
        return true;
    }

    /** Subtracts what has not been subtracted yet; false when something has to be tried again. */
    private boolean subtractPending(TakePlan plan) {
        boolean all = true;
        inFlight.enterFlight(worker);
        try {
            for (int entry = plan.size() - 1; entry >= 0; entry--) {
                plan.pending[entry] = plan.pending[entry] && subtract(plan, entry) == CellOps.UNSETTLED;
                all &= !plan.pending[entry];
            }
        } finally {
            inFlight.exitFlight(worker);
        }
        return all;
    }

    private int subtract(TakePlan plan, int entry) {
        long back = plan.before[entry] - plan.after[entry];
        if (back <= 0) {
            return CellOps.READY;
        }
        UnsafeBuffer segment = segment(plan, entry);
        int offset = Cells.offset(plan.cellRef[entry]);
        if (plan.kind[entry] == CellKind.PERIOD) {
            return CellOps.returnPeriod(segment, offset, plan.clock[entry], back, cells.incarnation());
        }
        CellOps.subtract(segment, offset, back);
        return CellOps.READY;
    }

    /** Not null: {@link #read} has seen it in this call. */
    private UnsafeBuffer segment(TakePlan plan, int entry) {
        return segments[(int) (plan.cellRef[entry] >>> Cells.SEGMENT_SHIFT)];
    }
}
