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
 * One settles 4 of 10 while another finds the tombstone deadline passed. Guards: there is one terminal state, which both see, and what was
 * used is counted exactly once either way: a settle that comes too late is recorded.
 *
 * <p>Result: outcome of the settle, of the expiry, what is counted. Outcomes: 1 settled, 3 expired, 9 busy.
 */
@JCStressTest
@Outcome(id = "1, 1, 4", expect = ACCEPTABLE, desc = "settled first")
@Outcome(id = "3, 3, 4", expect = ACCEPTABLE, desc = "expired first, recorded late")
@Outcome(id = "9, 3, 0", expect = ACCEPTABLE_INTERESTING, desc = "the settle gave up waiting")
@Outcome(id = "1, 9, 4", expect = ACCEPTABLE_INTERESTING, desc = "the expiry gave up waiting")
@Outcome(id = "3, 9, 4", expect = ACCEPTABLE_INTERESTING, desc = "expired, recorded late while the expiry looked again")
@Outcome(expect = FORBIDDEN, desc = "two ends, or counted twice, or not at all")
@State
public class SettleAgainstExpiry extends OneReservation {
    /** Settles. */
    @Actor
    public void settle(final III_Result r) {
        r.r1 = settle(first, FOUR, NOW_NS, firstResult);
    }

    /** Expires. */
    @Actor
    public void expire(final III_Result r) {
        r.r2 = release(second, PAST_TOMBSTONE_NS, secondResult);
    }

    /** Looks at the counters. */
    @Arbiter
    public void look(final III_Result r) {
        r.r3 = counted();
    }
}
