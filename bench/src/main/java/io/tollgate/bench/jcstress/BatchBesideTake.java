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
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A batch of two requests wants two of what there are two of, in one step, while another wants one. Guards: the batch gets both or nothing,
 * the other is denied only if the batch has them for good, and what remains taken is exactly what was served.
 *
 * <p>Result: code of the batch, code of the other, used. Codes: 1 taken, 2 denied, 3 contended.
 */
@JCStressTest
@Outcome(id = "1, 2, 2", expect = ACCEPTABLE, desc = "the batch was first")
@Outcome(id = "2, 1, 1", expect = ACCEPTABLE, desc = "the other was first")
@Outcome(
        id = {"1, 3, 2", "3, 1, 1"},
        expect = ACCEPTABLE_INTERESTING,
        desc = "one gave up: OVERLOADED")
@Outcome(expect = FORBIDDEN, desc = "both denied, or a batch taken in part")
@State
public class BatchBesideTake extends TwoTakers {
    /** Two requests of one step. */
    @Actor
    public void batch(final III_Result r) {
        firstPlan.begin(NOW_NS);
        firstPlan.addGauge(CELL_A, 2, 1, TakePlan.HARD);
        firstPlan.nextPart();
        firstPlan.addGauge(CELL_A, 2, 1, TakePlan.HARD);
        r.r1 = first.take(firstPlan);
    }

    /** One. */
    @Actor
    public void single(final III_Result r) {
        secondPlan.begin(NOW_NS);
        secondPlan.addGauge(CELL_A, 2, 1, TakePlan.HARD);
        r.r2 = second.take(secondPlan);
    }

    /** Looks at the cell. */
    @Arbiter
    public void look(final III_Result r) {
        r.r3 = used(CELL_A);
    }
}
