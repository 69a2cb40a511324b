/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes from all cells of a {@link TakePlan} or from none. One per worker.
 *
 * <p><b>Protocol.</b> Read all cells. If all entries fit, go in flight, add to the cells one by one, each by a
 * compare-and-set that checks the limit again; if one no longer fits, undo the ones before and start over. If one
 * does not fit by the reads, the deny is final only if the value read held no tentative amount that was undone later:
 *
 * <pre>
 *   d0 = undo stamp (nobody is undoing)       read the cells: entry i does not fit
 *   wait until every other worker that is in flight now has landed           d1 = undo stamp;  final iff d1 = d0
 * </pre>
 *
 * Why that is exact: suppose the value read of cell c holds an amount that its taker undoes. He went in flight before
 * the read and undoes after it. After the wait he has landed, so his undo lies before d1; it ends after the read,
 * hence after d0. Either it began before d0, and d0 was busy, or the two stamps differ. So with equal stamps all that
 * was read has been taken for good by the time of d1 and nothing came back since the read: at that moment the entry
 * does not fit. A taken plan counts from its landing, a give-back from its begin; both are plain facts of one order
 * of all answers. Waiting for flights one by one, instead of for a moment without any, lets denies become final under
 * full load.
 *
 * <p><b>Choices.</b> A choice that falls back on its second entry or a later one rests, like a deny, on entries that do
 * not fit: the same wait and the same two stamps are needed before the take. In flight, when the last entry has been
 * taken, the stamp is read once more: if it is still the same, nothing came back since the read to any cell, so what was
 * passed over does not fit at that moment either, and that is the moment from which the take counts. Otherwise all is
 * undone and begins anew, and another entry may be chosen. A choice denies when none of its entries fits; counters only
 * grow between equal stamps, so at the second stamp all of them do not fit at once. Counters grow but for a period that
 * begins: so the period in effect of whatever was passed over is looked at again too. Where a chosen cell is asked by
 * other entries of the plan, more use of it by others could move the choice and so make room: a deny of such a plan
 * needs the cells of its choices unchanged since the read, after the wait, which is a moment at which all were so.
 *
 * <p><b>Parts.</b> A deny of several parts is exact as a whole: at its moment not all of them fit. (Counters having
 * grown since the read, the first part that was read not to fit does not fit unless one before it does not either.)
 * Which of the parts are named is judged by the reads, each of which may be of another moment while others take.
 *
 * <p><b>Period slots.</b> The slot of ordinal n is opened by compare-and-set of its ordinal word from an older
 * ordinal to a claim, then waiting until nobody who might have seen the older ordinal is still adding (his flight or
 * guard word is odd from before he looks until after he adds), then used = 0, then ordinal = n. So nothing is ever
 * added to, or given back to, a period other than its own. The ordinal in effect is the newest of the request's and
 * the cell's two: a wall clock that steps back goes on counting in the newer period.
 *
 * <p><b>Assumptions.</b> A worker number is used by one thread at a time, by one Taker per {@link Cells} and
 * {@link InFlight}; all who change these cells (but the loader's maintenance of {@link CellStore}) share one InFlight.
 * Threads that are in flight keep running: one that is descheduled there makes others answer CONTENDED, not wrongly.
 *
 * <p><b>Guarantees.</b> Of hard ceilings no more than the limit is ever taken. Every DENIED names an entry that did not
 * fit at a moment during the call. (While two worlds with different limits are in use, each take stays within the limit
 * that it was given; only then an order of all answers may not exist.) Everything is bounded: CONTENDED after {@code
 * maxSpins}. A process that is killed in flight leaves at most one plan per worker taken in part: counters come back
 * higher, never lower. Entries of one RATE cell whose workers read the clock in another order than they took see each
 * other's time, not an earlier one.
 *
 * <table>
 *   <caption>access modes</caption>
 *   <tr><td>cell words</td><td>volatile read, compare-and-set, get-and-add; used = 0: release</td></tr>
 *   <tr><td>own flight, guard, undo</td><td>volatile write to odd, release write to even</td></tr>
 *   <tr><td>others' flight, guard, undo</td><td>volatile read</td></tr>
 *   <tr><td>plan</td><td>plain, one thread</td></tr>
 * </table>
 */
public final class Taker {
    /** {@link #check}: all entries fit. */
    public static final int FITS = 0;

    /** {@link #take}: all entries have been taken. */
    public static final int TAKEN = 1;

    /** At least one hard entry does not fit, {@link TakePlan#deniedAt()}, or a part was refused; nothing was taken. */
    public static final int DENIED = 2;

    /** Others were in the way until the tries were used up; nothing was taken; answer OVERLOADED. */
    public static final int CONTENDED = 3;

    /** An entry names a cell that does not exist; nothing was taken; answer INTERNAL. */
    public static final int BROKEN = 4;

    /** {@link #refund}: of every entry has come back what was used of it, up to its amount. */
    public static final int REFUNDED = 7;

    /** Spins that a call may spend waiting for others by default: some 50 to 200 microseconds. */
    public static final int DEFAULT_MAX_SPINS = 4096;

    /** {@link #read}: a slot has to be opened before the take. */
    private static final int FITS_ONCE_OPEN = 5;

    /** {@link #read}: look again. */
    private static final int UNSETTLED = 6;

    private final Cells cells;
    private final InFlight inFlight;
    private final int worker;
    private final int maxSpins;
    private final GiveBack givesBack;
    private final Refunder refunder;
    private UnsafeBuffer[] segments;
    private @Nullable CounterReadings recorded;
    private int spins;

    /** A taker with the default patience. */
    public Taker(Cells cells, InFlight inFlight, int worker) {
        this(cells, inFlight, worker, DEFAULT_MAX_SPINS);
    }

    /**
     * A taker.
     *
     * @param worker 0 to {@code inFlight.workers()}, exclusive
     * @param maxSpins at least 1
     */
    public Taker(Cells cells, InFlight inFlight, int worker, int maxSpins) {
        if (worker < 0 || worker >= inFlight.workers() || maxSpins < 1) {
            throw new IllegalArgumentException("worker is " + worker + " of " + inFlight.workers() + ", maxSpins is "
                    + maxSpins + "; workers count from 0, spins from 1.");
        }
        this.cells = cells;
        this.inFlight = inFlight;
        this.worker = worker;
        this.maxSpins = maxSpins;
        this.givesBack = new GiveBack(cells, inFlight, worker, maxSpins);
        this.refunder = new Refunder(cells, inFlight, worker, maxSpins);
        this.segments = cells.segments();
    }

    /**
     * Judges plans by counters that were recorded earlier instead of by the cells, and changes no cell: for replays. Plans of one part
     * only.
     *
     * @param counters null = by the cells again
     */
    public void judgeBy(@Nullable CounterReadings counters) {
        recorded = counters;
    }

    /**
     * Says whether the plan would be taken now; changes no cell.
     *
     * @return FITS, DENIED, CONTENDED, BROKEN; all entries have their results after the first two
     */
    public int check(TakePlan plan) {
        if (plan.taken() || plan.refunded() || plan.replaying()) {
            return BROKEN;
        }
        if (recorded != null) {
            return RecordedOps.judge(plan, recorded, false);
        }
        segments = cells.segments();
        spins = maxSpins;
        if (plan.shape.shaped()) {
            return askShaped(plan, false);
        }
        do {
            long undos = inFlight.undoStamp();
            int code = read(plan);
            if (code == FITS || code == FITS_ONCE_OPEN) {
                return FITS;
            }
            if (code == BROKEN || (code == DENIED && denyIsFinal(undos))) {
                return code;
            }
        } while (pause());
        return CONTENDED;
    }

    /**
     * Takes all entries or none.
     *
     * @return TAKEN, DENIED, CONTENDED, BROKEN; all entries have their results after the first two
     */
    public int take(TakePlan plan) {
        if (plan.taken() || plan.refunded() || plan.replaying()) {
            return BROKEN;
        }
        if (recorded != null) {
            return RecordedOps.judge(plan, recorded, true);
        }
        segments = cells.segments();
        spins = maxSpins;
        if (plan.shape.shaped()) {
            return askShaped(plan, true);
        }
        do {
            long undos = inFlight.undoStamp();
            int code = read(plan);
            if (code == BROKEN || (code == DENIED && denyIsFinal(undos))) {
                return code;
            }
            if ((code == FITS || (code == FITS_ONCE_OPEN && openSlots(plan))) && takeAll(plan)) {
                plan.taken(true);
                return TAKEN;
            }
        } while (pause());
        return CONTENDED;
    }

    /** {@link #check} and {@link #take} for plans with choices or parts. */
    private int askShaped(TakePlan plan, boolean take) {
        do {
            long undos = inFlight.undoStamp();
            int code = readShaped(plan);
            if (code == BROKEN) {
                return code;
            }
            // what fell back rests, like a deny, on entries that do not fit
            boolean rests = code == DENIED || plan.shape.fellBack;
            if (code == UNSETTLED || (rests && !stands(plan, undos, code == DENIED))) {
                continue;
            }
            if (code == DENIED) {
                return DENIED;
            }
            if (!take) {
                return FITS;
            }
            if ((code == FITS || openSlots(plan)) && takeShaped(plan, undos)) {
                plan.taken(true);
                return TAKEN;
            }
        } while (pause());
        return CONTENDED;
    }

    /**
     * Gives the amounts of a plan back whoever took them, all at one moment: to a PERIOD what is used in the period in effect, to a RATE
     * what its bucket misses, at most. See {@link Refunder}.
     *
     * @param plan of PERIOD and RATE entries, without choices and parts
     * @return REFUNDED; CONTENDED and BROKEN: nothing has come back
     */
    public int refund(TakePlan plan) {
        return recorded == null ? refunder.refund(plan) : BROKEN;
    }

    /**
     * Returns all that a taken plan took, each amount to the slot it came from; what belonged to a period that is
     * over is gone, and of a RATE comes back what time has not given back already.
     *
     * @param epochNs now, nanoseconds since 1970
     * @return false when the plan is not taken; or when a period was being ended for longer than this taker is
     *     patient: what was taken from that one then stays taken
     */
    public boolean giveBack(TakePlan plan, long epochNs) {
        return givesBack.plan(plan, epochNs);
    }

    /**
     * Returns a part or all of what an entry took earlier, for reservations.
     *
     * @param ordinal {@link TakePlan#receipt} of the entry
     * @param tokens at most what the entry took, less what came back already
     * @return false when that period is over (or is being ended for longer than this taker is patient), or the cell
     *     does not exist; nothing is returned then
     */
    public boolean giveBackPeriod(long cellRef, long ordinal, long tokens) {
        return givesBack.period(cellRef, ordinal, tokens);
    }

    /**
     * The same for a RATE entry.
     *
     * @param position of now, {@link Gcra#position}
     * @param receipt {@link TakePlan#receipt} of the entry
     */
    public boolean giveBackRate(long cellRef, long position, long unitsPerToken, long tokens, long receipt) {
        return givesBack.rate(cellRef, position, unitsPerToken, tokens, receipt);
    }

    /** The same for a GAUGE entry. */
    public boolean giveBackGauge(long cellRef, long tokens) {
        return givesBack.gauge(cellRef, tokens);
    }

    private boolean denyIsFinal(long undos) {
        if (undos == InFlight.BUSY) {
            return false;
        }
        spins = inFlight.awaitFlights(worker, spins);
        return spins >= 0 && inFlight.undoStamp() == undos;
    }

    /** The same where choices are concerned: also their cells must be as they were read, as far as it matters. */
    private boolean stands(TakePlan plan, long undos, boolean denied) {
        if (undos == InFlight.BUSY) {
            return false;
        }
        spins = inFlight.awaitFlights(worker, spins);
        return spins >= 0 && ShapedOps.stands(plan, segments, denied) && inFlight.undoStamp() == undos;
    }

    private boolean pause() {
        Thread.onSpinWait();
        return --spins >= 0;
    }

    /** Reads all cells into the plan's results: FITS, FITS_ONCE_OPEN, DENIED, UNSETTLED or BROKEN. */
    private int read(TakePlan plan) {
        int worst = CellOps.READY;
        int deniedAt = -1;
        for (int entry = 0, size = plan.size(); entry < size; entry++) {
            UnsafeBuffer segment = Cells.segment(segments, plan.cellRef[entry]);
            if (segment == null) {
                plan.forget();
                return BROKEN;
            }
            worst = Math.max(worst, CellOps.read(plan, entry, segment, cells.incarnation()));
            if (!plan.fits[entry] && deniedAt < 0) {
                deniedAt = entry;
            }
        }
        plan.deniedAt(deniedAt);
        if (worst == CellOps.UNSETTLED) {
            return UNSETTLED;
        }
        if (deniedAt >= 0) {
            return DENIED;
        }
        return worst == CellOps.TO_OPEN ? FITS_ONCE_OPEN : FITS;
    }

    private int readShaped(TakePlan plan) {
        int worst = ShapedOps.read(plan, segments, cells.incarnation());
        if (worst == BROKEN) {
            return BROKEN;
        }
        if (worst == CellOps.UNSETTLED) {
            return UNSETTLED;
        }
        if (!ShapedOps.allFit(plan)) {
            return DENIED;
        }
        return worst == CellOps.TO_OPEN ? FITS_ONCE_OPEN : FITS;
    }

    /** Takes what is not skipped; what was passed over must still not fit when the last has been taken. */
    private boolean takeShaped(TakePlan plan, long undos) {
        int size = plan.size();
        inFlight.enterFlight(worker);
        try {
            int entry = 0;
            while (entry < size && (plan.skipped(entry) || CellOps.take(plan, entry, segment(plan, entry)))) {
                entry++;
            }
            if (entry == size && (!plan.shape.fellBack || stillPassedOver(plan, undos))) {
                return true;
            }
            if (entry > 0) {
                undo(plan, entry);
            }
            return false;
        } finally {
            inFlight.exitFlight(worker);
        }
    }

    private boolean stillPassedOver(TakePlan plan, long undos) {
        return ShapedOps.stands(plan, segments, false) && inFlight.undoStamp() == undos;
    }

    private boolean takeAll(TakePlan plan) {
        int size = plan.size();
        if (size == 0) {
            return true;
        }
        if (size == 1) {
            return takeOnly(plan);
        }
        inFlight.enterFlight(worker);
        try {
            int entry = 0;
            while (entry < size && CellOps.take(plan, entry, segment(plan, entry))) {
                entry++;
            }
            if (entry == size) {
                return true;
            }
            if (entry > 0) {
                undo(plan, entry);
            }
            return false;
        } finally {
            // a fault of mapped memory is thrown here; others must not wait for us forever
            inFlight.exitFlight(worker);
        }
    }

    /** One cell: nothing to undo, so nobody need wait for it but the opener of its slot. */
    private boolean takeOnly(TakePlan plan) {
        inFlight.enterGuard(worker);
        try {
            return CellOps.take(plan, 0, segment(plan, 0));
        } finally {
            inFlight.exitGuard(worker);
        }
    }

    private void undo(TakePlan plan, int taken) {
        inFlight.enterUndo(worker);
        try {
            for (int entry = taken - 1; entry >= 0; entry--) {
                if (!plan.skipped(entry)) {
                    CellOps.undo(plan, entry, segment(plan, entry));
                }
            }
        } finally {
            inFlight.exitUndo(worker);
        }
    }

    /** Not null: {@link #read} has seen it in this call. */
    private UnsafeBuffer segment(TakePlan plan, int entry) {
        return segments[(int) (plan.cellRef[entry] >>> Cells.SEGMENT_SHIFT)];
    }

    /** Opens what is not open; false when somebody was in the way. */
    private boolean openSlots(TakePlan plan) {
        for (int entry = 0, size = plan.size(); entry < size; entry++) {
            if (plan.kind[entry] == CellKind.PERIOD && !plan.skipped(entry) && !open(plan, entry)) {
                return false;
            }
        }
        return true;
    }

    private boolean open(TakePlan plan, int entry) {
        UnsafeBuffer segment = segment(plan, entry);
        long ordinal = plan.clock[entry];
        int slot = PeriodSlots.slot(Cells.offset(plan.cellRef[entry]), ordinal);
        long word = segment.getLongVolatile(slot);
        if (word == ordinal) {
            return true;
        }
        if (PeriodSlots.isClaimOf(word, cells.incarnation()) || PeriodSlots.ordinalOf(word) > ordinal) {
            return false;
        }
        if (!PeriodSlots.isClaim(word) && ordinal != plan.ordinalOrMultiplier[entry]) {
            // a newer period that the cell showed and no longer does (CellRepair): not for us to open
            return false;
        }
        if (!segment.compareAndSetLong(slot, word, PeriodSlots.claim(cells.incarnation(), ordinal))) {
            return false;
        }
        // whoever looked before the claim may still be adding to the old period
        spins = inFlight.awaitFlightsAndGuards(worker, spins);
        if (spins < 0) {
            segment.putLongRelease(slot, word);
            return false;
        }
        segment.putLongRelease(slot + PeriodSlots.USED, 0);
        segment.putLongVolatile(slot, ordinal);
        return true;
    }
}
