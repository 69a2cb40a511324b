/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/** Real threads, a fixed number of rounds: what is taken is exact, a deny is never the shadow of an unfinished take. */
class TakerHammerTest {
    private static final long NOW_NS = 1_800_000_000_000_000_000L;
    private static final int ROUNDS = 200_000;
    private static final RateSpec RATE = RateSpec.of(60, 1, 60_000_000_000L);

    /** Tells the kinds of cell apart for one test that serves all. */
    private static int add(TakePlan plan, int kind, long cell, long limit) {
        return switch (kind) {
            case CellKind.PERIOD -> plan.addPeriod(cell, limit, 1, 77, Long.MAX_VALUE, TakePlan.HARD);
            case CellKind.RATE -> plan.addRate(cell, RATE.multiplier(), RATE.unitsPerToken(), limit, 1, TakePlan.HARD);
            default -> plan.addGauge(cell, limit, 1, TakePlan.HARD);
        };
    }

    /** A worker that answers a busy neighbour the way a client would: it asks again. */
    private static final class Worker {
        final TakePlan plan = new TakePlan();
        final Taker taker;
        long contended;

        Worker(Cells cells, InFlight inFlight, int number) {
            taker = new Taker(cells, inFlight, number);
        }

        int take() {
            int code = taker.take(plan);
            while (code == Taker.CONTENDED) {
                contended++;
                Thread.yield();
                code = taker.take(plan);
            }
            return code;
        }
    }

    private static Worker[] workers(Cells cells, int count) {
        InFlight inFlight = new InFlight(count);
        Worker[] workers = new Worker[count];
        for (int i = 0; i < count; i++) {
            workers[i] = new Worker(cells, inFlight, i);
        }
        return workers;
    }

    private static int kindOf(int round) {
        return CellKind.PERIOD + round % 3;
    }

    @Test
    void shouldAdmitExactlyOneOfTwoChainsThatShareTheirLastUnit() {
        Cells cells = Cells.inMemory(3 * ROUNDS + 3);
        Worker[] workers = workers(cells, 2);
        byte[][] codes = new byte[2][ROUNDS];
        Rounds.run(2, ROUNDS, (thread, round) -> {
            Worker worker = workers[thread];
            int kind = kindOf(round);
            worker.plan.begin(NOW_NS);
            add(worker.plan, kind, Cells.ref(3 * round + 1 + thread), 1);
            add(worker.plan, kind, Cells.ref(3 * round + 3), 1);
            codes[thread][round] = (byte) worker.take();
            if (codes[thread][round] == Taker.DENIED) {
                assertEquals(1, worker.plan.deniedAt());
                assertEquals(1, worker.plan.used(1));
            }
        });
        for (int round = 0; round < ROUNDS; round++) {
            int taken = (codes[0][round] == Taker.TAKEN ? 1 : 0) + (codes[1][round] == Taker.TAKEN ? 1 : 0);
            int denied = (codes[0][round] == Taker.DENIED ? 1 : 0) + (codes[1][round] == Taker.DENIED ? 1 : 0);
            assertEquals(1, taken, "taken in round " + round);
            assertEquals(1, denied, "denied in round " + round);
        }
    }

