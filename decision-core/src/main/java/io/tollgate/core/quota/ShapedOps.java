/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import org.agrona.concurrent.UnsafeBuffer;

/** Reads plans with choices or parts. The protocol, and why it is exact, is {@link Taker}'s. */
final class ShapedOps {
    private ShapedOps() {}

    /**
     * Reads all cells into the plan's results, part by part; a part that does not fit counts nothing for those after it.
     *
     * @return the worst code of {@link CellOps#read}, or {@link Taker#BROKEN} when a cell does not exist
     */
    static int read(TakePlan plan, UnsafeBuffer[] segments, long incarnation) {
        PlanShape shape = plan.shape;
        shape.fellBack = false;
        int worst = CellOps.READY;
        int deniedAt = -1;
        for (int part = 0, parts = shape.parts(); part < parts; part++) {
            int start = shape.partStart(part);
            int end = shape.partEnd(part, plan.size());
            int denied = -1;
            for (int entry = start; entry < end; ) {
                int next = shape.choiceEnd(entry, end);
                int code = readChoice(plan, entry, next, segments, incarnation);
                if (code == Taker.BROKEN) {
                    plan.forget();
                    return code;
                }
                worst = Math.max(worst, code);
                denied = denied < 0 && !served(plan, entry, next) ? entry : denied;
                entry = next;
            }
            shape.partDeniedAt[part] = denied;
            deniedAt = deniedAt < 0 ? denied : deniedAt;
            if (denied >= 0 || shape.refused(part)) {
                countNothing(plan, start, end);
            }
        }
        plan.deniedAt(deniedAt);
        return worst;
    }

    /** Reads one entry, or those of one choice: the first that fits is taken, the others leave their cell as it is. */
    private static int readChoice(TakePlan plan, int from, int to, UnsafeBuffer[] segments, long incarnation) {
        int worst = CellOps.READY;
        int chosen = -1;
        for (int entry = from; entry < to; entry++) {
            UnsafeBuffer segment = Cells.segment(segments, plan.cellRef[entry]);
            if (segment == null) {
                return Taker.BROKEN;
            }
            // also of what comes after the chosen one: a later entry of its cell goes on from here
            worst = Math.max(worst, CellOps.read(plan, entry, segment, incarnation));
            if (chosen >= 0) {
                plan.after[entry] = plan.before[entry];
            } else if (plan.fits[entry]) {
                chosen = entry;
            }
        }
        if (to - from > 1) {
            for (int entry = from; entry < to; entry++) {
                plan.shape.skipped[entry] = chosen >= 0 && entry != chosen;
            }
            plan.shape.fellBack |= chosen > from;
        }
        return worst;
    }

    private static boolean served(TakePlan plan, int from, int to) {
        for (int entry = from; entry < to; entry++) {
            if (plan.fits[entry]) {
                return true;
            }
        }
        return false;
    }

    /** What follows goes on from the values before this part. */
    private static void countNothing(TakePlan plan, int start, int end) {
        for (int entry = start; entry < end; entry++) {
            int same = plan.sameCell[entry];
            boolean inPart = same >= start && CellOps.continues(plan, entry, same);
            plan.after[entry] = inPart ? plan.after[same] : plan.before[entry];
        }
    }

    /** Whether every part fits by the last read. */
    static boolean allFit(TakePlan plan) {
        PlanShape shape = plan.shape;
        for (int part = 0, parts = shape.parts(); part < parts; part++) {
            if (shape.partDeniedAt[part] >= 0 || shape.refused(part)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the entries of choices that did not fit are still in the period that was read; and where what was chosen matters to others,
     * whether the cells of choices are as they were. Reads only.
     *
     * @param denied whether the plan is denied by the read
     */
    static boolean stands(TakePlan plan, UnsafeBuffer[] segments, boolean denied) {
        boolean exact = denied && plan.shape.entangled();
        for (int entry = 0, size = plan.size(); entry < size; entry++) {
            if (plan.shape.group[entry] == 0) {
                continue;
            }
            if (exact ? !unchanged(plan, root(plan, entry), segments) : !stillInPeriod(plan, entry, segments)) {
                return false;
            }
        }
        return true;
    }

    private static boolean stillInPeriod(TakePlan plan, int entry, UnsafeBuffer[] segments) {
        if (plan.fits[entry] || plan.kind[entry] != CellKind.PERIOD) {
            return true;
        }
        UnsafeBuffer segment = Cells.segment(segments, plan.cellRef[entry]);
        return segment != null && PeriodSlots.newest(segment, Cells.offset(plan.cellRef[entry])) <= plan.clock[entry];
    }

    /** The entry whose value was read from the cell, where this one counts on from it. */
    static int root(TakePlan plan, int entry) {
        int root = entry;
        while (plan.sameCell[root] >= 0 && CellOps.continues(plan, root, plan.sameCell[root])) {
            root = plan.sameCell[root];
        }
        return root;
    }

    static boolean unchanged(TakePlan plan, int entry, UnsafeBuffer[] segments) {
        UnsafeBuffer segment = Cells.segment(segments, plan.cellRef[entry]);
        if (segment == null) {
            return false;
        }
        int offset = Cells.offset(plan.cellRef[entry]);
        if (plan.kind[entry] != CellKind.PERIOD) {
            return segment.getLongVolatile(offset) == plan.before[entry];
        }
        long ordinal = plan.clock[entry];
        int slot = PeriodSlots.slot(offset, ordinal);
        long used = segment.getLongVolatile(slot) == ordinal ? segment.getLongVolatile(slot + PeriodSlots.USED) : 0;
        return used == plan.before[entry] && PeriodSlots.newest(segment, offset) <= ordinal;
    }
}
