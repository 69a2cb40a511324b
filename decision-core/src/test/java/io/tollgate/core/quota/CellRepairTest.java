/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class CellRepairTest {
    private static final long NOW_NS = 1_800_000_000_000_000_000L;
    private static final long CELL = Cells.ref(1);
    private static final int SPINS = 1_000;

    private final Cells cells = Cells.inMemory(4);
    private final InFlight inFlight = new InFlight(3);
    private final Taker taker = new Taker(cells, inFlight, 0);
    private final CellRepair repair = new CellRepair(cells, inFlight, 2);
    private final TakePlan plan = new TakePlan();

    private int take(long limit, long amount, long ordinal) {
        plan.begin(NOW_NS);
        plan.addPeriod(CELL, limit, amount, ordinal, Long.MAX_VALUE, TakePlan.HARD);
        return taker.take(plan);
    }

    @Test
    void shouldMakeAFuturePositionAnEmptyBucket() {
        RateSpec rate = RateSpec.of(60, 5, 60_000_000_000L);
        long hour = 3_600_000_000_000L;
        plan.begin(NOW_NS + hour);
        plan.addRate(CELL, rate.multiplier(), rate.unitsPerToken(), rate.burst(), 2, TakePlan.HARD);
        assertEquals(Taker.TAKEN, taker.take(plan));
        // the clock goes back by an hour
        plan.begin(NOW_NS);
        plan.addRate(CELL, rate.multiplier(), rate.unitsPerToken(), rate.burst(), 1, TakePlan.HARD);
        assertEquals(Taker.DENIED, taker.take(plan));
        assertTrue(plan.retryAfterNs() > hour / 2);
        long empty = Gcra.empty(Gcra.position(rate.multiplier(), NOW_NS), rate.unitsPerToken(), rate.burst());
        assertTrue(repair.clampRate(CELL, empty));
        assertFalse(repair.clampRate(CELL, empty));
        assertEquals(Taker.DENIED, taker.take(plan));
        assertEquals(1_000_000_000L, plan.retryAfterNs());
        assertFalse(repair.clampRate(Cells.NO_CELL, 0));
    }

    @Test
    void shouldBringACellBackFromTheFarFutureWithWhatItCounts() {
        assertEquals(Taker.TAKEN, take(10, 3, 100));
        // a clock that is years ahead for a moment, in the other slot
        assertEquals(Taker.TAKEN, take(10, 4, 1_001));
        assertEquals(Taker.TAKEN, take(10, 1, 101));
        assertEquals(1_001, plan.receipt(0));
        assertTrue(repair.rebasePeriod(CELL, 101, SPINS));
        assertEquals(101, cells.readOrdinal(CELL));
        assertEquals(5, cells.readUsed(CELL, 101));
        assertEquals(Taker.DENIED, take(10, 6, 101));
        assertEquals(Taker.TAKEN, take(10, 5, 101));
        assertEquals(Taker.TAKEN, take(10, 10, 102));
        assertFalse(repair.rebasePeriod(CELL, 102, SPINS));
        assertFalse(repair.rebasePeriod(CELL, 103, SPINS));
        assertFalse(repair.rebasePeriod(CELL, 0, SPINS));
        assertFalse(repair.rebasePeriod(Cells.NO_CELL, 5, SPINS));
    }

    @Test
    void shouldKeepWhatThePeriodItselfHadCounted() {
        assertEquals(Taker.TAKEN, take(10, 3, 100));
        assertEquals(Taker.TAKEN, take(10, 4, 1_001));
        assertTrue(repair.rebasePeriod(CELL, 100, SPINS));
        assertEquals(7, cells.readUsed(CELL, 100));
    }

    @Test
    void shouldNotCountWhatADeadOpenerDidNotReset() {
        UnsafeBuffer memory = cells.segments()[0];
        int at = Cells.offset(CELL);
        memory.putLong(at, PeriodSlots.claim(cells.incarnation() + 1, 1_000));
        memory.putLong(at + 8, 99);
        memory.putLong(at + 16, 101);
        memory.putLong(at + 24, 6);
        assertTrue(repair.rebasePeriod(CELL, 101, SPINS));
        assertEquals(6, cells.readUsed(CELL, 101));
        assertEquals(101, cells.readOrdinal(CELL));
    }

    @Test
    void shouldWaitForWorkersAndLeaveAllAsItWasWhenTheyDoNotCome() {
        assertEquals(Taker.TAKEN, take(10, 4, 1_001));
        inFlight.enterFlight(1);
        assertFalse(repair.rebasePeriod(CELL, 101, SPINS));
        assertEquals(1_001, cells.readOrdinal(CELL));
        assertEquals(4, cells.readUsed(CELL, 1_001));
        inFlight.exitFlight(1);
        assertEquals(Taker.TAKEN, take(10, 1, 1_001));
        assertTrue(repair.rebasePeriod(CELL, 101, SPINS));
        assertEquals(5, cells.readUsed(CELL, 101));
    }

    @Test
    void shouldLoseNothingBesideWorkers() {
        int rounds = 300;
        Cells many = Cells.inMemory(rounds + 1);
        CellRepair beside = new CellRepair(many, inFlight, 2);
        Taker worker = new Taker(many, inFlight, 0);
        for (int round = 0; round < rounds; round++) {
            long cell = Cells.ref(round + 1);
            AtomicLong taken = new AtomicLong(1);
            AtomicBoolean repaired = new AtomicBoolean();
            plan.begin(NOW_NS);
            plan.addPeriod(cell, 10, 1, 10_000 + round, Long.MAX_VALUE, TakePlan.HARD);
            assertEquals(Taker.TAKEN, worker.take(plan));
            Rounds.run(2, 1, (thread, ignored) -> {
                if (thread == 1) {
                    while (!beside.rebasePeriod(cell, 50, SPINS)) {
                        Thread.yield();
                    }
                    repaired.set(true);
                    return;
                }
                for (int after = 0; after < 20; after += repaired.get() ? 1 : 0) {
                    plan.begin(NOW_NS);
                    plan.addPeriod(cell, Long.MAX_VALUE, 1, 50, Long.MAX_VALUE, TakePlan.HARD);
                    if (worker.take(plan) == Taker.TAKEN) {
                        taken.incrementAndGet();
                    }
                }
            });
            assertEquals(50, many.readOrdinal(cell));
            assertEquals(taken.get(), many.readUsed(cell, 50));
        }
    }
}
