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
 * A worker opens a new period in the slot of an old one while another gives back what it took in the old one. Guards: the return goes to
 * the old period or nowhere, never to the new one.
 *
 * <p>Result: code of the new take, whether the return found its period (1 or 0), used in the new period. Codes: 1 taken, 3 contended.
 */
@JCStressTest
@Outcome(
        id = {"1, 0, 1", "1, 1, 1"},
        expect = ACCEPTABLE,
        desc = "the new period counts its own take only")
@Outcome(
        id = {"3, 0, 0", "3, 1, 0"},
        expect = ACCEPTABLE_INTERESTING,
        desc = "the opener gave up: OVERLOADED")
@Outcome(expect = FORBIDDEN, desc = "the return went to the wrong period")
@State
public class PeriodOpenedBesideGiveBack extends TwoTakers {
    private static final long OLD = 1_000;
    private static final long NEW = OLD + 2; // same parity, same slot

    /** The second holds one of the old period. */
    public PeriodOpenedBesideGiveBack() {
        takePeriod(second, secondPlan, OLD);
    }

    /** Takes in the new period. */
    @Actor
    public void opener(final III_Result r) {
        r.r1 = takePeriod(first, firstPlan, NEW);
    }

    /** Gives back to the old one. */
    @Actor
    public void giveBack(final III_Result r) {
        r.r2 = second.giveBackPeriod(CELL_A, OLD, 1) ? 1 : 0;
    }

    /** Looks at the cell. */
    @Arbiter
    public void look(final III_Result r) {
        r.r3 = (int) cells.readUsed(CELL_A, NEW);
    }
}
