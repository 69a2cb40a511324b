/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jcstress;

import io.tollgate.core.quota.Cells;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;

/** Two workers on a few cells: what all tests of takes start from. */
class TwoTakers {

    static final long CELL_A = Cells.ref(1);
    static final long CELL_B = Cells.ref(2);

    /** 2026-11-20T00:00:00Z. */
    static final long NOW_NS = 1_795_132_800_000_000_000L;

    /** Far beyond what a preempted neighbour costs, so that giving up stays a rarity. */
    private static final int PATIENCE = 1 << 20;

    private static final int CELLS = 2;
    private static final int ENTRIES = 4;
    private static final int PARTS = 2;

    final Cells cells = Cells.inMemory(CELLS);
    final TakePlan firstPlan = new TakePlan(ENTRIES, PARTS);
    final TakePlan secondPlan = new TakePlan(ENTRIES, PARTS);
    final Taker first;
    final Taker second;

    TwoTakers() {
        final InFlight inFlight = new InFlight(2);
        first = new Taker(cells, inFlight, 0, PATIENCE);
        second = new Taker(cells, inFlight, 1, PATIENCE);
    }

    /** Takes one from each of two gauges of limit 1, in the given order. */
    static int takeBoth(final Taker taker, final TakePlan plan, final long cell, final long then) {
        plan.begin(NOW_NS);
        plan.addGauge(cell, 1, 1, TakePlan.HARD);
        plan.addGauge(then, 1, 1, TakePlan.HARD);
        return taker.take(plan);
    }

    /** Takes one from a gauge of limit 1. */
    static int takeOne(final Taker taker, final TakePlan plan, final long cell) {
        plan.begin(NOW_NS);
        plan.addGauge(cell, 1, 1, TakePlan.HARD);
        return taker.take(plan);
    }

    /** Takes one from the first of two gauges of limit 1 that is free. */
    static int takeEither(final Taker taker, final TakePlan plan, final long cell, final long orElse) {
        plan.begin(NOW_NS);
        plan.beginChoice();
        plan.addGauge(cell, 1, 1, TakePlan.HARD);
        plan.addGauge(orElse, 1, 1, TakePlan.HARD);
        plan.endChoice();
        return taker.take(plan);
    }

    /** Takes one from a period's counter of limit 100. */
    static int takePeriod(final Taker taker, final TakePlan plan, final long ordinal) {
        plan.begin(NOW_NS);
        plan.addPeriod(CELL_A, 100, 1, ordinal, Long.MAX_VALUE, TakePlan.HARD);
        return taker.take(plan);
    }

    int used(final long cell) {
        return (int) cells.readGauge(cell);
    }
}
