/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Small random cases (three cells, two or three workers, a few operations each) under thousands of interleavings of the
 * real code. Each history has to be linearizable: one order of the operations, true to who ended before whom began, in
 * which a plain sequential ledger gives every answer that was given and ends with what the cells hold.
 */
class TakerInterleavingTest {
    static final long NOW_NS = 1_800_000_000_000_000_000L;
    private static final int SPINS = 6;

    private static final long INCARNATION = 1;
    private static final long DEAD_INCARNATION = 2;

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

    @Test
    void shouldStillAnswerSoWhereItOnceDidNot() {
        new TakerInterleavingTest().runCase(-9079010516477444716L);
        new TakerInterleavingTest().runCase(-703012292033959106L);
    }

    private static void run(int cases) {
        SplittableRandom seeds = new SplittableRandom();
        for (int i = 0; i < cases; i++) {
            long seed = seeds.nextLong();
            try {
                new TakerInterleavingTest().runCase(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + "L: " + e.getMessage(), e);
            }
        }
    }

    private void runCase(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int workers = 2 + random.nextInt(2);
        limits = random.nextLong();
        UnsafeBuffer memory = new Stepper.Memory(4 * Cells.CELL_BYTES);
        Cells cells = new Cells(INCARNATION, new UnsafeBuffer[] {memory});
        InFlight inFlight = new InFlight(workers, new Stepper.Memory(InFlight.bytes(workers)));
        int[] kinds = new int[4];
        SequentialLedger ledger = new SequentialLedger(kinds);
        for (int cell = 1; cell <= 3; cell++) {
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

    /** Some cells are fresh, some in use, some full; PERIOD cells may have old slots, and slots of a dead opener. */
    static void start(SplittableRandom random, UnsafeBuffer memory, int kind, int cell) {
        int at = cell * Cells.CELL_BYTES;
        if (kind == CellKind.PERIOD) {
            for (int parity = 0; parity < 2; parity++) {
                int ordinal = random.nextInt(4) == 0 ? 0 : 2 + 2 * random.nextInt(2) + parity;
                boolean dead = ordinal != 0 && random.nextInt(6) == 0;
                memory.putLong(at + 16 * parity, dead ? PeriodSlots.claim(DEAD_INCARNATION, ordinal) : ordinal);
                memory.putLong(at + 16 * parity + 8, ordinal == 0 ? 0 : random.nextInt(3));
            }
        } else if (kind == CellKind.GAUGE) {
            memory.putLong(at, random.nextInt(3));
        }
    }

    private Runnable body(SplittableRandom random, Taker taker, int[] kinds, TakeHistory history, Stepper[] stepper) {
        return () -> {
            TakePlan plan = new TakePlan(8);
            int operations = 1 + random.nextInt(2);
            for (int i = 0; i < operations; i++) {
                if (plan.taken() && random.nextInt(2) == 0) {
                    history.giveBack(stepper[0], taker, plan, NOW_NS);
                } else {
                    fill(random, plan, kinds);
                    boolean check = random.nextInt(5) == 0 && plan.size() == 1;
                    int code = history.ask(stepper[0], taker, plan, check);
                    if (code == Taker.CONTENDED) {
                        history.ask(stepper[0], taker, plan, check);
                    }
                }
            }
        };
    }

    /** Any cells in any order, also one twice. Limits are those of one world, time is the plan's own. */
    private void fill(SplittableRandom random, TakePlan plan, int[] kinds) {
        plan.begin(NOW_NS);
        int entries = 1 + random.nextInt(3);
        int time = random.nextInt(3);
        for (int i = 0; i < entries; i++) {
            int cell = 1 + random.nextInt(3);
            long limit = 1 + (limits >>> 8 * cell & 0xFF) % 3;
            long amount = 1 + random.nextInt(4) / 3;
            int flags = (limits >>> 8 * cell + 32 & 7) == 0 ? TakePlan.SOFT : TakePlan.HARD;
            switch (kinds[cell]) {
                case CellKind.PERIOD -> plan.addPeriod(Cells.ref(cell), limit, amount, 4 + time, Long.MAX_VALUE, flags);
                case CellKind.RATE -> plan.addRate(Cells.ref(cell), Gcra.EXACT, 1_000, limit, amount, flags);
                default -> plan.addGauge(Cells.ref(cell), limit, amount, flags);
            }
        }
    }
}
