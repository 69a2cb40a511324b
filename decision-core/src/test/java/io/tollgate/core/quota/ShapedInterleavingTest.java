/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What {@link TakerInterleavingTest} does, with plans of choices and of several parts beside plain ones: the first of a choice that fits is
 * taken, and no other; parts are taken all or none, each judged after those before it.
 */
class ShapedInterleavingTest {
    private static final int SPINS = 6;
    private static final long INCARNATION = 1;
    private static final int CELLS = 3;

    /** Draws limit and flags of each cell. */
    private long limits;

    @Test
    void shouldAnswerAsSomeSequentialOrderWould() {
        run(6_000);
    }

    @Test
    @Tag("long")
    void shouldAnswerAsSomeSequentialOrderWouldInManyMoreCases() {
        run(400_000);
    }

    /** A later entry of a cell went on from one that had been read while its period was being opened. */
    @Test
    void shouldStillAnswerSoWhereItOnceDidNot() {
        new ShapedInterleavingTest().runCase(-2412183307552371296L);
    }

    private static void run(int cases) {
        SplittableRandom seeds = new SplittableRandom();
        for (int i = 0; i < cases; i++) {
            long seed = seeds.nextLong();
            try {
                new ShapedInterleavingTest().runCase(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + "L: " + e.getMessage(), e);
            }
        }
    }

    private void runCase(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int workers = 2 + random.nextInt(2);
        limits = random.nextLong();
        UnsafeBuffer memory = new Stepper.Memory((CELLS + 1) * Cells.CELL_BYTES);
        Cells cells = new Cells(INCARNATION, new UnsafeBuffer[] {memory});
        InFlight inFlight = new InFlight(workers, new Stepper.Memory(InFlight.bytes(workers)));
        int[] kinds = new int[CELLS + 1];
        SequentialLedger ledger = new SequentialLedger(kinds);
        for (int cell = 1; cell <= CELLS; cell++) {
            kinds[cell] = random.nextInt(3) > 0 ? CellKind.PERIOD : 1 + random.nextInt(3);
            start(random, memory, kinds[cell], cell);
        }
        ledger.load(memory);
        TakeHistory history = new TakeHistory();
        Stepper[] stepper = new Stepper[1];
        Runnable[] bodies = new Runnable[workers];
        for (int worker = 0; worker < workers; worker++) {
            bodies[worker] = body(random.split(), new Taker(cells, inFlight, worker, SPINS), kinds, history, stepper);
        }
        Stepper.run(random, bodies, stepper);
        history.assertLinearizable(ledger, memory);
    }

    private static void start(SplittableRandom random, UnsafeBuffer memory, int kind, int cell) {
        int at = cell * Cells.CELL_BYTES;
        if (kind == CellKind.PERIOD) {
            for (int parity = 0; parity < 2; parity++) {
                int ordinal = random.nextInt(4) == 0 ? 0 : 2 + 2 * random.nextInt(2) + parity;
                memory.putLong(at + 16 * parity, ordinal);
                memory.putLong(at + 16 * parity + 8, ordinal == 0 ? 0 : random.nextInt(3));
            }
        } else if (kind == CellKind.GAUGE) {
            memory.putLong(at, random.nextInt(3));
        }
    }

    private Runnable body(SplittableRandom random, Taker taker, int[] kinds, TakeHistory history, Stepper[] stepper) {
        return () -> {
            TakePlan plan = new TakePlan(16, 4);
            int operations = 1 + random.nextInt(3);
            for (int i = 0; i < operations; i++) {
                if (plan.taken() && random.nextInt(3) > 0) {
                    history.giveBack(stepper[0], taker, plan, TakerInterleavingTest.NOW_NS);
                } else {
                    boolean check = fill(random, plan, kinds) && random.nextInt(4) == 0;
                    int code = history.ask(stepper[0], taker, plan, check);
                    if (code == Taker.CONTENDED) {
                        history.ask(stepper[0], taker, plan, check);
                    }
                }
            }
        };
    }

    /** {@return whether it asks about one moment only: a check reads each cell at its own} */
    private boolean fill(SplittableRandom random, TakePlan plan, int[] kinds) {
        plan.begin(TakerInterleavingTest.NOW_NS);
        int time = random.nextInt(3);
        int parts = random.nextInt(2) == 0 ? 1 : 1 + random.nextInt(3);
        for (int part = 0; part < parts; part++) {
            if (part > 0) {
                plan.nextPart();
            }
            if (random.nextInt(20) == 0) {
                plan.refusePart();
            }
            int runs = parts > 1 && random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(2);
            for (int run = 0; run < runs; run++) {
                int choices = random.nextInt(3) == 0 ? 1 : 2 + random.nextInt(2);
                int first = random.nextInt(CELLS);
                plan.beginChoice();
                for (int i = 0; i < choices; i++) {
                    // mostly other cells, as pools are; sometimes any
                    int cell = random.nextInt(6) == 0 ? random.nextInt(CELLS) : (first + i) % CELLS;
                    add(random, plan, kinds, 1 + cell, time);
                }
                plan.endChoice();
            }
        }
        return plan.size() == 1;
    }

    private void add(SplittableRandom random, TakePlan plan, int[] kinds, int cell, int time) {
        long limit = 1 + (limits >>> 8 * cell & 0xFF) % 3;
        long amount = 1 + random.nextInt(4) / 3;
        int flags = (limits >>> 8 * cell + 32 & 15) == 0 ? TakePlan.SOFT : TakePlan.HARD;
        switch (kinds[cell]) {
            case CellKind.PERIOD -> plan.addPeriod(Cells.ref(cell), limit, amount, 4 + time, Long.MAX_VALUE, flags);
            case CellKind.RATE -> plan.addRate(Cells.ref(cell), Gcra.EXACT, 1_000, limit, amount, flags);
            default -> plan.addGauge(Cells.ref(cell), limit, amount, flags);
        }
    }
}
