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
 * One settles 4 of 10, another 13 of 10. Guards: one of the two is recorded, and both are told which.
 *
 * <p>Result: outcomes, what is counted. Outcomes: 1 settled, 4 overrun, 9 busy.
 */
@JCStressTest
@Outcome(id = "1, 1, 4", expect = ACCEPTABLE, desc = "4 was first")
@Outcome(id = "4, 4, 13", expect = ACCEPTABLE, desc = "13 was first")
@Outcome(id = "1, 9, 4", expect = ACCEPTABLE_INTERESTING, desc = "the second gave up waiting")
@Outcome(id = "9, 4, 13", expect = ACCEPTABLE_INTERESTING, desc = "the first gave up waiting")
@Outcome(expect = FORBIDDEN, desc = "both, none, or told different things")
@State
public class SettleAgainstSettle extends OneReservation {
    /** Less. */
    @Actor
    public void less(final III_Result r) {
        r.r1 = settle(first, FOUR, NOW_NS, firstResult);
    }

    /** More. */
    @Actor
    public void more(final III_Result r) {
        r.r2 = settle(second, THIRTEEN, NOW_NS, secondResult);
    }

    /** Looks at the counters. */
    @Arbiter
    public void look(final III_Result r) {
        r.r3 = counted();
    }
}
