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
 * One settles 4 of 10 while another releases. Guards: one terminal state, which both see, and the counters agree with it.
 *
 * <p>Result: outcomes, what is counted. Outcomes: 1 settled, 2 released, 9 busy.
 */
@JCStressTest
@Outcome(id = "1, 1, 4", expect = ACCEPTABLE, desc = "settled")
@Outcome(id = "2, 2, 0", expect = ACCEPTABLE, desc = "released")
@Outcome(id = "9, 2, 0", expect = ACCEPTABLE_INTERESTING, desc = "the settle gave up waiting")
@Outcome(id = "1, 9, 4", expect = ACCEPTABLE_INTERESTING, desc = "the release gave up waiting")
@Outcome(expect = FORBIDDEN, desc = "two ends, or counters that agree with neither")
@State
public class SettleAgainstRelease extends OneReservation {
    /** Settles. */
    @Actor
    public void settle(final III_Result r) {
        r.r1 = settle(first, FOUR, NOW_NS, firstResult);
    }

    /** Releases. */
    @Actor
    public void release(final III_Result r) {
        r.r2 = release(second, NOW_NS, secondResult);
    }

    /** Looks at the counters. */
    @Arbiter
    public void look(final III_Result r) {
        r.r3 = counted();
    }
}
