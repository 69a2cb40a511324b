/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What comes back to which counter when it is not known who took it. */
class RefunderTest {
    private static final long NOW_NS = 1_800_000_000_000_000_000L;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long A = Cells.ref(1);
    private static final long B = Cells.ref(2);
    private static final RateSpec RATE = RateSpec.of(60, 10, 60 * SECOND_NS);
    private static final int WORKERS = 2;

    private final Cells cells = Cells.inMemory(4);
    private final InFlight inFlight = new InFlight(WORKERS);
    private final Taker taker = new Taker(cells, inFlight, 0, 50);
    private final TakePlan plan = new TakePlan();

    private void take(final long cell, final long amount, final long ordinal) {
        period(cell, amount, ordinal);
        assertEquals(Taker.TAKEN, taker.take(plan));
    }

    private void period(final long cell, final long amount, final long ordinal) {
        plan.begin(NOW_NS);
        plan.addPeriod(cell, 10, amount, ordinal, Long.MAX_VALUE, TakePlan.HARD);
    }

    private int refund(final long cell, final long amount, final long ordinal) {
        period(cell, amount, ordinal);
        return taker.refund(plan);
    }

    private int refundRate(final long amount, final long nowNs) {
        plan.begin(nowNs);
        plan.addRate(A, RATE.multiplier(), RATE.unitsPerToken(), RATE.burst(), amount, TakePlan.HARD);
        return taker.refund(plan);
    }

    private long missing(final long nowNs) {
        return cells.readPosition(A) - Gcra.position(RATE.multiplier(), nowNs);
    }

    @Test
    void shouldGiveBackWhatIsUsedAndShowWhatIsLeft() {
        take(A, 7, 5);
        assertEquals(Taker.REFUNDED, refund(A, 3, 5));
        assertEquals(4, cells.readUsed(A, 5));
        assertEquals(4, plan.used(0));
        assertEquals(6, plan.remaining(0));
        assertTrue(plan.refunded());
        assertFalse(plan.taken());
    }

    @Test
    void shouldGiveBackNoMoreThanIsUsed() {
        take(A, 2, 5);
        assertEquals(Taker.REFUNDED, refund(A, Long.MAX_VALUE, 5));
        assertEquals(0, cells.readUsed(A, 5));
        assertEquals(10, plan.remaining(0));
        assertEquals(Taker.REFUNDED, refund(A, 1, 5));
        assertEquals(0, cells.readUsed(A, 5));
    }

    @Test
    void shouldGiveBackToThePeriodOfNowAlone() {
        take(A, 7, 5);
        assertEquals(Taker.REFUNDED, refund(A, 3, 6));
        assertEquals(7, cells.readUsed(A, 5), "what was used in the period before");
        assertEquals(5, cells.readOrdinal(A), "nothing was opened");
        take(A, 2, 6);
        assertEquals(Taker.REFUNDED, refund(A, 1, 6));
        assertEquals(1, cells.readUsed(A, 6));
        // a clock that steps back goes on counting in the newer period
        assertEquals(Taker.REFUNDED, refund(A, 1, 5));
        assertEquals(0, cells.readUsed(A, 6));
        assertEquals(7, cells.readUsed(A, 5));
    }

    @Test
    void shouldGiveARateBackWhatItsBucketMisses() {
        plan.begin(NOW_NS);
        plan.addRate(A, RATE.multiplier(), RATE.unitsPerToken(), RATE.burst(), 6, TakePlan.HARD);
        assertEquals(Taker.TAKEN, taker.take(plan));
        assertEquals(Taker.REFUNDED, refundRate(2, NOW_NS));
        assertEquals(4 * RATE.unitsPerToken(), missing(NOW_NS));
        assertEquals(6, plan.remaining(0));
        // time gives back three and a half; the rest comes back, and no more
        final long laterNs = NOW_NS + 3 * SECOND_NS + SECOND_NS / 2;
        assertEquals(Taker.REFUNDED, refundRate(3, laterNs));
        assertEquals(0, missing(laterNs));
        assertEquals(10, plan.remaining(0));
        assertEquals(Taker.REFUNDED, refundRate(Long.MAX_VALUE, laterNs + 60 * SECOND_NS));
        assertEquals(0, missing(laterNs), "a full bucket stays as it is");
    }

    @Test
    void shouldGiveBackToAllOfThemAtOnce() {
        take(A, 3, 5);
        take(B, 8, 5);
        period(A, 4, 5);
        plan.addPeriod(B, 10, 4, 5, Long.MAX_VALUE, TakePlan.SOFT);
        assertEquals(Taker.REFUNDED, taker.refund(plan));
        assertEquals(0, cells.readUsed(A, 5));
        assertEquals(4, cells.readUsed(B, 5));
    }

    @Test
    void shouldCountEntriesOfOneCellOneAfterTheOther() {
        take(A, 8, 5);
        period(A, 3, 5);
        plan.addPeriod(A, 10, 7, 5, Long.MAX_VALUE, TakePlan.UNLIMITED);
        assertEquals(Taker.REFUNDED, taker.refund(plan));
        assertEquals(5, plan.used(0));
        assertEquals(0, plan.used(1));
        assertEquals(0, cells.readUsed(A, 5));
    }

    @Test
    void shouldNotTouchANegativeCounterOrWhatIsHeld() {
        take(A, 1, 5);
        cells.segments()[0].putLong(PeriodSlots.slot(Cells.offset(A), 5) + PeriodSlots.USED, -7);
        assertEquals(Taker.REFUNDED, refund(A, 3, 5));
        assertEquals(-7, cells.readUsed(A, 5));
        plan.begin(NOW_NS);
        plan.addGauge(B, 10, 2, TakePlan.HARD);
        assertEquals(Taker.TAKEN, taker.take(plan));
        plan.begin(NOW_NS);
        plan.addGauge(B, 10, 2, TakePlan.HARD);
        assertEquals(Taker.BROKEN, taker.refund(plan));
        assertEquals(2, cells.readGauge(B));
    }

    @Test
    void shouldRefuseAPlanThatIsUsedUp() {
        take(A, 5, 5);
        assertEquals(Taker.BROKEN, taker.refund(plan), "taken: to be given back as such");
        assertEquals(Taker.REFUNDED, refund(A, 1, 5));
        assertEquals(Taker.BROKEN, taker.refund(plan));
        assertEquals(Taker.BROKEN, taker.take(plan));
        assertEquals(TakePlan.INVALID, plan.addPeriod(A, 10, 1, 5, Long.MAX_VALUE, TakePlan.HARD));
        assertEquals(Taker.BROKEN, refund(Cells.ref(4_000), 1, 5));
        assertEquals(4, cells.readUsed(A, 5));
    }

    @Test
    void shouldGiveNothingBackWhileOthersAreInTheWay() {
        take(A, 5, 5);
        inFlight.enterFlight(1);
        assertEquals(Taker.CONTENDED, refund(A, 1, 5), "what is read may be undone");
        inFlight.exitFlight(1);
        inFlight.enterUndo(1);
        assertEquals(Taker.CONTENDED, refund(A, 1, 5), "somebody else gives back");
        inFlight.exitUndo(1);
        assertEquals(5, cells.readUsed(A, 5));
        assertEquals(Taker.REFUNDED, refund(A, 1, 5));
        assertEquals(4, cells.readUsed(A, 5));
    }

    @Test
    void shouldSucceedWithNothingToGiveBackTo() {
        plan.begin(NOW_NS);
        assertEquals(Taker.REFUNDED, taker.refund(plan));
    }
}
