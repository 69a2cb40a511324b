/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.quota.CellRepair;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.world.CeilingRow;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.loader.fixture.FakeClock;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of counters when the wall clock was ahead and goes back: healed, and nothing handed out for it. */
class ClockRepairTest {
    private static final long HOUR_MS = 3_600_000;
    private static final long DAY_MS = 24 * HOUR_MS;
    private static final int BURST = 60;

    @TempDir
    Path stateDir;

    private final SnapshotBuilder.Built snapshot =
            SampleSnapshot.withRate(7, BURST).build();
    private LoaderHarness harness;

    @BeforeEach
    void start() throws Exception {
        harness = open(new FakeClock());
        harness.install(snapshot);
    }

    private LoaderHarness open(FakeClock clock) throws Exception {
        LoaderHarness opened = new LoaderHarness(stateDir, LoaderHarness.context(), clock);
        opened.loader.repairWith(new CellRepair(opened.loader.cells().cells(), new InFlight(2), 1));
        return opened;
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private World world() {
        World world = harness.loader.worlds().current();
        assertNotNull(world);
        return world;
    }

    private CeilingRow ceiling(int dimension) {
        ScopeRow row = new ScopeRow().wrap(world(), world().findPath("org:acme"));
        CeilingRow ceiling = new CeilingRow().first(world(), row);
        for (int i = 0; ceiling.dimensionId() != dimension; i++) {
            assertTrue(i < row.ceilingCount());
            ceiling.next();
        }
        return ceiling;
    }

    private long epochMs() {
        return (harness.clock.monotonicNs() + harness.clock.epochOffsetNs()) / 1_000_000;
    }

    private boolean takeRequests(long count, int flags) {
        CeilingRow rate = ceiling(SampleSnapshot.REQUESTS).at(epochMs());
        TakePlan plan = new TakePlan();
        plan.begin(harness.clock.monotonicNs() + harness.clock.epochOffsetNs());
        plan.addRate(rate.cellRef(), rate.rate(0), rate.rate(1), rate.rate(2), count, flags);
        return taker().take(plan) == Taker.TAKEN;
    }

    private boolean takeTokens(long count) {
        CeilingRow monthly = ceiling(SampleSnapshot.TOKENS);
        PeriodTable periods = world().periods();
        int place = periods.locate(monthly.windowId(), epochMs());
        TakePlan plan = new TakePlan();
        plan.begin(harness.clock.monotonicNs() + harness.clock.epochOffsetNs());
        plan.addPeriod(
                monthly.cellRef(), monthly.limit(), count, periods.ordinal(place), periods.endMs(place), TakePlan.HARD);
        return taker().take(plan) == Taker.TAKEN;
    }

    private Taker taker() {
        return new Taker(harness.loader.cells().cells(), new InFlight(1), 0);
    }

    private long healed() {
        return harness.status().time().countersHealed();
    }

    private void step(long ms) {
        harness.clock.stepWallMs(ms);
        harness.settle();
    }

    /** The second that a repair lets pass. */
    private void letRepair() {
        harness.advanceMs(1_001);
        harness.advanceMs(60);
    }

    @Test
    void shouldFillABucketAgainFromEmptyAfterTheClockWasAhead() {
        step(HOUR_MS);
        assertTrue(takeRequests(10, TakePlan.HARD));
        step(-HOUR_MS);
        assertFalse(takeRequests(1, TakePlan.HARD), "its position lies an hour ahead");
        letRepair();
        assertEquals(1, healed());
        assertFalse(takeRequests(1, TakePlan.HARD), "the repair itself hands out nothing");
        harness.advanceMs(1_000);
        assertTrue(takeRequests(1, TakePlan.HARD), "one a second from here on");
        assertFalse(takeRequests(1, TakePlan.HARD));
        assertEquals(1, harness.status().time().steps() - 1, "one step there, one back");
    }

    @Test
    void shouldKeepWhatABucketOwesWhenTheClockGoesBack() {
        step(HOUR_MS);
        assertTrue(takeRequests(BURST * 2, TakePlan.SOFT));
        step(-HOUR_MS);
        letRepair();
        for (int i = 0; i < BURST - 2; i++) {
            harness.advanceMs(1_000);
            assertFalse(takeRequests(1, TakePlan.HARD), "owes for another " + (BURST - i) + " s");
        }
        harness.advanceMs(3_000);
        assertTrue(takeRequests(1, TakePlan.HARD));
    }

    @Test
    void shouldLeaveBucketsAloneThatWereNotUsedMeanwhile() {
        assertTrue(takeRequests(20, TakePlan.HARD));
        step(HOUR_MS);
        step(-HOUR_MS);
        letRepair();
        assertEquals(0, healed());
        assertTrue(takeRequests(40, TakePlan.HARD));
        assertFalse(takeRequests(2, TakePlan.HARD), "1.06 s have passed");
    }

    @Test
    void shouldCountInOneMonthWhatWasTakenInItAndInTheWrongNextOne() {
        assertTrue(takeTokens(300_000));
        step(31 * DAY_MS);
        assertTrue(takeTokens(500_000), "a month of its own");
        step(-31 * DAY_MS);
        letRepair();
        assertEquals(1, healed());
        assertTrue(takeTokens(200_000));
        assertFalse(takeTokens(1), "a million in all");
        step(31 * DAY_MS);
        assertTrue(takeTokens(1_000_000), "the real next month is whole");
    }

    @Test
    void shouldWaitForAPeriodThatBeginsInAMoment() {
        // 2026-11-30T23:59:50Z
        harness.clock.advanceMs(10 * DAY_MS + 12 * HOUR_MS - 10_000);
        harness.settle();
        assertTrue(takeTokens(600_000));
        step(15_000);
        assertTrue(takeTokens(700_000), "December");
        step(-15_000);
        letRepair();
        assertEquals(0, healed(), "what counts for December stays there, it begins in seconds");
        assertFalse(takeTokens(400_000));
        assertTrue(takeTokens(300_000));
        harness.advanceMs(60_000);
        assertFalse(takeTokens(1), "December has had its million");
    }

    @Test
    void shouldHealAtAStartWhenTheClockWentBackWhileTheSidecarDidNotRun() throws Exception {
        step(5 * HOUR_MS);
        assertTrue(takeRequests(BURST, TakePlan.HARD));
        harness.advanceMs(1_100);
        harness.close();
        FakeClock behind = new FakeClock();
        harness = open(behind);
        harness.settle();
        assertFalse(takeRequests(1, TakePlan.HARD));
        harness.advanceMs(1_100);
        assertEquals(1, healed());
        assertFalse(takeRequests(1, TakePlan.HARD), "from empty");
        harness.advanceMs(1_000);
        assertTrue(takeRequests(1, TakePlan.HARD));
        harness.close();
        harness = open(behind);
        harness.advanceMs(1_100);
        assertEquals(0, healed(), "nothing is ahead any more");
    }

    /** Many clocks, many takes: what fits into every real minute is never more than the bursts that steps ahead give, and the rate. */
    @Test
    void shouldNeverHandOutMoreThanTheRateAndABurstForEachStepAhead() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long taken = 0;
        long passedMs = 0;
        int stepsAhead = 0;
        for (int i = 0; i < 400; i++) {
            if (random.nextInt(8) == 0) {
                long byMs = random.nextLong(-2 * HOUR_MS, 2 * HOUR_MS);
                stepsAhead += byMs > 0 ? 1 : 0;
                step(byMs);
            }
            long ms = 100 + random.nextInt(3_000);
            harness.advanceMs(ms);
            passedMs += ms;
            while (takeRequests(1, TakePlan.HARD)) {
                taken++;
            }
        }
        long most = BURST * (1L + stepsAhead) + passedMs * BURST / 60_000 + 1;
        assertTrue(taken <= most, "seed " + seed + ": " + taken + " taken, at most " + most);
        // and it heals: with a clock that stays right, the bucket gives its rate again
        letRepair();
        harness.advanceMs(2_000);
        assertTrue(takeRequests(1, TakePlan.HARD), "seed " + seed + ": still shut after the repair");
    }
}
