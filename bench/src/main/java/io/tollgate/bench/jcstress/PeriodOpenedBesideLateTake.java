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
 * A worker with the newer time opens a period while another, with an older time, still counts in the period whose slot is about to be
 * used again. Guards: a take is counted in the period that its receipt names and in no other; an old take that comes too late goes on in
 * the newer period.
 *
 * <p>Result: code of the new, code of the late, used in the new period, 1 if the late one's receipt names the new period else 0. Codes: 1
 * taken, 3 contended.
 */
@JCStressTest
@Outcome(id = "1, 1, 1, 0", expect = ACCEPTABLE, desc = "the late one came in time for the old period")
@Outcome(id = "1, 1, 2, 1", expect = ACCEPTABLE, desc = "the late one was counted in the new period")
@Outcome(
        id = {"1, 3, 1, 0", "1, 3, 1, 1", "3, 1, 0, 0"},
        expect = ACCEPTABLE_INTERESTING,
        desc = "one gave up: OVERLOADED")
@Outcome(expect = FORBIDDEN, desc = "counted in another period than the receipt says")
@State
public class PeriodOpenedBesideLateTake extends TwoTakers {
    private static final long OLD = 1_000;
    private static final long NEW = OLD + 2; // same parity, same slot

    /** The slot counts an old period. */
    public PeriodOpenedBesideLateTake() {
        takePeriod(first, firstPlan, OLD);
    }

    /** Takes in the new period. */
    @Actor
    public void opener(final IIII_Result r) {
        r.r1 = takePeriod(first, firstPlan, NEW);
    }

    /** Takes with the old time. */
    @Actor
    public void late(final IIII_Result r) {
        r.r2 = takePeriod(second, secondPlan, OLD);
        r.r4 = secondPlan.receipt(0) == NEW ? 1 : 0;
    }

    /** Looks at the cell. */
    @Arbiter
    public void look(final IIII_Result r) {
        r.r3 = (int) cells.readUsed(CELL_A, NEW);
    }
}
