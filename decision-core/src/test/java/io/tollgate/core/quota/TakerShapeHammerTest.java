/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/** Choices and parts with real threads, a fixed number of rounds. */
class TakerShapeHammerTest {
    private static final long NOW_NS = 1_800_000_000_000_000_000L;
    private static final int ROUNDS = 100_000;

    private static int ask(Taker taker, TakePlan plan) {
        int code = taker.take(plan);
        while (code == Taker.CONTENDED) {
            Thread.yield();
            code = taker.take(plan);
        }
        return code;
    }

    private static Taker[] takers(Cells cells, int count) {
        InFlight inFlight = new InFlight(count);
        Taker[] takers = new Taker[count];
        for (int i = 0; i < count; i++) {
            takers[i] = new Taker(cells, inFlight, i);
        }
        return takers;
    }

    private static void choice(TakePlan plan, long first, long second, long limit) {
        plan.begin(NOW_NS);
        plan.beginChoice();
        plan.addPeriod(first, limit, 1, 5, Long.MAX_VALUE, TakePlan.HARD);
        plan.addPeriod(second, limit, 1, 5, Long.MAX_VALUE, TakePlan.HARD);
        plan.endChoice();
    }

    private static void one(TakePlan plan, long cell) {
        plan.begin(NOW_NS);
        plan.addPeriod(cell, 1, 1, 5, Long.MAX_VALUE, TakePlan.HARD);
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    /** Both fill their two pools in the same order: the second pool is touched only when the first is full. */
    @Test
    void shouldFillTheFirstPoolBeforeTheSecondExactly() {
        long limit = 50_000;
        Cells cells = Cells.inMemory(3);
        Taker[] takers = takers(cells, 2);
        AtomicLongArray counts = new AtomicLongArray(4);
        Rounds.run(2, 1, (thread, round) -> {
            TakePlan plan = new TakePlan(4);
            choice(plan, Cells.ref(1), Cells.ref(2), limit);
            while (ask(takers[thread], plan) == Taker.TAKEN) {
                counts.incrementAndGet(plan.skipped(0) ? 1 : 0);
                if (plan.skipped(0)) {
                    assertEquals(limit, cells.readUsed(Cells.ref(1), 5));
                }
                choice(plan, Cells.ref(1), Cells.ref(2), limit);
            }
        });
        assertEquals(limit, counts.get(0));
        assertEquals(limit, counts.get(1));
        assertEquals(limit, cells.readUsed(Cells.ref(2), 5));
    }

    /**
     * The other holds the first pool, gives it back, and only then looks into the second. If it finds that one free, the choice has
     * been made
     * after the first pool was free again, and must have been for it.
     */
    @Test
    void shouldNotFallBackOnASecondPoolOnceTheFirstIsFreeAgain() {
        Cells cells = Cells.inMemory(2 * ROUNDS + 3);
        Taker[] takers = takers(cells, 2);
        SplittableRandom[] jitter = {new SplittableRandom(1), new SplittableRandom(2)};
        TakePlan[] plans = {new TakePlan(4), new TakePlan(4), new TakePlan(4)};
        byte[][] seen = new byte[2][ROUNDS];
        Rounds.run(2, ROUNDS, (thread, round) -> {
            long first = Cells.ref(2 * round + 1);
            long second = Cells.ref(2 * round + 2);
            if (thread == 0) {
                one(plans[0], first);
                boolean held = ask(takers[0], plans[0]) == Taker.TAKEN;
                spin(jitter[0].nextInt(20));
                if (held) {
                    takers[0].giveBack(plans[0], NOW_NS);
                    one(plans[2], second);
                    boolean free = ask(takers[0], plans[2]) == Taker.TAKEN;
                    seen[0][round] = (byte) (free ? 1 : 0);
                    if (free) {
                        takers[0].giveBack(plans[2], NOW_NS);
                    }
                }
            } else {
                spin(jitter[1].nextInt(60));
                choice(plans[1], first, second, 1);
                boolean taken = ask(takers[1], plans[1]) == Taker.TAKEN;
                assertTrue(taken, "each pool has one and the other holds one of them at most");
                seen[1][round] = (byte) (plans[1].skipped(0) ? 1 : 0);
            }
        });
        for (int round = 0; round < ROUNDS; round++) {
            assertFalse(seen[0][round] == 1 && seen[1][round] == 1, "round " + round);
        }
    }

    /** Batches of three against single takes of one: exact in the end, and nobody is denied while there is room. */
    @Test
    void shouldAdmitExactlyTheLimitWithBatchesBesideSingles() {
        long limit = 60_000;
        Cells cells = Cells.inMemory(8);
        Taker[] takers = takers(cells, 2);
        AtomicLongArray admitted = new AtomicLongArray(2);
        Rounds.run(2, 1, (thread, round) -> {
            TakePlan plan = new TakePlan(16, 4);
            int width = thread == 0 ? 3 : 1;
            int code;
            do {
                plan.begin(NOW_NS);
                for (int part = 0; part < width; part++) {
                    assertTrue(part == 0 || plan.nextPart());
                    plan.addGauge(Cells.ref(1), limit, 1, TakePlan.HARD);
                    plan.addPeriod(Cells.ref(2 + thread), Long.MAX_VALUE, 1, 9, Long.MAX_VALUE, TakePlan.HARD);
                }
                code = ask(takers[thread], plan);
                admitted.addAndGet(thread, code == Taker.TAKEN ? width : 0);
                if (code == Taker.DENIED) {
                    long used = plan.used(0);
                    assertTrue(used + width > limit, () -> "denied at " + used);
                }
            } while (code == Taker.TAKEN);
        });
        long held = cells.readGauge(Cells.ref(1));
        assertEquals(held, admitted.get(0) + admitted.get(1));
        assertEquals(limit, held);
        assertEquals(admitted.get(0), cells.readUsed(Cells.ref(2), 9));
        assertEquals(admitted.get(1), cells.readUsed(Cells.ref(3), 9));
    }

    /** Each holds a whole batch or nothing, and there is room for both: neither may ever be denied. */
    @Test
    void shouldNeverDenyABatchBecauseOfAnotherThatIsGivingBack() {
        Cells cells = Cells.inMemory(8);
        Taker[] takers = takers(cells, 2);
        Rounds.run(2, 1, (thread, round) -> {
            TakePlan plan = new TakePlan(16, 4);
            for (int i = 0; i < ROUNDS; i++) {
                plan.begin(NOW_NS);
                for (int part = 0; part < 3; part++) {
                    assertTrue(part == 0 || plan.nextPart());
                    plan.addGauge(Cells.ref(1), 6, 1, TakePlan.HARD);
                    plan.beginChoice();
                    plan.addGauge(Cells.ref(2), 3, 1, TakePlan.HARD);
                    plan.addGauge(Cells.ref(3), 3, 1, TakePlan.HARD);
                    plan.endChoice();
                }
                assertEquals(Taker.TAKEN, ask(takers[thread], plan));
                assertTrue(takers[thread].giveBack(plan, NOW_NS));
            }
        });
        for (int cell = 1; cell <= 3; cell++) {
            assertEquals(0, cells.readGauge(Cells.ref(cell)));
        }
    }
}
