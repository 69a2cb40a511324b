/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Gives back what somebody has taken and still knows: to the slot it came from, with its undo begun, so that no deny counts on it. The
 * protocol, and why it is exact, is {@link Taker}'s, whose part this is. One per worker; takes no lock, allocates nothing, throws nothing.
 */
final class GiveBack {
    private final Cells cells;
    private final InFlight inFlight;
    private final int worker;
    private final int maxSpins;
    private UnsafeBuffer[] segments;
    private int spins;

    GiveBack(Cells cells, InFlight inFlight, int worker, int maxSpins) {
        this.cells = cells;
        this.inFlight = inFlight;
        this.worker = worker;
        this.maxSpins = maxSpins;
        this.segments = cells.segments();
    }

    /** As {@link Taker#giveBack}. */
    boolean plan(TakePlan plan, long epochNs) {
        if (!plan.taken()) {
            return false;
        }
        segments = cells.segments();
        spins = maxSpins;
        plan.taken(false);
        plan.allPending();
        boolean all;
        inFlight.enterUndo(worker);
        try {
            do {
                all = returnPending(plan, epochNs);
                // if not, an opener is at one of our slots: it ends that period, or gives up
            } while (!all && pause());
        } finally {
            inFlight.exitUndo(worker);
        }
        return all;
    }

    /** Returns what is not returned yet; false when something has to be tried again. */
    private boolean returnPending(TakePlan plan, long epochNs) {
        boolean all = true;
        inFlight.enterFlight(worker);
        try {
            for (int entry = plan.size() - 1; entry >= 0; entry--) {
                UnsafeBuffer segment = Cells.segment(segments, plan.cellRef[entry]);
                if (segment != null && plan.pending[entry]) {
                    plan.pending[entry] = returnEntry(plan, entry, segment, epochNs) == CellOps.UNSETTLED;
                    all &= !plan.pending[entry];
                }
            }
        } finally {
            inFlight.exitFlight(worker);
        }
        return all;
    }

    private int returnEntry(TakePlan plan, int entry, UnsafeBuffer segment, long epochNs) {
        int offset = Cells.offset(plan.cellRef[entry]);
        long amount = plan.amount[entry];
        if (plan.kind[entry] == CellKind.PERIOD) {
            return CellOps.returnPeriod(segment, offset, plan.clock[entry], amount, cells.incarnation());
        }
        if (plan.kind[entry] == CellKind.RATE) {
            long position = Gcra.position(plan.ordinalOrMultiplier[entry], epochNs);
            CellOps.returnRate(segment, offset, position, plan.endOrUnits[entry], amount, plan.after[entry]);
        } else {
            segment.getAndAddLong(offset, -amount);
        }
        return CellOps.READY;
    }

    /** As {@link Taker#giveBackPeriod}. */
    boolean period(long cellRef, long ordinal, long tokens) {
        UnsafeBuffer segment = Cells.segment(cells.segments(), cellRef);
        if (segment == null || tokens <= 0) {
            return false;
        }
        int offset = Cells.offset(cellRef);
        int code;
        spins = maxSpins;
        inFlight.enterUndo(worker);
        try {
            do {
                inFlight.enterFlight(worker);
                code = CellOps.returnPeriod(segment, offset, ordinal, tokens, cells.incarnation());
                inFlight.exitFlight(worker);
            } while (code == CellOps.UNSETTLED && pause());
        } finally {
            inFlight.exitUndo(worker);
        }
        return code == CellOps.READY;
    }

    /** As {@link Taker#giveBackRate}. */
    boolean rate(long cellRef, long position, long unitsPerToken, long tokens, long receipt) {
        UnsafeBuffer segment = Cells.segment(cells.segments(), cellRef);
        if (segment == null || tokens <= 0) {
            return false;
        }
        inFlight.enterUndo(worker);
        try {
            CellOps.returnRate(segment, Cells.offset(cellRef), position, unitsPerToken, tokens, receipt);
        } finally {
            inFlight.exitUndo(worker);
        }
        return true;
    }

    /** As {@link Taker#giveBackGauge}. */
    boolean gauge(long cellRef, long tokens) {
        UnsafeBuffer segment = Cells.segment(cells.segments(), cellRef);
        if (segment == null || tokens <= 0) {
            return false;
        }
        inFlight.enterUndo(worker);
        try {
            segment.getAndAddLong(Cells.offset(cellRef), -tokens);
        } finally {
            inFlight.exitUndo(worker);
        }
        return true;
    }

    private boolean pause() {
        Thread.onSpinWait();
        return --spins >= 0;
    }
}
