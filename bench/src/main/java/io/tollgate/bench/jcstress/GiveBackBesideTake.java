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
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * The first worker holds A and B and gives both back while the second wants both. Guards: the second is served or denied as a whole, never
 * with one of the two, and what remains taken is exactly what was served.
 *
 * <p>Result: code of the second, used in A, used in B. Codes: 1 taken, 2 denied, 3 contended.
 */
@JCStressTest
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "given back before the take")
@Outcome(id = "2, 0, 0", expect = ACCEPTABLE, desc = "given back after the deny")
@Outcome(id = "3, 0, 0", expect = ACCEPTABLE_INTERESTING, desc = "gave up: OVERLOADED")
@Outcome(expect = FORBIDDEN, desc = "taken in part, or lost")
@State
public class GiveBackBesideTake extends TwoTakers {
    /** The first holds all there is. */
    public GiveBackBesideTake() {
        takeBoth(first, firstPlan, CELL_A, CELL_B);
    }

    /** Gives back. */
    @Actor
    public void giveBack() {
        first.giveBack(firstPlan, NOW_NS);
    }

    /** Takes both. */
    @Actor
    public void take(final III_Result r) {
        r.r1 = takeBoth(second, secondPlan, CELL_A, CELL_B);
    }

    /** Looks at the cells. */
    @Arbiter
    public void look(final III_Result r) {
        r.r2 = used(CELL_A);
        r.r3 = used(CELL_B);
    }
}
