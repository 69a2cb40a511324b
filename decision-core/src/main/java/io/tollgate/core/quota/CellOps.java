/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import org.agrona.concurrent.UnsafeBuffer;

/** One entry of a plan on one cell. The protocol that makes several of them one take is {@link Taker}'s. */
final class CellOps {
    /** Lost races on one cell before the whole take starts over; each loss means that somebody else got on. */
    private static final int CAS_TRIES = 1_000;

    /** {@link #read}: all there. */
    static final int READY = 0;

    /** {@link #read}: a period slot has to be opened before it can be taken from. */
    static final int TO_OPEN = 1;

    /** {@link #read}: the period in effect is changing at this moment; read again. */
    static final int UNSETTLED = 2;

    /** {@link #returnPeriod}: too late. */
    static final int GONE = 3;

    private CellOps() {}

    /**
     * Reads an entry's cell: before, after, fits, and for a PERIOD the ordinal in effect.
     *
     * @param incarnation of the cells
     * @return READY, TO_OPEN or UNSETTLED
     */
    static int read(TakePlan plan, int entry, UnsafeBuffer segment, long incarnation) {
        int same = plan.sameCell[entry];
        if (same >= 0 && continues(plan, entry, same)) {
            plan.clock[entry] = plan.clock[same];
            apply(plan, entry, plan.after[same]);
            return READY;
        }
        int offset = Cells.offset(plan.cellRef[entry]);
        if (plan.kind[entry] != CellKind.PERIOD) {
            apply(plan, entry, segment.getLongVolatile(offset));
            return READY;
        }
        return readPeriod(plan, entry, segment, incarnation);
    }

    /** Whether an entry counts on where an earlier one of its cell left off: always, but for another period's. */
    static boolean continues(TakePlan plan, int entry, int same) {
        return plan.kind[entry] == plan.kind[same]
                && (plan.kind[entry] != CellKind.PERIOD || plan.ordinalOrMultiplier[entry] <= plan.clock[same]);
    }

    private static int readPeriod(TakePlan plan, int entry, UnsafeBuffer segment, long incarnation) {
        int offset = Cells.offset(plan.cellRef[entry]);
        long asked = plan.ordinalOrMultiplier[entry];
        long ordinal = Math.max(asked, PeriodSlots.newest(segment, offset));
        int slot = PeriodSlots.slot(offset, ordinal);
        long word = segment.getLongVolatile(slot);
        plan.clock[entry] = ordinal;
        if (word == ordinal) {
            apply(plan, entry, segment.getLongVolatile(slot + PeriodSlots.USED));
            // ordinals only grow, so a used word read between two equal ordinals belongs to that period
            return segment.getLongVolatile(slot) == ordinal ? READY : UNSETTLED;
        }
        apply(plan, entry, 0);
        boolean dead = PeriodSlots.isClaim(word) && !PeriodSlots.isClaimOf(word, incarnation);
        long slotOrdinal = PeriodSlots.ordinalOf(word);
        // else a newer period than ours is being opened, or its opener gives up: neither it nor ours can be told yet
        boolean ours = ordinal == asked || (dead && slotOrdinal == ordinal);
        return ours && slotOrdinal <= ordinal ? TO_OPEN : UNSETTLED;
    }

    /** Sets before, after and fits for a value of the cell. */
    static void apply(TakePlan plan, int entry, long value) {
        long next = next(plan, entry, value);
        boolean fits = next >= 0;
        plan.before[entry] = value;
        plan.after[entry] = fits ? next : value;
        plan.fits[entry] = fits;
    }