    /**
     * A needs the shared cell, many others and, last, its own. B takes A's own cell away and then asks for the shared one,
     * while A is on its way to find out and to give everything back, the shared cell last. Either A gets all of it, or B
     * gets both: B is never denied because of what A held for a moment.
     */
    @Test
    void shouldNeverDenyBecauseOfATakeThatFailsElsewhere() {
        int others = 40;
        Cells cells = Cells.inMemory(others + 2 * ROUNDS + 2);
        Worker[] workers = workers(cells, 2);
        SplittableRandom[] jitter = {new SplittableRandom(1), new SplittableRandom(2)};
        byte[][] codes = new byte[3][ROUNDS];
        Rounds.run(2, ROUNDS, (thread, round) -> {
            Worker worker = workers[thread];
            int kind = kindOf(round);
            long shared = Cells.ref(others + 2 * round + 1);
            long own = Cells.ref(others + 2 * round + 2);
            spin(jitter[thread].nextInt(thread == 0 ? 10 : 60));
            worker.plan.begin(NOW_NS);
            if (thread == 0) {
                add(worker.plan, kind, shared, 1);
                for (int other = 1; other <= others; other++) {
                    worker.plan.addGauge(Cells.ref(other), 0, 1, TakePlan.UNLIMITED);
                }
                add(worker.plan, kind, own, 1);
                codes[0][round] = (byte) worker.take();
            } else {
                add(worker.plan, kind, own, 1);
                codes[1][round] = (byte) worker.take();
                worker.plan.begin(NOW_NS);
                add(worker.plan, kind, shared, 1);
                codes[2][round] = (byte) worker.take();
            }
        });
        int phantoms = 0;
        for (int round = 0; round < ROUNDS; round++) {
            boolean all = codes[0][round] == Taker.TAKEN;
            boolean own = codes[1][round] == Taker.TAKEN;
            boolean shared = codes[2][round] == Taker.TAKEN;
            phantoms += !all && own && !shared ? 1 : 0;
            assertTrue(all ? !own && !shared : own, "round " + round + ": " + all + " " + own + " " + shared);
        }
        assertEquals(0, phantoms, "phantom denies in " + ROUNDS + " rounds");
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldAdmitExactlyTheLimitOfTheOneCeilingThatBinds() {
        int threads = 4;
        long limit = 100_000;
        Cells cells = Cells.inMemory(threads + 2);
        Worker[] workers = workers(cells, threads);
        AtomicLongArray admitted = new AtomicLongArray(threads);
        Rounds.run(threads, 1, (thread, round) -> {
            Worker worker = workers[thread];
            SplittableRandom random = new SplittableRandom(thread);
            int code;
            long amount;
            do {
                amount = 1 + random.nextInt(5);
                code = takeChain(worker, thread, threads, limit, amount);
                if (code == Taker.TAKEN) {
                    admitted.addAndGet(thread, amount);
                }
            } while (code == Taker.TAKEN || amount > 1);
        });
        long sum = 0;
        for (int thread = 0; thread < threads; thread++) {
            assertEquals(admitted.get(thread), cells.readUsed(Cells.ref(thread + 1), 77));
            sum += admitted.get(thread);
        }
        assertEquals(limit, sum);
        assertEquals(limit, cells.readUsed(Cells.ref(threads + 1), 77));
    }

    private static int takeChain(Worker worker, int thread, int threads, long limit, long amount) {
        worker.plan.begin(NOW_NS);
        worker.plan.addPeriod(Cells.ref(threads + 1), limit, amount, 77, Long.MAX_VALUE, TakePlan.HARD);
        worker.plan.addPeriod(Cells.ref(thread + 1), limit, amount, 77, Long.MAX_VALUE, TakePlan.HARD);
        int code = worker.take();
        if (code == Taker.DENIED) {
            assertEquals(0, worker.plan.deniedAt());
            assertTrue(worker.plan.used(0) <= limit && worker.plan.used(0) + amount > limit);
        }
        return code;
    }

    /** Each holds at most one at a time and there is one for each: nobody may ever be denied. */
    @Test
    void shouldNeverDenyWhileGiveBacksAreOnTheirWay() {
        int threads = 3;
        for (int kind = CellKind.PERIOD; kind <= CellKind.GAUGE; kind++) {
            Cells cells = Cells.inMemory(threads + 2);
            Worker[] workers = workers(cells, threads);
            int cellKind = kind;
            Rounds.run(threads, 1, (thread, round) -> {
                Worker worker = workers[thread];
                for (int i = 0; i < ROUNDS; i++) {
                    worker.plan.begin(NOW_NS);
                    add(worker.plan, cellKind, Cells.ref(threads + 1), threads);
                    add(worker.plan, cellKind, Cells.ref(thread + 1), 1);
                    int turn = i;
                    assertEquals(Taker.TAKEN, worker.take(), () -> "kind " + cellKind + " turn " + turn);
                    assertTrue(worker.taker.giveBack(worker.plan, NOW_NS));
                }
            });
            long start = kind == CellKind.RATE ? Gcra.position(RATE.multiplier(), NOW_NS) : 0;
            for (int cell = 1; cell <= threads + 1; cell++) {
                long left = kind == CellKind.PERIOD
                        ? cells.readUsed(Cells.ref(cell), 77)
                        : Math.max(0, cells.readGauge(Cells.ref(cell)) - start);
                assertEquals(0, left, "kind " + kind + " cell " + cell);
            }
        }
    }

    /** All go on to the next period as soon as the one in effect is full; each period must have been filled exactly. */
    @Test
    void shouldFillEveryPeriodExactlyWhileItRollsOver() {
        int threads = 3;
        int periods = 100_000;
        long limit = 7;
        Cells cells = Cells.inMemory(threads + 2);
        Worker[] workers = workers(cells, threads);
        AtomicLongArray admitted = new AtomicLongArray(periods + 10);
        AtomicLong contended = new AtomicLong();
        Rounds.run(threads, 1, (thread, round) -> {
            Worker worker = workers[thread];
            long ordinal = 1;
            while (ordinal <= periods) {
                worker.plan.begin(NOW_NS);
                worker.plan.addPeriod(Cells.ref(threads + 1), limit, 1, ordinal, Long.MAX_VALUE, TakePlan.HARD);
                if (thread > 0) {
                    worker.plan.addPeriod(Cells.ref(thread + 1), 0, 1, ordinal, Long.MAX_VALUE, TakePlan.UNLIMITED);
                }
                int code = worker.take();
                int inEffect = (int) worker.plan.receipt(0);
                assertTrue(inEffect >= ordinal);
                if (code == Taker.TAKEN) {
                    assertTrue(admitted.incrementAndGet(inEffect) <= limit, () -> "ordinal " + inEffect);
                } else {
                    assertEquals(limit, worker.plan.used(0));
                    ordinal = inEffect + 1L;
                }
            }
            contended.addAndGet(worker.contended);
        });
        for (int ordinal = 1; ordinal <= periods; ordinal++) {
            assertEquals(limit, admitted.get(ordinal), "ordinal " + ordinal + ", contended " + contended);
        }
    }

    /** Takes, give-backs and rollovers together: in the end the cell counts what is still held of that period. */
    @Test
    void shouldGiveBackToThePeriodItTookFromWhileItRollsOver() {
        int threads = 3;
        int turns = 100_000;
        long limit = 5;
        Cells cells = Cells.inMemory(2);
        Worker[] workers = workers(cells, threads);
        AtomicLong clock = new AtomicLong(1);
        AtomicLongArray kept = new AtomicLongArray(turns + 10);
        Rounds.run(threads, 1, (thread, round) -> {
            Worker worker = workers[thread];
            SplittableRandom random = new SplittableRandom(thread);
            for (int i = 0; i < turns; i++) {
                worker.plan.begin(NOW_NS);
                worker.plan.addPeriod(Cells.ref(1), limit, 1, clock.get(), Long.MAX_VALUE, TakePlan.HARD);
                int code = worker.take();
                int inEffect = (int) worker.plan.receipt(0);
                if (code == Taker.TAKEN && random.nextInt(3) == 0) {
                    assertTrue(kept.incrementAndGet(inEffect) <= limit);
                } else if (code == Taker.TAKEN) {
                    if (random.nextInt(4) == 0) {
                        clock.incrementAndGet();
                    }
                    worker.taker.giveBack(worker.plan, NOW_NS);
                } else {
                    clock.compareAndSet(inEffect, inEffect + 1L);
                }
            }
        });
        long newest = cells.readOrdinal(Cells.ref(1));
        for (long ordinal = newest - 1; ordinal <= newest; ordinal++) {
            long used = cells.readUsed(Cells.ref(1), ordinal);
            assertEquals(kept.get((int) ordinal), used, "ordinal " + ordinal);
        }
    }
}
