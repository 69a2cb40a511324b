/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** What a taker answers while others are in the middle of something, one moment at a time. */
class TakerContentionTest {
    private static final long NOW_NS = 1_800_000_000_000_000_000L;
    private static final long NOW_MS = NOW_NS / 1_000_000;
    private static final long END_MS = NOW_MS + 1_000;
    private static final long A = Cells.ref(1);
    private static final long B = Cells.ref(2);
    private static final long C = Cells.ref(3);

    private final Cells cells = Cells.inMemory(16);
    private final InFlight inFlight = new InFlight(3);
    private final Taker taker = new Taker(cells, inFlight, 0);
    private final TakePlan plan = new TakePlan();

    private void period(long cell, long limit, long amount, long ordinal, int flags) {
        assertTrue(plan.addPeriod(cell, limit, amount, ordinal, END_MS, flags) >= 0);
    }

    private int takePeriod(long cell, long limit, long amount, long ordinal) {
        plan.begin(NOW_NS);
        period(cell, limit, amount, ordinal, TakePlan.HARD);
        return taker.take(plan);
    }

    @Test
    void shouldNotDenyWhileAnotherMayStillUndoWhatWasRead() {
        InFlight flights = new InFlight(2);
        Taker patient = new Taker(cells, flights, 0, 100);
        plan.begin(NOW_NS);
        period(A, 1, 1, 5, TakePlan.HARD);
        // worker 1 holds the last unit for the moment
        flights.enterFlight(1);
        assertEquals(Taker.TAKEN, new Taker(cells, new InFlight(1), 0).take(plan));
        TakePlan asking = new TakePlan();
        asking.begin(NOW_NS);
        asking.addPeriod(A, 1, 1, 5, END_MS, TakePlan.HARD);
        assertEquals(Taker.CONTENDED, patient.take(asking));
        assertEquals(Taker.CONTENDED, patient.check(asking));
        // it gives the unit back
        flights.enterUndo(1);
        assertEquals(Taker.CONTENDED, patient.take(asking));
        new Taker(cells, new InFlight(1), 0).giveBack(plan, NOW_NS);
        flights.exitUndo(1);
        flights.exitFlight(1);
        assertEquals(Taker.FITS, patient.check(asking));
        assertEquals(Taker.TAKEN, patient.take(asking));
        // and now that nobody is on the way, a deny is a deny
        asking.begin(NOW_NS);
        asking.addPeriod(A, 1, 1, 5, END_MS, TakePlan.HARD);
        assertEquals(Taker.DENIED, patient.take(asking));
    }

    @Test
    void shouldNotDenyWhileAReturnIsHalfDone() {
        assertEquals(Taker.TAKEN, takePeriod(A, 1, 1, 5));
        Taker hasty = new Taker(cells, inFlight, 0, 50);
        inFlight.enterUndo(1);
        plan.begin(NOW_NS);
        period(A, 1, 1, 5, TakePlan.HARD);
        assertEquals(Taker.CONTENDED, hasty.take(plan));
        assertEquals(Taker.CONTENDED, hasty.check(plan));
        inFlight.exitUndo(1);
        assertEquals(Taker.DENIED, hasty.take(plan));
    }

    @Test
    void shouldSayThatItGivesBackWhileItDoes() {
        long[] stamps = new long[4];
        UnsafeBuffer memory = new UnsafeBuffer(ByteBuffer.allocateDirect(128)) {
            @Override
            public long getAndAddLong(int index, long delta) {
                stamps[index / Cells.CELL_BYTES] = inFlight.undoStamp();
                return super.getAndAddLong(index, delta);
            }

            @Override
            public boolean compareAndSetLong(int index, long expected, long value) {
                stamps[index / Cells.CELL_BYTES] = inFlight.undoStamp();
                return super.compareAndSetLong(index, expected, value);
            }
        };
        Taker watched = new Taker(new Cells(1, new UnsafeBuffer[] {memory}), inFlight, 0);
        plan.begin(NOW_NS);
        period(A, 1, 1, 5, TakePlan.HARD);
        plan.addGauge(B, 1, 1, TakePlan.HARD);
        assertEquals(Taker.TAKEN, watched.take(plan));
        assertTrue(watched.giveBack(plan, NOW_NS));
        assertEquals(InFlight.BUSY, stamps[1]);
        assertEquals(InFlight.BUSY, stamps[2]);
        assertTrue(inFlight.undoStamp() != InFlight.BUSY);
        plan.begin(NOW_NS);
        period(A, 1, 1, 5, TakePlan.HARD);
        assertEquals(Taker.TAKEN, watched.take(plan));
        stamps[1] = 0;
        assertTrue(watched.giveBackPeriod(A, 5, 1));
        assertTrue(watched.giveBackGauge(C, 1));
        assertEquals(InFlight.BUSY, stamps[1]);
        assertEquals(InFlight.BUSY, stamps[3]);
    }