    /** The value after the entry's amount, or negative when it does not fit (or would overflow). */
    private static long next(TakePlan plan, int entry, long value) {
        long amount = plan.amount[entry];
        boolean unchecked = plan.flags[entry] != TakePlan.HARD;
        if (plan.kind[entry] == CellKind.RATE) {
            return unchecked
                    ? Gcra.takeUnchecked(value, plan.clock[entry], plan.endOrUnits[entry], amount)
                    : Gcra.take(value, plan.clock[entry], plan.endOrUnits[entry], plan.limit[entry], amount);
        }
        long ceiling = unchecked ? Long.MAX_VALUE : plan.limit[entry];
        // a negative value is no counter of ours: deny rather than trust it
        // (compared so that nothing wraps: a balance can be far below 0)
        return value < 0 || amount > ceiling || value > ceiling - amount ? Gcra.NONE : value + amount;
    }

    /** Adds the entry's amount if it fits; false leaves the cell as it was. */
    static boolean take(TakePlan plan, int entry, UnsafeBuffer segment) {
        int word = Cells.offset(plan.cellRef[entry]);
        if (plan.kind[entry] == CellKind.PERIOD) {
            long ordinal = plan.clock[entry];
            int slot = PeriodSlots.slot(word, ordinal);
            // also false once a newer period is being opened: its opener waits for us, so all our cells agree on time
            if (segment.getLongVolatile(slot) != ordinal || PeriodSlots.newest(segment, word) != ordinal) {
                return false;
            }
            word = slot + PeriodSlots.USED;
        }
        for (int tries = 0; tries < CAS_TRIES; tries++) {
            long value = segment.getLongVolatile(word);
            long next = next(plan, entry, value);
            if (next < 0) {
                return false;
            }
            if (segment.compareAndSetLong(word, value, next)) {
                plan.before[entry] = value;
                plan.after[entry] = next;
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /** Takes back what {@link #take} added in the same flight. */
    static void undo(TakePlan plan, int entry, UnsafeBuffer segment) {
        int offset = Cells.offset(plan.cellRef[entry]);
        switch (plan.kind[entry]) {
            case CellKind.PERIOD ->
                subtract(segment, PeriodSlots.slot(offset, plan.clock[entry]) + PeriodSlots.USED, plan.amount[entry]);
            case CellKind.RATE -> undoRate(plan, entry, segment, offset);
            default -> segment.getAndAddLong(offset, -plan.amount[entry]);
        }
    }

    private static void undoRate(TakePlan plan, int entry, UnsafeBuffer segment, int offset) {
        // exactly as it was, unless others have added since
        if (!segment.compareAndSetLong(offset, plan.after[entry], plan.before[entry])) {
            segment.getAndAddLong(offset, -plan.amount[entry] * plan.endOrUnits[entry]);
        }
    }

    /**
     * Needs the caller in flight: then the slot is not opened anew between the look and the subtraction.
     *
     * @return READY when returned, GONE when that period is over, UNSETTLED when somebody is about to end it: then leave
     *     the flight, which he may be waiting for, and come again
     */
    static int returnPeriod(UnsafeBuffer segment, int offset, long ordinal, long amount, long incarnation) {
        int slot = PeriodSlots.slot(offset, ordinal);
        long word = segment.getLongVolatile(slot);
        if (word != ordinal) {
            return PeriodSlots.isClaimOf(word, incarnation) ? UNSETTLED : GONE;
        }
        subtract(segment, slot + PeriodSlots.USED, amount);
        return READY;
    }

    /** Never below 0: what a refund has given back already may come back again, from whoever had taken it. */
    static void subtract(UnsafeBuffer segment, int word, long amount) {
        long value;
        do {
            value = segment.getLongVolatile(word);
        } while (value > 0 && !segment.compareAndSetLong(word, value, Math.max(0, value - amount)));
    }

    static void returnRate(
            UnsafeBuffer segment, int offset, long position, long unitsPerToken, long amount, long stateAfterTake) {
        long value;
        long next;
        do {
            value = segment.getLongVolatile(offset);
            next = Gcra.giveBack(value, position, unitsPerToken, amount, stateAfterTake);
        } while (next != value && !segment.compareAndSetLong(offset, value, next));
    }
}
