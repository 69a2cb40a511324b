/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * A worker holds pool A, gives it back, and then takes B for a moment while another chooses the first of A and B that is free. Guards: a
 * choice falls back on B only while A is held; and what remains taken is exactly what was chosen.
 *
 * <p>Result: code of the choice, 1 if it fell back on B, code of the take of B, used in A and B as two digits. Codes: 1 taken, 2 denied, 3
 * contended.
 */
@JCStressTest
@Outcome(id = "1, 0, 1, 10", expect = ACCEPTABLE, desc = "A was free again")
@Outcome(id = "1, 1, 2, 1", expect = ACCEPTABLE, desc = "A was held, B is the choice's")
@Outcome(
        id = {"3, 0, 1, 0", "3, 1, 1, 0", "1, 1, 3, 1", "1, 0, 3, 10"},
        expect = ACCEPTABLE_INTERESTING,
        desc = "one gave up: OVERLOADED")
@Outcome(expect = FORBIDDEN, desc = "fell back without need, denied without need, or lost")
@State
public class ChoiceBesideGiveBack extends TwoTakers {
    /** The first holds A. */
    public ChoiceBesideGiveBack() {
        takeOne(first, firstPlan, CELL_A);
    }

    /** Gives A back, then takes B and gives it back. */
    @Actor
    public void holder(final IIII_Result r) {
        first.giveBack(firstPlan, NOW_NS);
        r.r3 = takeOne(first, firstPlan, CELL_B);
        first.giveBack(firstPlan, NOW_NS);
    }

    /** Takes A or else B. */
    @Actor
    public void chooser(final IIII_Result r) {
        r.r1 = takeEither(second, secondPlan, CELL_A, CELL_B);
        r.r2 = secondPlan.skipped(0) ? 1 : 0;
    }

    /** Looks at the cells. */
    @Arbiter
    public void look(final IIII_Result r) {
        r.r4 = 10 * used(CELL_A) + used(CELL_B);
    }
}