    @Test
    void shouldNotAnswerForAPeriodThatSomebodyIsOnlyAboutToOpen() {
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 9, 5));
        Taker hasty = new Taker(cells, inFlight, 0, 50);
        UnsafeBuffer memory = cells.segments()[0];
        int slot = PeriodSlots.slot(Cells.offset(A), 5);
        memory.putLong(slot, PeriodSlots.claim(cells.incarnation(), 7));
        for (long amount = 1; amount <= 11; amount += 10) {
            plan.begin(NOW_NS);
            period(A, 10, amount, 5, TakePlan.HARD);
            assertEquals(Taker.CONTENDED, hasty.check(plan));
            assertEquals(Taker.CONTENDED, hasty.take(plan));
        }
        // whose own time has come may say that the new period is empty, but not take before it is open
        plan.begin(NOW_NS);
        period(A, 10, 10, 7, TakePlan.HARD);
        assertEquals(Taker.FITS, hasty.check(plan));
        assertEquals(Taker.CONTENDED, hasty.take(plan));
        memory.putLong(slot, 5);
        assertEquals(Taker.TAKEN, hasty.take(plan));
    }

    @Test
    void shouldReadWhatIsUsedTogetherWithItsPeriod() {
        UnsafeBuffer memory = new UnsafeBuffer(ByteBuffer.allocateDirect(64)) {
            private int reads;

            @Override
            public long getLongVolatile(int index) {
                if (index == Cells.CELL_BYTES + 16 + PeriodSlots.USED && ++reads == 1) {
                    // between the reads of ordinal and used: two periods pass, and the new one fills up
                    putLong(Cells.CELL_BYTES + 16, 7);
                    putLong(Cells.CELL_BYTES + 16 + PeriodSlots.USED, 10);
                }
                return super.getLongVolatile(index);
            }
        };
        memory.putLong(Cells.CELL_BYTES + 16, 5);
        Taker slow = new Taker(new Cells(1, new UnsafeBuffer[] {memory}), inFlight, 0);
        plan.begin(NOW_NS);
        period(A, 10, 1, 5, TakePlan.HARD);
        assertEquals(Taker.DENIED, slow.take(plan));
        assertEquals(7, plan.receipt(0));
    }

    @Test
    void shouldWaitWithAReturnWhileSomebodyIsAboutToEndItsPeriod() {
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 7, 5));
        Taker hasty = new Taker(cells, inFlight, 0, 50);
        UnsafeBuffer memory = cells.segments()[0];
        int slot = PeriodSlots.slot(Cells.offset(A), 5);
        memory.putLong(slot, PeriodSlots.claim(cells.incarnation(), 7));
        assertFalse(hasty.giveBackPeriod(A, 5, 2));
        assertFalse(hasty.giveBack(plan, NOW_NS));
        // the opener gives up
        memory.putLong(slot, 5);
        assertEquals(7, cells.readUsed(A, 5));
        assertTrue(hasty.giveBackPeriod(A, 5, 7));
        assertEquals(0, cells.readUsed(A, 5));
    }

    @Test
    void shouldNotOpenAPeriodWhileSomebodyMayBeAddingToTheOldOne() {
        InFlight flights = new InFlight(2);
        Taker patient = new Taker(cells, flights, 0, 100);
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 7, 5));
        for (int word = 0; word < 2; word++) {
            if (word == 0) {
                flights.enterFlight(1);
            } else {
                flights.enterGuard(1);
            }
            plan.begin(NOW_NS);
            period(A, 10, 1, 7, TakePlan.HARD);
            assertEquals(Taker.CONTENDED, patient.take(plan));
            assertEquals(7, cells.readUsed(A, 5));
            if (word == 0) {
                flights.exitFlight(1);
            } else {
                flights.exitGuard(1);
            }
        }
        assertEquals(Taker.TAKEN, patient.take(plan));
        assertEquals(1, cells.readUsed(A, 7));
    }
}
