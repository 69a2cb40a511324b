/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Choices and parts, one thread. */
class TakerShapeTest {
    private static final long NOW_NS = 1_800_000_000_000_000_000L;
    private static final long A = Cells.ref(1);
    private static final long B = Cells.ref(2);
    private static final long C = Cells.ref(3);

    private final Cells cells = Cells.inMemory(16);
    private final Taker taker = new Taker(cells, new InFlight(1), 0);
    private final TakePlan plan = new TakePlan(64, 8);

    private void gauge(long cell, long limit, long amount) {
        assertTrue(plan.addGauge(cell, limit, amount, TakePlan.HARD) >= 0);
    }

    private void choice(long amount, long limitA, long limitB) {
        plan.beginChoice();
        gauge(A, limitA, amount);
        gauge(B, limitB, amount);
        plan.endChoice();
    }

    private int takeChoice(long amount, long limitA, long limitB) {
        plan.begin(NOW_NS);
        choice(amount, limitA, limitB);
        return taker.take(plan);
    }

    @Test
    void shouldTakeTheFirstOfAChoiceThatFitsAndNoOther() {
        assertEquals(Taker.TAKEN, takeChoice(3, 5, 5));
        assertFalse(plan.skipped(0));
        assertTrue(plan.skipped(1));
        assertEquals(Taker.TAKEN, takeChoice(3, 5, 5));
        assertTrue(plan.skipped(0));
        assertFalse(plan.skipped(1));
        assertEquals(3, plan.used(0));
        assertEquals(3, plan.used(1));
        assertEquals(3, cells.readGauge(A));
        assertEquals(3, cells.readGauge(B));
        assertEquals(Taker.TAKEN, takeChoice(2, 5, 5));
        assertEquals(5, cells.readGauge(A));
    }

    @Test
    void shouldDenyAChoiceOfWhichNothingFits() {
        assertEquals(Taker.TAKEN, takeChoice(3, 5, 5));
        assertEquals(Taker.DENIED, takeChoice(6, 5, 5));
        assertEquals(0, plan.deniedAt());
        assertFalse(plan.fits(0) || plan.fits(1) || plan.skipped(0) || plan.skipped(1));
        assertEquals(3, cells.readGauge(A));
        assertEquals(0, cells.readGauge(B));
    }

    @Test
    void shouldGiveBackOnlyWhatWasTaken() {
        takeChoice(3, 5, 5);
        assertEquals(Taker.TAKEN, takeChoice(3, 5, 5));
        assertTrue(taker.giveBack(plan, NOW_NS));
        assertEquals(3, cells.readGauge(A));
        assertEquals(0, cells.readGauge(B));
    }

    @Test
    void shouldTakeNothingOfAChoiceWhenSomethingElseDoesNotFit() {
        plan.begin(NOW_NS);
        choice(1, 5, 5);
        gauge(C, 1, 2);
        assertEquals(Taker.DENIED, taker.take(plan));
        assertEquals(2, plan.deniedAt());
        assertEquals(0, cells.readGauge(A));
    }

    @Test
    void shouldOpenNoPeriodOfWhatItPassesOver() {
        plan.begin(NOW_NS);
        plan.beginChoice();
        plan.addPeriod(A, 5, 6, 4, Long.MAX_VALUE, TakePlan.HARD);
        plan.addPeriod(B, 6, 6, 4, Long.MAX_VALUE, TakePlan.HARD);
        plan.addPeriod(C, 6, 6, 4, Long.MAX_VALUE, TakePlan.HARD);
        plan.endChoice();
        assertEquals(Taker.TAKEN, taker.take(plan));
        assertEquals(0, cells.readOrdinal(A));
        assertEquals(4, cells.readOrdinal(B));
        assertEquals(0, cells.readOrdinal(C));
    }

    @Test
    void shouldLetTwoChoicesOfOnePlanCountTogether() {
        plan.begin(NOW_NS);
        choice(3, 5, 5);
        choice(3, 5, 5);
        assertEquals(Taker.TAKEN, taker.take(plan));
        assertFalse(plan.skipped(0));
        assertFalse(plan.skipped(3));
        assertEquals(3, cells.readGauge(A));
        assertEquals(3, cells.readGauge(B));
        plan.begin(NOW_NS);
        choice(2, 5, 5);
        choice(2, 5, 5);
        choice(2, 5, 5);
        assertEquals(Taker.DENIED, taker.take(plan));
        assertEquals(4, plan.deniedAt());
    }

