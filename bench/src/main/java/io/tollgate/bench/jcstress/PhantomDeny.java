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
import org.openjdk.jcstress.infra.results.IIIII_Result;

/**
 * One request wants the last unit of A and of B; meanwhile another worker serves two requests, one for B and then one for A. Guards: if the
 * request for B was served, the first can never be, so the request for A has to be served too. It would be denied wrongly if it believed
 * the first one's take of A, which is about to be given back.
 *
 * <p>Result: code of (A and B), code of B, code of A, used in A, used in B. Codes: 1 taken, 2 denied, 3 contended.
 */
@JCStressTest
@Outcome(id = "1, 2, 2, 1, 1", expect = ACCEPTABLE, desc = "both at once came first")
@Outcome(id = "2, 1, 1, 1, 1", expect = ACCEPTABLE, desc = "the single ones came first, or the first fell between them")
@Outcome(
        id = {
            "3, 1, 1, 1, 1",
            "1, 3, 2, 1, 1",
            "1, 2, 3, 1, 1",
            "1, 3, 3, 1, 1",
            "2, 3, 1, 1, 0",
            "2, 1, 3, 0, 1",
            "3, 1, 3, 0, 1",
            "3, 3, 1, 1, 0",
            "3, 3, 3, 0, 0"
        },
        expect = ACCEPTABLE_INTERESTING,
        desc = "somebody gave up: OVERLOADED")
@Outcome(expect = FORBIDDEN, desc = "a phantom deny, more than the limit, or a part left behind")
@State
public class PhantomDeny extends TwoTakers {
    /** Takes A and B. */
    @Actor
    public void both(final IIIII_Result r) {
        r.r1 = takeBoth(first, firstPlan, CELL_A, CELL_B);
    }

    /** Takes B, then A, as two requests. */
    @Actor
    public void single(final IIIII_Result r) {
        r.r2 = takeOne(second, secondPlan, CELL_B);
        r.r3 = takeOne(second, secondPlan, CELL_A);
    }

    /** Looks at the cells. */
    @Arbiter
    public void look(final IIIII_Result r) {
        r.r4 = used(CELL_A);
        r.r5 = used(CELL_B);
    }
}
