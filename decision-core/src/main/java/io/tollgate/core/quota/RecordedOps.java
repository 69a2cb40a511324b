/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

/** Judges a plan of one part by recorded counters in place of the cells, as {@link Taker} judges it by the cells. Changes no cell. */
final class RecordedOps {
    private RecordedOps() {}

    /**
     * Judges.
     *
     * @param take whether the plan was to be taken
     * @return FITS, TAKEN, DENIED; BROKEN when the plan is not the one that was recorded
     */
    static int judge(final TakePlan plan, final CounterReadings recorded, final boolean take) {
        if (plan.parts() > 1 || !recorded.complete() || plan.size() != recorded.size()) {
            plan.forget();
            return Taker.BROKEN;
        }
        final PlanShape shape = plan.shape;
        final int size = plan.size();
        int deniedAt = -1;
        for (int entry = 0; entry < size; ) {
            final int next = shape.choiceEnd(entry, size);
            if (!serves(plan, recorded, entry, next) && deniedAt < 0) {
                deniedAt = entry;
            }
            entry = next;
        }
        shape.partDeniedAt[0] = deniedAt;
        plan.deniedAt(deniedAt);
        if (deniedAt >= 0 || shape.refused(0)) {
            return Taker.DENIED;
        }
        if (!take) {
            return Taker.FITS;
        }
        // another request of the batch was denied: all of this one fitted, and none of it was taken
        if (!recorded.taken()) {
            return Taker.DENIED;
        }
        plan.taken(true);
        return Taker.TAKEN;
    }

    /** Whether an entry, or one of a choice, fits; the first that does is the one. */
    private static boolean serves(final TakePlan plan, final CounterReadings recorded, final int from, final int to) {
        int chosen = -1;
        for (int entry = from; entry < to; entry++) {
            if (plan.kind[entry] == CellKind.PERIOD) {
                plan.clock[entry] = recorded.ordinal(entry);
            }
            CellOps.apply(plan, entry, recorded.value(entry));
            if (chosen < 0 && plan.fits[entry]) {
                chosen = entry;
            }
        }
        if (to - from > 1) {
            for (int entry = from; entry < to; entry++) {
                plan.shape.skipped[entry] = chosen >= 0 && entry != chosen;
            }
        }
        return chosen >= 0;
    }
}
