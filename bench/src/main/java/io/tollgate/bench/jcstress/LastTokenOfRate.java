/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.tollgate.core.quota.Gcra;
import io.tollgate.core.quota.RateSpec;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Two requests at the same instant want the only token of a bucket. Guards: one gets it, the other is denied, and the bucket's position
 * moved by one token.
 *
 * <p>Result: code of the first, code of the second, tokens that the bucket's position moved. Codes: 1 taken, 2 denied, 3 contended.
 */
@JCStressTest
@Outcome(id = "1, 2, 1", expect = ACCEPTABLE, desc = "the first got it")
@Outcome(id = "2, 1, 1", expect = ACCEPTABLE, desc = "the second got it")
@Outcome(
        id = {"1, 3, 1", "3, 1, 1"},
        expect = ACCEPTABLE_INTERESTING,
        desc = "one gave up: OVERLOADED")
@Outcome(expect = FORBIDDEN, desc = "more than the burst, a wrong deny, or a lost update")
@State
public class LastTokenOfRate extends TwoTakers {
    private static final RateSpec RATE = RateSpec.of(60, 1, 60_000_000_000L);

    /** Takes one token. */
    @Actor
    public void first(final III_Result r) {
        r.r1 = take(first, firstPlan);
    }

    /** Takes one token. */
    @Actor
    public void second(final III_Result r) {
        r.r2 = take(second, secondPlan);
    }

    /** Looks how far the position is ahead of now. */
    @Arbiter
    public void look(final III_Result r) {
        r.r3 = (int) ((cells.readPosition(CELL_A) - Gcra.position(RATE.multiplier(), NOW_NS)) / RATE.unitsPerToken());
    }

    private static int take(final Taker taker, final TakePlan plan) {
        plan.begin(NOW_NS);
        plan.addRate(CELL_A, RATE.multiplier(), RATE.unitsPerToken(), RATE.burst(), 1, TakePlan.HARD);
        return taker.take(plan);
    }
}
