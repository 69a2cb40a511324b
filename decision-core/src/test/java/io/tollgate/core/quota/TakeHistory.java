/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** Who asked what when and was told what; and whether one sequential order explains it all. */
final class TakeHistory {
    private static final int CELLS = 4;

    /** What {@link Operation#code} is for a give-back; the others are those of {@link Taker}. */
    private static final int GIVEN_BACK = 100;

    /** A line of a plan; clock is the ordinal in effect, or the position of now. */
    record Entry(int kind, int cell, long limit, long amount, int flags, long ordinal, long clock) {}

    /** One call. */
    private record Operation(long begin, long end, int code, int deniedAt, List<Entry> entries) {}

    private final List<Operation> operations = new ArrayList<>();

    private static List<Entry> entries(TakePlan plan) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < plan.size(); i++) {
            entries.add(new Entry(
                    plan.kind(i),
                    (int) (plan.cellRef(i) / Cells.CELL_BYTES),
                    plan.limit(i),
                    plan.amount(i),
                    plan.flags[i],
                    plan.ordinalOrMultiplier[i],
                    plan.clock[i]));
        }
        return entries;
    }

    int ask(Stepper stepper, Taker taker, TakePlan plan, boolean check) {
        long begin = stepper.now();
        int code = check ? taker.check(plan) : taker.take(plan);
        operations.add(new Operation(begin, stepper.now(), code, plan.deniedAt(), entries(plan)));
        return code;
    }

    void giveBack(Stepper stepper, Taker taker, TakePlan plan, long epochNs) {
        List<Entry> entries = entries(plan);
        long begin = stepper.now();
        boolean all = taker.giveBack(plan, epochNs);
        for (int i = plan.size() - 1; i >= 0 && !all; i--) {
            if (plan.pending[i]) {
                entries.remove(i);
            }
        }
        operations.add(new Operation(begin, stepper.now(), GIVEN_BACK, -1, entries));
    }

    void assertLinearizable(SequentialLedger start, UnsafeBuffer end) {
        if (!explain(0, start, end, new HashSet<>())) {
            SequentialLedger left = start.copy();
            left.load(end);
            throw new AssertionError("no order explains " + operations + " from " + start + " to " + left);
        }
    }

    private boolean explain(int doneMask, SequentialLedger ledger, UnsafeBuffer end, Set<String> seen) {
        if (doneMask == (1 << operations.size()) - 1) {
            return withOpenings(ledger, 0, CELLS, Long.MAX_VALUE).stream().anyMatch(left -> left.matches(end));
        }
        if (!seen.add(doneMask + " " + ledger)) {
            return false;
        }
        for (int i = 0; i < operations.size(); i++) {
            if ((doneMask & 1 << i) == 0 && mayBeNext(doneMask, i)) {
                for (SequentialLedger before :
                        withOpenings(ledger, 0, CELLS, operations.get(i).end())) {
                    SequentialLedger after = outcome(operations.get(i), before);
                    if (after != null && explain(doneMask | 1 << i, after, end, seen)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Nobody who is still to come had ended before this one began. */
    private boolean mayBeNext(int doneMask, int candidate) {
        for (int i = 0; i < operations.size(); i++) {
            boolean waiting = (doneMask & 1 << i) == 0 && i != candidate;
            if (waiting && operations.get(i).end() < operations.get(candidate).begin()) {
                return false;
            }
        }
        return true;
    }

    /** The state that the operation leaves, or null if its answer would be wrong here. */
    private static @Nullable SequentialLedger outcome(Operation operation, SequentialLedger ledger) {
        SequentialLedger after = ledger.copy();
        switch (operation.code()) {
            case Taker.TAKEN, Taker.FITS -> {
                boolean fits = true;
                for (Entry entry : operation.entries()) {
                    fits &= inEffectAsSaid(entry, after) && after.take(entry);
                }
                SequentialLedger left = operation.code() == Taker.TAKEN ? after : ledger;
                return fits ? left : null;
            }
            case Taker.DENIED -> {
                return fits(operation, ledger) ? null : ledger;
            }
            case GIVEN_BACK -> {
                operation.entries().forEach(after::giveBack);
                return after;
            }
            default -> {
                return ledger;
            }
        }
    }

    private static boolean inEffectAsSaid(Entry entry, SequentialLedger ledger) {
        return entry.kind() != CellKind.PERIOD
                || ledger.ordinalInEffect(entry.cell(), entry.ordinal()) == entry.clock();
    }

    /** Whether all that the plan asks of the cell that was said not to have room, up to that entry, fits there. */
    private static boolean fits(Operation operation, SequentialLedger ledger) {
        SequentialLedger scratch = ledger.copy();
        Entry denied = operation.entries().get(operation.deniedAt());
        boolean fits = true;
        for (int i = 0; i <= operation.deniedAt(); i++) {
            Entry entry = operation.entries().get(i);
            if (entry.cell() == denied.cell()) {
                fits &= scratch.take(entry);
            }
        }
        return fits || !inEffectAsSaid(denied, ledger);
    }

    /**
     * The states that differ by periods which have begun in between: whoever asked for a period may have opened it by
     * then, whatever came of the rest.
     */
    private List<SequentialLedger> withOpenings(SequentialLedger ledger, int cell, int cells, long time) {
        if (cell == cells) {
            return List.of(ledger);
        }
        List<SequentialLedger> states = new ArrayList<>(withOpenings(ledger, cell + 1, cells, time));
        for (Operation operation : operations) {
            for (Entry entry : operation.entries()) {
                boolean asked = operation.begin() < time && entry.kind() == CellKind.PERIOD && entry.cell() == cell;
                if (asked && entry.ordinal() > ledger.ordinalInEffect(cell, 0)) {
                    SequentialLedger opened = ledger.copy();
                    opened.open(cell, entry.ordinal());
                    states.addAll(withOpenings(opened, cell, cells, time));
                }
            }
        }
        return states;
    }
}