    @Test
    void shouldBeAPlainEntryWhenThereIsNoChoice() {
        plan.begin(NOW_NS);
        plan.beginChoice();
        gauge(A, 5, 1);
        plan.endChoice();
        plan.beginChoice();
        plan.endChoice();
        assertFalse(plan.shape.shaped());
        assertEquals(Taker.TAKEN, taker.take(plan));
    }

    @Test
    void shouldJudgeEachPartAsIfThoseBeforeItThatFitHadBeenTaken() {
        plan.begin(NOW_NS);
        gauge(A, 10, 6);
        assertTrue(plan.nextPart());
        gauge(B, 10, 1);
        gauge(A, 10, 2);
        gauge(A, 10, 3); // 6 + 2 + 3 > 10
        assertTrue(plan.nextPart());
        gauge(A, 10, 4); // the second counts nothing
        gauge(B, 1, 1);
        assertTrue(plan.nextPart());
        gauge(A, 10, 1);
        assertEquals(Taker.DENIED, taker.check(plan));
        assertEquals(4, plan.parts());
        assertTrue(plan.partFits(0));
        assertFalse(plan.partFits(1));
        assertEquals(3, plan.partDeniedAt(1));
        assertTrue(plan.partFits(2));
        assertFalse(plan.partFits(3));
        assertEquals(3, plan.deniedAt());
        assertEquals(1, plan.partStart(1));
        assertEquals(4, plan.partEnd(1));
        assertEquals(6, plan.used(4));
        assertEquals(10, plan.used(6));
        assertEquals(Taker.DENIED, taker.take(plan));
        assertEquals(0, cells.readGauge(A));
        assertEquals(0, cells.readGauge(B));
    }

    @Test
    void shouldTakeAllPartsWhenAllFit() {
        plan.begin(NOW_NS);
        gauge(A, 10, 6);
        plan.nextPart();
        plan.nextPart();
        gauge(A, 10, 4);
        assertEquals(Taker.FITS, taker.check(plan));
        assertEquals(Taker.TAKEN, taker.take(plan));
        assertTrue(plan.partFits(0) && plan.partFits(1) && plan.partFits(2));
        assertEquals(6, plan.used(0));
        assertEquals(10, plan.used(1));
        assertEquals(10, cells.readGauge(A));
    }

    @Test
    void shouldTakeNothingWhenAPartIsRefusedAndLetItCountNothing() {
        plan.begin(NOW_NS);
        gauge(A, 10, 6);
        plan.refusePart();
        plan.nextPart();
        gauge(A, 10, 6);
        assertEquals(Taker.DENIED, taker.take(plan));
        assertFalse(plan.partFits(0));
        assertEquals(-1, plan.partDeniedAt(0));
        assertTrue(plan.partFits(1));
        assertEquals(0, plan.used(1));
        assertEquals(0, cells.readGauge(A));
        plan.begin(NOW_NS);
        gauge(A, 10, 6);
        assertEquals(Taker.TAKEN, taker.take(plan));
    }

    @Test
    void shouldGiveThePoolThatADeniedPartWouldHaveTakenToTheNext() {
        plan.begin(NOW_NS);
        choice(4, 5, 5);
        gauge(C, 1, 2);
        plan.nextPart();
        choice(4, 5, 5);
        plan.nextPart();
        choice(4, 5, 5);
        plan.nextPart();
        choice(4, 5, 5);
        assertEquals(Taker.DENIED, taker.check(plan));
        assertFalse(plan.skipped(3));
        assertTrue(plan.skipped(5));
        assertFalse(plan.skipped(6));
        assertFalse(plan.partFits(3));
        assertEquals(7, plan.partDeniedAt(3));
    }

    @Test
    void shouldSayWhenThereIsNoRoomForAnotherPart() {
        plan.begin(NOW_NS);
        for (int part = 1; part < 8; part++) {
            assertTrue(plan.nextPart());
        }
        assertFalse(plan.nextPart());
        assertEquals(8, plan.parts());
        plan.begin(NOW_NS);
        assertEquals(1, plan.parts());
        assertEquals(0, plan.partEnd(0));
    }

    @Test
    void shouldBeBrokenByACellThatDoesNotExist() {
        plan.begin(NOW_NS);
        choice(1, 5, 5);
        plan.beginChoice();
        gauge(A, 5, 1);
        gauge(Cells.ref(1 << 20), 5, 1);
        plan.endChoice();
        assertEquals(Taker.BROKEN, taker.take(plan));
        assertEquals(0, cells.readGauge(A));
    }
}
