/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Nothing on the decision path allocates: takes, denies, checks, give-backs, rollovers, all results. */
class TakeAllocationTest {
    private static final long NOW_NS = 1_800_000_000_000_000_000L;
    private static final RateSpec RATE = RateSpec.of(7_000, 40, 60_000_000_000L);
    private static final int CHAIN = 7;

    private final Cells cells = Cells.inMemory(64);
    private final InFlight inFlight = new InFlight(2);
    private final Taker taker = new Taker(cells, inFlight, 0);
    private final TakePlan plan = new TakePlan(TakePlan.DEFAULT_CAPACITY, 4);
    private long sum;

    private void plan(long round) {
        plan.begin(NOW_NS + round * 1_000_000);
        for (int scope = 0; scope < CHAIN; scope++) {
            long cell = 3 * scope;
            plan.addPeriod(Cells.ref(cell + 1), 90, 1, 5 + round / 100, Long.MAX_VALUE, TakePlan.HARD);
            plan.addRate(Cells.ref(cell + 2), RATE.multiplier(), RATE.unitsPerToken(), RATE.burst(), 1, TakePlan.HARD);
            plan.addGauge(Cells.ref(cell + 3), 1_000, 1, TakePlan.SOFT);
        }
    }

    /** Three requests, each with a choice. */
    private void batch(long round) {
        plan.begin(NOW_NS + round * 1_000_000);
        for (int part = 0; part < 3; part++) {
            if (part > 0) {
                plan.nextPart();
            }
            plan.addPeriod(Cells.ref(30 + part), 90, 1, 5 + round / 100, Long.MAX_VALUE, TakePlan.HARD);
            plan.beginChoice();
            plan.addPeriod(Cells.ref(40), 100, 1, 5 + round / 100, Long.MAX_VALUE, TakePlan.HARD);
            plan.addPeriod(Cells.ref(41), 100, 1, 5 + round / 100, Long.MAX_VALUE, TakePlan.HARD);
            plan.endChoice();
        }
    }

    private void results() {
        for (int entry = 0; entry < plan.size(); entry++) {
            sum += plan.used(entry) + plan.remaining(entry) + plan.retryAfterNs(entry) + plan.fullAfterNs(entry);
            sum += plan.overLimit(entry) ? 1 : 0;
        }
        sum += plan.retryAfterNs() + plan.deniedAt();
    }

    private int turn(long round) {
        plan(round);
        int checked = taker.check(plan);
        int code = taker.take(plan);
        results();
        if (round % 3 == 0) {
            taker.giveBack(plan, NOW_NS + round * 1_000_000);
        }
        batch(round);
        sum += taker.check(plan) + taker.take(plan);
        results();
        if (round % 3 == 0) {
            taker.giveBack(plan, NOW_NS + round * 1_000_000);
        }
        return (code == Taker.TAKEN ? 1 : 0) | (code == Taker.DENIED && checked == Taker.DENIED ? 1 << 16 : 0);
    }

    @Test
    void shouldAllocateNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int outcomes = 0;
        for (long round = 0; round < 20_000; round++) {
            outcomes += turn(round) & 1;
        }
        long self = Thread.currentThread().getId();
        threads.getThreadAllocatedBytes(self);
        long before = threads.getThreadAllocatedBytes(self);
        long cost = threads.getThreadAllocatedBytes(self) - before;
        int takes = 0;
        int denies = 0;
        long least = Long.MAX_VALUE;
        // the runtime may allocate once in a while for reasons of its own; what a take allocates, it allocates every
        // time
        for (long repetition = 1; repetition <= 3; repetition++) {
            long start = threads.getThreadAllocatedBytes(self);
            for (long round = repetition * 20_000; round < (repetition + 1) * 20_000; round++) {
                int outcome = turn(round);
                takes += outcome & 1;
                denies += outcome >> 16;
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(self) - start - cost);
        }
        assertTrue(outcomes > 0 && takes > 3_000 && denies > 3_000, takes + " takes, " + denies + " denies");
        assertEquals(0, least, "bytes allocated in 20,000 rounds, sum " + sum);
    }
}
