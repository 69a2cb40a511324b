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
 * A period begins, and two requests are the first to count in it; its slot still holds the period before the last. Guards: the slot is
 * opened once, so no take is lost to a second reset and nothing of the old period shows in the new one.
 *
 * <p>Result: code of the first, code of the second, used in the new period. Codes: 1 taken, 3 contended.
 */
@JCStressTest
@Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "both are counted")
@Outcome(
        id = {"1, 3, 1", "3, 1, 1"},
        expect = ACCEPTABLE_INTERESTING,
        desc = "one gave up: OVERLOADED")
@Outcome(expect = FORBIDDEN, desc = "a take was lost, or the old period shows")
@State
public class PeriodOpenedByTwo extends TwoTakers {
    private static final long OLD = 1_000;
    private static final long NEW = OLD + 2; // same parity, same slot

    /** The slot counts an old period. */
    public PeriodOpenedByTwo() {
        takePeriod(first, firstPlan, OLD);
        takePeriod(first, firstPlan, OLD);
    }

    /** Takes in the new period. */
    @Actor
    public void first(final III_Result r) {
        r.r1 = takePeriod(first, firstPlan, NEW);
    }

    /** Takes in the new period. */
    @Actor
    public void second(final III_Result r) {
        r.r2 = takePeriod(second, secondPlan, NEW);
    }

    /** Looks at the cell. */
    @Arbiter
    public void look(final III_Result r) {
        r.r3 = (int) cells.readUsed(CELL_A, NEW);
    }
}
