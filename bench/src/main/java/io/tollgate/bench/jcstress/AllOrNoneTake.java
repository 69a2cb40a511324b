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
 * Two requests want the last unit of two ceilings, in opposite order. Guards: exactly one is served, the other is denied for a fact and not
 * for the first one's tentative take (both denied would be a phantom deny), and nothing is left taken in part.
 *
 * <p>Result: code of the first, code of the second, used in A, used in B. Codes: 1 taken, 2 denied, 3 contended.
 */
@JCStressTest
@Outcome(id = "1, 2, 1, 1", expect = ACCEPTABLE, desc = "the first is served")
@Outcome(id = "2, 1, 1, 1", expect = ACCEPTABLE, desc = "the second is served")
@Outcome(
        id = {"1, 3, 1, 1", "3, 1, 1, 1"},
        expect = ACCEPTABLE_INTERESTING,
        desc = "one served, the other gave up: OVERLOADED")
@Outcome(id = "3, 3, 0, 0", expect = ACCEPTABLE_INTERESTING, desc = "both gave up")
@Outcome(expect = FORBIDDEN, desc = "more than the limit, a phantom deny, or a part left behind")
@State
public class AllOrNoneTake extends TwoTakers {
    /** Takes A, then B. */
    @Actor
    public void first(final IIII_Result r) {
        r.r1 = takeBoth(first, firstPlan, CELL_A, CELL_B);
    }

    /** Takes B, then A. */
    @Actor
    public void second(final IIII_Result r) {
        r.r2 = takeBoth(second, secondPlan, CELL_B, CELL_A);
    }

    /** Looks at the cells. */
    @Arbiter
    public void look(final IIII_Result r) {
        r.r3 = used(CELL_A);
        r.r4 = used(CELL_B);
    }
}
