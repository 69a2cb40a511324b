/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
}
