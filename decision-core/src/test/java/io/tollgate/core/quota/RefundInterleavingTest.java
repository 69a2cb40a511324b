/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Refunds beside takes, checks and other refunds, in thousands of interleavings of the real code; as in {@link TakerInterleavingTest} one
 * order of the operations has to explain all answers, what each refund said is left used, and what the cells hold in the end.
 */
class RefundInterleavingTest {
    private static final int CELLS = 3;
    private static final int SPINS = 30;
    private static final long INCARNATION = 1;

    /** How many refunds gave back; a test in which none does proves nothing. */
    private long refunded;

    private long limits;

    @Test
    void shouldGiveBackAsSomeSequentialOrderWould() {
        run(6_000, false);
    }

    /** Single cells, since hits that come back twice while a take is undone are counted less exactly. */
    @Test
    void shouldDoSoBesideGiveBacksOfWhatOneCellHolds() {
        run(3_000, true);
    }

    /** Where a refund that did not look at the others' undo stamp again gave back what another one had given back. */
    @Test
    void shouldDoSoWhereTwoRefundsMeetATake() {
        new RefundInterleavingTest().runCase(3889595276378573987L, false);
    }

    /** Where a refund that did not look at its periods again gave back to one that had ended. */
    @Test
    void shouldDoSoWhereAPeriodBegins() {
        new RefundInterleavingTest().runCase(1521608715823913191L, false);
    }

    @Test
    @Tag("long")
    void shouldGiveBackAsSomeSequentialOrderWouldInManyMoreCases() {
        run(400_000, false);
        run(200_000, true);
    }

    private static void run(int cases, boolean givingBack) {
        SplittableRandom seeds = new SplittableRandom();
        long refunded = 0;
        for (int i = 0; i < cases; i++) {
            long seed = seeds.nextLong();
            try {
                RefundInterleavingTest test = new RefundInterleavingTest();
                test.runCase(seed, givingBack);
                refunded += test.refunded;
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + "L, " + givingBack + ": " + e.getMessage(), e);
            }
        }
        assertTrue(refunded > cases / 2, "only " + refunded + " refunds in " + cases + " cases");
    }

    private void runCase(long seed, boolean givingBack) {
        SplittableRandom random = new SplittableRandom(seed);
        int workers = 2 + random.nextInt(2);
        limits = random.nextLong();
        UnsafeBuffer memory = new Stepper.Memory((CELLS + 1) * Cells.CELL_BYTES);
        Cells cells = new Cells(INCARNATION, new UnsafeBuffer[] {memory});
        InFlight inFlight = new InFlight(workers, new Stepper.Memory(InFlight.bytes(workers)));
        int[] kinds = new int[CELLS + 1];
        SequentialLedger ledger = new SequentialLedger(kinds);
        for (int cell = 1; cell <= CELLS; cell++) {
            kinds[cell] = random.nextInt(3) > 0 ? CellKind.PERIOD : CellKind.RATE;
            TakerInterleavingTest.start(random, memory, kinds[cell], cell);
        }
        ledger.load(memory);
        TakeHistory history = new TakeHistory();
        Stepper[] stepper = new Stepper[1];
        Runnable[] bodies = new Runnable[workers];
        for (int worker = 0; worker < workers; worker++) {
            Taker taker = new Taker(cells, inFlight, worker, SPINS);
            SplittableRandom own = random.split();
            bodies[worker] = () -> act(own, taker, kinds, history, stepper[0], givingBack);
        }
        Stepper.run(random, bodies, stepper);
        history.assertLinearizable(ledger, memory);
        refunded = history.count(Taker.REFUNDED);
    }

    private void act(
            SplittableRandom random,
            Taker taker,
            int[] kinds,
            TakeHistory history,
            Stepper stepper,
            boolean givingBack) {
        TakePlan plan = new TakePlan(8);
        int operations = 1 + random.nextInt(2);
        for (int i = 0; i < operations; i++) {
            if (givingBack && plan.taken() && random.nextInt(2) == 0) {
                history.giveBack(stepper, taker, plan, TakerInterleavingTest.NOW_NS);
                continue;
            }
            fill(random, plan, kinds, givingBack ? 1 : 3);
            if (random.nextInt(2) == 0) {
                history.refund(stepper, taker, plan);
            } else {
                history.ask(stepper, taker, plan, random.nextInt(5) == 0 && plan.size() == 1);
            }
        }
    }

    private void fill(SplittableRandom random, TakePlan plan, int[] kinds, int most) {
        plan.begin(TakerInterleavingTest.NOW_NS);
        int entries = 1 + random.nextInt(most);
        int time = random.nextInt(3);
        for (int i = 0; i < entries; i++) {
            int cell = 1 + random.nextInt(CELLS);
            long limit = 1 + (limits >>> 8 * cell & 0xFF) % 3;
            long amount = 1 + random.nextInt(4) / 2;
            int flags = (limits >>> 8 * cell + 32 & 7) == 0 ? TakePlan.SOFT : TakePlan.HARD;
            if (kinds[cell] == CellKind.PERIOD) {
                plan.addPeriod(Cells.ref(cell), limit, amount, 4 + time, Long.MAX_VALUE, flags);
            } else {
                plan.addRate(Cells.ref(cell), Gcra.EXACT, 1_000, limit, amount, flags);
            }
        }
    }
}
