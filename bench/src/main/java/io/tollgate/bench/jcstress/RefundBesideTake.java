/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.tollgate.core.quota.TakePlan;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * Of A one of two is used, of B nothing of one. The first worker refunds one of each, whoever took it, while the second wants two of A and
 * one of B: that fits only once the refund has come back to A, and then B is not given back. Guards: a refund is judged at one moment for
 * all its cells, and what a take holds for a moment comes back to nobody.
 *
 * <p>Result: code of the refund, code of the second, used in A, used in B. Codes: 1 taken, 2 denied, 3 contended, 7 refunded.
 */
@JCStressTest
@Outcome(id = "7, 1, 2, 1", expect = ACCEPTABLE, desc = "refunded before the take")
@Outcome(id = "7, 2, 0, 0", expect = ACCEPTABLE, desc = "refunded after the deny")
@Outcome(id = "7, 3, 0, 0", expect = ACCEPTABLE_INTERESTING, desc = "the take gave up: OVERLOADED")
@Outcome(id = "3, 2, 1, 0", expect = ACCEPTABLE_INTERESTING, desc = "the refund gave up: OVERLOADED")
@Outcome(expect = FORBIDDEN, desc = "refunded in part, twice, or of what was not used for good")
@State
public class RefundBesideTake extends TwoTakers {
    private static final long ORDINAL = 5;

    /** One of A is used. */
    public RefundBesideTake() {
        fill(secondPlan, 1);
        second.take(secondPlan);
        secondPlan.begin(NOW_NS);
        secondPlan.addPeriod(CELL_B, 1, 1, ORDINAL, Long.MAX_VALUE, TakePlan.HARD);
        second.take(secondPlan);
        second.giveBack(secondPlan, NOW_NS);
    }

    private static void fill(final TakePlan plan, final long ofA) {
        plan.begin(NOW_NS);
        plan.addPeriod(CELL_A, 2, ofA, ORDINAL, Long.MAX_VALUE, TakePlan.HARD);
    }

    /** Refunds one of each. */
    @Actor
    public void refund(final IIII_Result r) {
        fill(firstPlan, 1);
        firstPlan.addPeriod(CELL_B, 1, 1, ORDINAL, Long.MAX_VALUE, TakePlan.HARD);
        r.r1 = first.refund(firstPlan);
    }

    /** Takes two of A and one of B. */
    @Actor
    public void take(final IIII_Result r) {
        fill(secondPlan, 2);
        secondPlan.addPeriod(CELL_B, 1, 1, ORDINAL, Long.MAX_VALUE, TakePlan.HARD);
        r.r2 = second.take(secondPlan);
    }

    /** Looks at the cells. */
    @Arbiter
    public void look(final IIII_Result r) {
        r.r3 = (int) cells.readUsed(CELL_A, ORDINAL);
        r.r4 = (int) cells.readUsed(CELL_B, ORDINAL);
    }
}
