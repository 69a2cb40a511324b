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

    /** A line of a plan; clock is the ordinal in effect, or the position of now, left what the cell holds after it. */
    record Entry(
            int kind,
            int cell,
            long limit,
            long amount,
            int flags,
            long ordinal,
            long clock,
            int group,
            int part,
            boolean skipped,
            long left) {}

    /** One call. */
    private record Operation(long begin, long end, int code, int deniedAt, long refused, List<Entry> entries) {
        boolean shaped() {
            return refused != 0 || entries.stream().anyMatch(entry -> entry.group() != 0 || entry.part() != 0);
        }
    }

    private final List<Operation> operations = new ArrayList<>();

    private static List<Entry> entries(TakePlan plan) {
        List<Entry> entries = new ArrayList<>();
        int part = 0;
        for (int i = 0; i < plan.size(); i++) {
            while (i == plan.partEnd(part)) {
                part++;
            }
            entries.add(new Entry(
                    plan.kind(i),
                    (int) (plan.cellRef(i) / Cells.CELL_BYTES),
                    plan.limit(i),
                    plan.amount(i),
                    plan.flags[i],
                    plan.ordinalOrMultiplier[i],
                    plan.clock[i],
                    plan.shape.group[i],
                    part,
                    plan.skipped(i),
                    plan.after[i]));
        }
        return entries;
    }

    int ask(Stepper stepper, Taker taker, TakePlan plan, boolean check) {
        long begin = stepper.now();
        int code = check ? taker.check(plan) : taker.take(plan);
        long refused = 0;
        for (int part = 0; part < plan.parts(); part++) {
            refused |= plan.shape.refused(part) ? 1L << part : 0;
        }
        operations.add(new Operation(begin, stepper.now(), code, plan.deniedAt(), refused, entries(plan)));
        return code;
    }

    int refund(Stepper stepper, Taker taker, TakePlan plan) {
        long begin = stepper.now();
        int code = taker.refund(plan);
        operations.add(new Operation(begin, stepper.now(), code, -1, 0, entries(plan)));
        return code;
    }

    /** {@return how many operations were answered so} */
    long count(int code) {
        return operations.stream().filter(operation -> operation.code() == code).count();
    }

    void giveBack(Stepper stepper, Taker taker, TakePlan plan, long epochNs) {
        List<Entry> entries = entries(plan);
        long begin = stepper.now();
        boolean all = taker.giveBack(plan, epochNs);
        for (int i = plan.size() - 1; i >= 0; i--) {
            if (plan.pending[i] || plan.skipped(i)) {
                entries.remove(i);
            }
        }
        operations.add(new Operation(begin, stepper.now(), GIVEN_BACK, -1, 0, entries));
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
                boolean fits = takesAll(operation, after, true);
                SequentialLedger left = operation.code() == Taker.TAKEN ? after : ledger;
                return fits ? left : null;
            }
            case Taker.DENIED -> {
                boolean wrong = operation.shaped() ? takesAll(operation, after, false) : fits(operation, ledger);
                return wrong ? null : ledger;
            }
            case Taker.REFUNDED -> {
                boolean asSaid = operation.entries().stream().map(after::refund).reduce(true, Boolean::logicalAnd);
                return asSaid ? after : null;
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

    /**
     * Takes part by part, of each choice the first that fits; a part that does not fit takes nothing.
     *
     * @param asSaid whether the choices have to be the ones that were made
     * @return whether all fit
     */
    private static boolean takesAll(Operation operation, SequentialLedger ledger, boolean asSaid) {
        List<Entry> entries = operation.entries();
        boolean all = operation.refused() == 0;
        int i = 0;
        while (i < entries.size()) {
            int part = entries.get(i).part();
            boolean counts = (operation.refused() & 1L << part) == 0;
            SequentialLedger before = ledger.copy();
            boolean fits = true;
            for (; i < entries.size() && entries.get(i).part() == part; ) {
                int end = i + 1;
                while (entries.get(i).group() != 0
                        && end < entries.size()
                        && entries.get(end).group() == entries.get(i).group()) {
                    end++;
                }
                int chosen = i;
                while (chosen < end && !ledger.take(entries.get(chosen))) {
                    chosen++;
                }
                fits &= chosen < end;
                for (int entry = i; entry < end && asSaid; entry++) {
                    fits &= entries.get(entry).skipped() != (entry == chosen);
                    fits &= entry > chosen || inEffectAsSaid(entries.get(entry), ledger);
                }
                i = end;
            }
            all &= fits;
            if (!fits || !counts) {
                ledger.become(before);
            }
        }
        return all;
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
        for (long ordinal : ordinalsAsked(cell, time)) {
            if (ordinal > ledger.ordinalInEffect(cell, 0)) {
                SequentialLedger opened = ledger.copy();
                opened.open(cell, ordinal);
                states.addAll(withOpenings(opened, cell, cells, time));
            }
        }
        return states;
    }

    private Set<Long> ordinalsAsked(int cell, long time) {
        Set<Long> ordinals = new HashSet<>();
        for (Operation operation : operations) {
            for (Entry entry : operation.entries()) {
                if (operation.begin() < time && entry.kind() == CellKind.PERIOD && entry.cell() == cell) {
                    ordinals.add(entry.ordinal());
                }
            }
        }
        return ordinals;
    }
}
