/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Real threads that take and refund: nothing is lost, nothing comes back twice, nobody is denied for what is not used. */
class RefundHammerTest {
    private static final long NOW_NS = 1_800_000_000_000_000_000L;
    private static final RateSpec RATE = RateSpec.of(60, 1, 60_000_000_000L);

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

        void refund() {
            int code = taker.refund(plan);
            while (code == Taker.CONTENDED) {
                contended++;
                Thread.yield();
                code = taker.refund(plan);
            }
            assertEquals(Taker.REFUNDED, code);
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

    private static void fill(Worker worker, long limit, long amount, long... cells) {
        worker.plan.begin(NOW_NS);
        for (long cell : cells) {
            worker.plan.addPeriod(cell, limit, amount, 77, Long.MAX_VALUE, TakePlan.HARD);
        }
    }

    /** Each refunds only what it has taken: there is room for all of them, so nobody may ever be denied, and in the end nothing is used. */
    @Test
    void shouldNeverDenyWhileRefundsAreOnTheirWay() {
        int threads = 3;
        int turns = 60_000;
        Cells cells = Cells.inMemory(threads + 3);
        Worker[] workers = workers(cells, threads);
        Rounds.run(threads, 1, (thread, round) -> {
            Worker worker = workers[thread];
            for (int i = 0; i < turns; i++) {
                for (int half = 0; half < 2; half++) {
                    fill(worker, threads, 1, Cells.ref(threads + 1), Cells.ref(thread + 1));
                    worker.plan.addRate(
                            Cells.ref(threads + 2), RATE.multiplier(), RATE.unitsPerToken(), threads, 1, TakePlan.HARD);
                    if (half == 0) {
                        assertEquals(Taker.TAKEN, worker.take());
                    } else {
                        worker.refund();
                    }
                }
            }
        });
        for (int cell = 1; cell <= threads + 1; cell++) {
            assertEquals(0, cells.readUsed(Cells.ref(cell), 77));
        }
        long missing = cells.readPosition(Cells.ref(threads + 2)) - Gcra.position(RATE.multiplier(), NOW_NS);
        assertEquals(0, Math.max(0, missing));
    }

    /**
     * Round by round one thread takes 1 of the shared cell, on its way to a cell that is full, and undoes it; one refunds 1 of the shared
     * cell, of which nothing is used; one takes 1 of it and keeps it. What is kept stays: the refund does not live on what is undone, and
     * what is kept goes only when it was there before the refund.
     */
    @Test
    void shouldNotGiveBackWhatAnotherHoldsForAMoment() {
        int rounds = 60_000;
        Cells cells = Cells.inMemory(2 * rounds + 2);
        Worker[] workers = workers(cells, 3);
        AtomicLong began = new AtomicLong();
        Rounds.run(3, rounds, (thread, round) -> {
            Worker worker = workers[thread];
            long shared = Cells.ref(2 * round + 1);
            if (thread == 0) {
                fill(worker, 5, 1, shared);
                worker.plan.addPeriod(Cells.ref(2 * round + 2), 0, 1, 77, Long.MAX_VALUE, TakePlan.HARD);
                assertEquals(Taker.DENIED, worker.take());
            } else if (thread == 1) {
                fill(worker, 5, 1, shared);
                worker.refund();
                began.set(round + 1);
            } else {
                long refundedBefore = began.get();
                fill(worker, 5, 1, shared);
                assertEquals(Taker.TAKEN, worker.take());
                if (refundedBefore == round + 1) {
                    assertEquals(1, cells.readUsed(shared, 77), "taken after the refund");
                }
            }
        });
        for (int round = 0; round < rounds; round++) {
            long used = cells.readUsed(Cells.ref(2 * round + 1), 77);
            assertTrue(used == 0 || used == 1, "used in round " + round + ": " + used);
        }
    }

    /** More is refunded than used, on two cells that are always taken from together: they stay alike, within 0 and the limit. */
    @Test
    void shouldTreatAllCellsOfARefundAlike() {
        int threads = 3;
        long limit = 6;
        Cells cells = Cells.inMemory(4);
        Worker[] workers = workers(cells, threads);
        Rounds.run(threads, 1, (thread, round) -> {
            Worker worker = workers[thread];
            SplittableRandom random = new SplittableRandom(thread);
            for (int i = 0; i < 60_000; i++) {
                fill(worker, limit, 1 + random.nextInt(4), Cells.ref(1), Cells.ref(2));
                if (random.nextInt(3) == 0) {
                    worker.refund();
                } else if (worker.take() == Taker.DENIED) {
                    long found = worker.plan.used(worker.plan.deniedAt());
                    assertTrue(found <= limit && found + worker.plan.amount(0) > limit, () -> "found " + found);
                }
            }
        });
        long used = cells.readUsed(Cells.ref(1), 77);
        assertTrue(used >= 0 && used <= limit, "used " + used);
        assertEquals(used, cells.readUsed(Cells.ref(2), 77));
    }
}
