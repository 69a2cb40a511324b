/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TakerTest {
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
    void shouldTakeUpToTheLimitAndNotBeyond() {
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 7, 5));
        assertEquals(7, plan.used(0));
        assertEquals(3, plan.remaining(0));
        assertEquals(Taker.DENIED, takePeriod(A, 10, 4, 5));
        assertEquals(0, plan.deniedAt());
        assertEquals(7, plan.used(0));
        assertEquals(3, plan.remaining(0));
        assertEquals(1_000_000_000L, plan.retryAfterNs(0));
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 3, 5));
        assertEquals(Taker.DENIED, takePeriod(A, 10, 1, 5));
        assertEquals(10, cells.readUsed(A, 5));
    }

    @Test
    void shouldTakeFromAllOrNone() {
        RateSpec rate = RateSpec.of(60, 5, 60_000_000_000L);
        for (int i = 0; i < 5; i++) {
            plan.begin(NOW_NS);
            period(A, 100, 10, 5, TakePlan.HARD);
            plan.addRate(B, rate.multiplier(), rate.unitsPerToken(), rate.burst(), 1, TakePlan.HARD);
            plan.addGauge(C, 50, 2, TakePlan.HARD);
            assertEquals(Taker.TAKEN, taker.take(plan));
        }
        plan.begin(NOW_NS);
        period(A, 100, 10, 5, TakePlan.HARD);
        plan.addRate(B, rate.multiplier(), rate.unitsPerToken(), rate.burst(), 1, TakePlan.HARD);
        plan.addGauge(C, 50, 2, TakePlan.HARD);
        assertEquals(Taker.DENIED, taker.take(plan));
        assertEquals(1, plan.deniedAt());
        assertEquals(1_000_000_000L, plan.retryAfterNs());
        assertTrue(plan.fits(0));
        assertFalse(plan.fits(1));
        assertTrue(plan.fits(2));
        assertEquals(50, cells.readUsed(A, 5));
        assertEquals(10, cells.readGauge(C));
    }

    @Test
    void shouldCheckWithoutChangingAnything() {
        plan.begin(NOW_NS);
        period(A, 10, 10, 5, TakePlan.HARD);
        assertEquals(Taker.FITS, taker.check(plan));
        assertEquals(0, plan.used(0));
        assertEquals(10, plan.remaining(0));
        assertEquals(0, cells.readOrdinal(A));
        plan.begin(NOW_NS);
        period(A, 10, 11, 5, TakePlan.HARD);
        assertEquals(Taker.DENIED, taker.check(plan));
        assertEquals(Gcra.NEVER, plan.retryAfterNs());
    }

    @Test
    void shouldTakeNothingForAnEmptyPlan() {
        plan.begin(NOW_NS);
        assertEquals(TakePlan.NOTHING, plan.addPeriod(A, 10, 0, 5, END_MS, TakePlan.HARD));
        assertEquals(0, plan.size());
        assertEquals(Taker.FITS, taker.check(plan));
        assertEquals(Taker.TAKEN, taker.take(plan));
    }

    @Test
    void shouldCountBeyondASoftLimitAndSaySo() {
        plan.begin(NOW_NS);
        period(A, 10, 8, 5, TakePlan.SOFT);
        assertEquals(Taker.TAKEN, taker.take(plan));
        assertFalse(plan.overLimit(0));
        plan.begin(NOW_NS);
        period(A, 10, 8, 5, TakePlan.SOFT);
        assertEquals(Taker.FITS, taker.check(plan));
        assertTrue(plan.overLimit(0));
        assertEquals(Taker.TAKEN, taker.take(plan));
        assertTrue(plan.overLimit(0));
        assertEquals(16, plan.used(0));
        assertEquals(-6, plan.remaining(0));
        RateSpec rate = RateSpec.of(60, 5, 60_000_000_000L);
        plan.begin(NOW_NS);
        plan.addRate(B, rate.multiplier(), rate.unitsPerToken(), rate.burst(), 7, TakePlan.SOFT);
        assertEquals(Taker.TAKEN, taker.take(plan));
        assertTrue(plan.overLimit(0));
        assertEquals(-2, plan.remaining(0));
        assertEquals(7, plan.used(0));
        assertEquals(7_000_000_000L, plan.fullAfterNs(0));
    }

    @Test
    void shouldCountWithoutALimit() {
        plan.begin(NOW_NS);
        period(A, 0, 1_000, 5, TakePlan.UNLIMITED);
        assertEquals(Taker.TAKEN, taker.take(plan));
        assertFalse(plan.overLimit(0));
        assertEquals(Long.MAX_VALUE, plan.remaining(0));
        assertEquals(1_000, plan.used(0));
    }

    @Test
    void shouldDenyWhatWouldOverflowAlsoWhenSoftOrUnlimited() {
        plan.begin(NOW_NS);
        period(A, Long.MAX_VALUE, Long.MAX_VALUE, 5, TakePlan.HARD);
        assertEquals(Taker.TAKEN, taker.take(plan));
        for (int flags : new int[] {TakePlan.HARD, TakePlan.SOFT, TakePlan.UNLIMITED}) {
            plan.begin(NOW_NS);
            period(A, Long.MAX_VALUE, 1, 5, flags);
            assertEquals(Taker.DENIED, taker.take(plan));
        }
        assertEquals(Long.MAX_VALUE, cells.readUsed(A, 5));
    }

    @Test
    void shouldDenyRatherThanTrustANegativeCounter() {
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 1, 5));
        cells.segments()[0].putLong(PeriodSlots.slot(Cells.offset(A), 5) + PeriodSlots.USED, -1);
        assertEquals(Taker.DENIED, takePeriod(A, 10, 1, 5));
    }

    @Test
    void shouldNotCountBelowNothingWhenMoreComesBackThanIsUsed() {
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 1, 5));
        assertTrue(taker.giveBackPeriod(A, 5, 2));
        assertEquals(0, cells.readUsed(A, 5));
        assertEquals(Taker.DENIED, takePeriod(A, 10, 11, 5));
    }

    @Test
    void shouldCountEntriesOfOneCellOneAfterTheOther() {
        plan.begin(NOW_NS);
        period(A, 10, 6, 5, TakePlan.HARD);
        period(B, 10, 1, 5, TakePlan.HARD);
        period(A, 10, 5, 5, TakePlan.HARD);
        assertEquals(Taker.DENIED, taker.take(plan));
        assertEquals(2, plan.deniedAt());
        assertEquals(6, plan.used(2));
        plan.begin(NOW_NS);
        period(A, 10, 6, 5, TakePlan.HARD);
        period(A, 10, 11, 5, TakePlan.HARD);
        period(A, 10, 4, 5, TakePlan.HARD);
        assertEquals(Taker.DENIED, taker.check(plan));
        assertEquals(1, plan.deniedAt());
        assertTrue(plan.fits(2));
        plan.begin(NOW_NS);
        period(A, 10, 6, 5, TakePlan.HARD);
        period(A, 10, 4, 5, TakePlan.HARD);
        assertEquals(Taker.TAKEN, taker.take(plan));
        assertEquals(10, cells.readUsed(A, 5));
        assertTrue(taker.giveBack(plan, NOW_NS));
        assertEquals(0, cells.readUsed(A, 5));
    }

    @Test
    void shouldStartAnewInANewPeriod() {
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 10, 5));
        assertEquals(Taker.DENIED, takePeriod(A, 10, 1, 5));
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 4, 6));
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 5, 7));
        assertEquals(4, cells.readUsed(A, 6));
        assertEquals(5, cells.readUsed(A, 7));
        assertEquals(0, cells.readUsed(A, 5));
        assertEquals(7, cells.readOrdinal(A));
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 10, 1_000));
        assertEquals(0, cells.readUsed(A, 6));
    }

    @Test
    void shouldGoOnInTheNewerPeriodWhenTheClockGoesBack() {
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 10, 5));
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 9, 6));
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 1, 5));
        assertEquals(6, plan.receipt(0));
        assertEquals(10, cells.readUsed(A, 6));
        assertEquals(10, cells.readUsed(A, 5));
        assertEquals(Taker.DENIED, takePeriod(A, 10, 1, 4));
        assertEquals(10, plan.used(0));
    }

    @Test
    void shouldGiveBackToThePeriodItTookFrom() {
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 7, 5));
        TakePlan other = new TakePlan();
        other.begin(NOW_NS);
        other.addPeriod(A, 10, 4, 6, END_MS, TakePlan.HARD);
        assertEquals(Taker.TAKEN, taker.take(other));
        assertTrue(taker.giveBack(plan, NOW_NS));
        assertEquals(0, cells.readUsed(A, 5));
        assertEquals(4, cells.readUsed(A, 6));
        assertFalse(taker.giveBack(plan, NOW_NS));
        assertTrue(taker.giveBackPeriod(A, 6, 1));
        assertEquals(3, cells.readUsed(A, 6));
        assertFalse(taker.giveBackPeriod(A, 4, 1));
        assertFalse(taker.giveBackPeriod(A, 8, 1));
        assertFalse(taker.giveBackPeriod(A, 6, 0));
        assertEquals(3, cells.readUsed(A, 6));
    }

    @Test
    void shouldForgetWhatComesBackAfterItsPeriod() {
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 7, 5));
        TakePlan old = new TakePlan();
        old.begin(NOW_NS);
        old.addPeriod(A, 10, 2, 5, END_MS, TakePlan.HARD);
        assertEquals(Taker.TAKEN, taker.take(old));
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 3, 7));
        assertTrue(taker.giveBack(old, NOW_NS));
        assertEquals(3, cells.readUsed(A, 7));
    }

    @Test
    void shouldReturnHeldGaugesAndRates() {
        RateSpec rate = RateSpec.of(60, 5, 60_000_000_000L);
        long now = Gcra.position(rate.multiplier(), NOW_NS);
        plan.begin(NOW_NS);
        plan.addGauge(C, 3, 3, TakePlan.HARD);
        plan.addRate(B, rate.multiplier(), rate.unitsPerToken(), rate.burst(), 5, TakePlan.HARD);
        assertEquals(Taker.TAKEN, taker.take(plan));
        long receipt = plan.receipt(1);
        assertEquals(TakePlan.WHEN_RELEASED, gaugeWait());
        assertTrue(taker.giveBackGauge(C, 2));
        assertEquals(1, cells.readGauge(C));
        assertTrue(taker.giveBackRate(B, now, rate.unitsPerToken(), 2, receipt));
        assertEquals(2, Gcra.remaining(cells.readPosition(B), now, rate.unitsPerToken(), rate.burst()));
        assertFalse(taker.giveBackGauge(Cells.NO_CELL, 1));
        assertFalse(taker.giveBackRate(C + 1, now, 1, 1, receipt));
    }

    private long gaugeWait() {
        TakePlan asked = new TakePlan();
        asked.begin(NOW_NS);
        asked.addGauge(C, 3, 1, TakePlan.HARD);
        assertEquals(Taker.DENIED, taker.take(asked));
        return asked.retryAfterNs();
    }

    @Test
    void shouldSayHowLongToWaitForAllThatDoNotFit() {
        RateSpec rate = RateSpec.of(60, 5, 60_000_000_000L);
        plan.begin(NOW_NS);
        plan.addRate(B, rate.multiplier(), rate.unitsPerToken(), rate.burst(), 5, TakePlan.HARD);
        period(A, 10, 10, 5, TakePlan.HARD);
        assertEquals(Taker.TAKEN, taker.take(plan));
        plan.begin(NOW_NS);
        plan.addRate(B, rate.multiplier(), rate.unitsPerToken(), rate.burst(), 4, TakePlan.HARD);
        period(A, 10, 1, 5, TakePlan.HARD);
        plan.addGauge(C, 1, 1, TakePlan.HARD);
        assertEquals(Taker.DENIED, taker.take(plan));
        assertEquals(0, plan.deniedAt());
        assertEquals(4_000_000_000L, plan.retryAfterNs(0));
        assertEquals(1_000_000_000L, plan.retryAfterNs(1));
        assertEquals(0, plan.retryAfterNs(2));
        assertEquals(4_000_000_000L, plan.retryAfterNs());
        assertEquals(END_MS, plan.resetEpochMs(1));
    }

    @Test
    void shouldRefuseWorkersThatDoNotExist() {
        assertThrows(IllegalArgumentException.class, () -> new Taker(cells, inFlight, 3));
        assertThrows(IllegalArgumentException.class, () -> new Taker(cells, inFlight, -1));
        assertThrows(IllegalArgumentException.class, () -> new Taker(cells, inFlight, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new InFlight(0));
        assertThrows(IllegalArgumentException.class, () -> new CellRepair(cells, inFlight, 3));
    }

    @Test
    void shouldNotTakeAPlanTwice() {
        assertEquals(Taker.TAKEN, takePeriod(A, 10, 1, 5));
        assertEquals(Taker.BROKEN, taker.take(plan));
        assertEquals(Taker.BROKEN, taker.check(plan));
        assertEquals(TakePlan.INVALID, plan.addGauge(B, 1, 1, TakePlan.HARD));
        assertEquals(1, cells.readUsed(A, 5));
    }
}
