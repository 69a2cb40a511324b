/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.world.CeilingRow;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.loader.fixture.FakeClock;
import io.tollgate.loader.fixture.FakeControlPlane;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.transfer.SnapshotVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of live counters when snapshots change, and when their file is damaged. */
class CountersTest {
    @TempDir
    Path stateDir;

    private static CeilingRow ceiling(World world, int dimension) {
        ScopeRow row = new ScopeRow().wrap(world, world.findPath("org:acme"));
        CeilingRow ceiling = new CeilingRow().first(world, row);
        for (int i = 0; i < row.ceilingCount(); i++) {
            if (ceiling.dimensionId() == dimension) {
                return ceiling;
            }
            ceiling.next();
        }
        throw new AssertionError("org:acme has no ceiling on dimension " + dimension);
    }

    private static World world(LoaderHarness harness) {
        World world = harness.loader.worlds().current();
        assertNotNull(world);
        return world;
    }

    private static long epochNs(LoaderHarness harness) {
        return harness.clock.monotonicNs() + harness.clock.epochOffsetNs();
    }

    /** Takes requests from the organization's rate; returns what is left then, or -1 when they do not fit. */
    private static long takeRequests(LoaderHarness harness, long requests) {
        CeilingRow rate = ceiling(world(harness), SampleSnapshot.REQUESTS).at(harness.clock.wallMs());
        Taker taker = new Taker(harness.loader.cells().cells(), new InFlight(1), 0);
        TakePlan plan = new TakePlan();
        plan.begin(epochNs(harness));
        int entry = plan.addRate(rate.cellRef(), rate.rate(0), rate.rate(1), rate.burst(), requests, TakePlan.HARD);
        return taker.take(plan) == Taker.TAKEN ? plan.remaining(entry) : -1;
    }

    private static long takeTokens(LoaderHarness harness, long tokens) {
        World world = world(harness);
        CeilingRow monthly = ceiling(world, SampleSnapshot.TOKENS);
        Taker taker = new Taker(harness.loader.cells().cells(), new InFlight(1), 0);
        TakePlan plan = new TakePlan();
        plan.begin(epochNs(harness));
        int place = world.periods().locate(monthly.windowId(), harness.clock.wallMs());
        int entry = plan.addPeriod(
                monthly.cellRef(),
                monthly.limit(),
                tokens,
                world.periods().ordinal(place),
                world.periods().endMs(place),
                TakePlan.HARD);
        return taker.take(plan) == Taker.TAKEN ? plan.remaining(entry) : -1;
    }

    @Test
    void shouldKeepWhatWasUsedAcrossSnapshotsAndRestarts() throws Exception {
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(SampleSnapshot.of(7).build());
            assertEquals(600_000, takeTokens(harness, 400_000));
            harness.install(SampleSnapshot.of(8).build());
            assertEquals(500_000, takeTokens(harness, 100_000));
        }
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            assertEquals(0, takeTokens(harness, 500_000));
            assertEquals(-1, takeTokens(harness, 1));
        }
    }

    @Test
    void shouldNotHandOutAFullBucketWhenARateChanges() throws Exception {
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(SampleSnapshot.withRate(7, 60).build());
            assertEquals(0, takeRequests(harness, 60));
            long before = ceiling(world(harness), SampleSnapshot.REQUESTS).cellRef();
            harness.install(SampleSnapshot.withRate(8, 600).build());
            assertNotEquals(
                    before, ceiling(world(harness), SampleSnapshot.REQUESTS).cellRef());
            assertEquals(-1, takeRequests(harness, 1), "the bucket was empty and stays empty");
            harness.advanceMs(100);
            assertEquals(0, takeRequests(harness, 1), "and fills at the new rate");
        }
    }

    @Test
    void shouldCarryOverWhatWasTakenWhileTheSnapshotWasBeingInstalled() throws Exception {
        SnapshotBuilder.Built next = SampleSnapshot.withRate(8, 120).build();
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(SampleSnapshot.withRate(7, 60).build());
            FakeControlPlane plane = harness.plane;
            plane.offer(next);
            harness.settle();
            plane.sendAll(next);
            int cycles = 0;
            while (harness.active().version() == 7) {
                harness.loader.agent().doWork();
                if (harness.active().version() == 7) {
                    takeRequests(harness, 1);
                }
                cycles++;
            }
            assertTrue(cycles > 10 && cycles < 60, "cycles " + cycles);
            long left = takeRequests(harness, 1);
            long taken = cycles - 1L;
            assertEquals(120 - 2 * taken - 1, left, "twice the rate: each of " + taken + " requests weighs two");
        }
    }

    @Test
    void shouldNotForgiveAnythingWhenARateGoesThereAndBack() throws Exception {
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(SampleSnapshot.withRate(7, 60).build());
            harness.install(SampleSnapshot.withRate(8, 61).build());
            assertTrue(takeRequests(harness, 61) >= 0);
            harness.install(SampleSnapshot.withRate(9, 60).build());
            assertEquals(-1, takeRequests(harness, 1), "the old counter knows nothing of what was taken since");
        }
    }

    @Test
    void shouldHandOutNothingWhenARateIsOverriddenAndWhenThatEnds() throws Exception {
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(SampleSnapshot.withRate(7, 60).build());
            assertEquals(0, takeRequests(harness, 60));
            harness.install(SampleSnapshot.withOverride(8, 60, 600, FakeClock.START_MS + 60_000)
                    .build());
            assertEquals(-1, takeRequests(harness, 1), "the bucket was empty and stays empty");
            harness.advanceMs(30_000);
            assertEquals(0, takeRequests(harness, 300), "and fills at the override's rate");

            harness.advanceMs(31_000);
            long left = takeRequests(harness, 1);
            assertTrue(left >= 28 && left < 60, "the override is over: 31 s fill half of the bucket, not all: " + left);
            assertEquals(0, takeRequests(harness, left));
        }
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(SampleSnapshot.withRate(9, 60).build());
            assertTrue(takeRequests(harness, 40) < 0, "taken away again, it leaves no full bucket behind");
        }
    }

    @Test
    void shouldLetNothingThroughUnderARateOfZero() throws Exception {
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(SampleSnapshot.withRate(7, 0).build());
            assertEquals(-1, takeRequests(harness, 1));
            harness.advanceMs(3_600_000);
            assertEquals(-1, takeRequests(harness, 1));
        }
    }

    @Test
    void shouldKeepPeriodsAheadOfTheClock() throws Exception {
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(SampleSnapshot.of(7).build());
            takeTokens(harness, 1_000_000);
            assertEquals(-1, takeTokens(harness, 1));
            for (int month = 0; month < 30; month++) {
                harness.advanceMs(31L * 86_400_000);
                assertTrue(takeTokens(harness, 1_000) >= 0, "month " + month);
                assertFalse(world(harness).periods().needsRefresh(harness.clock.wallMs()));
            }
        }
    }

    private void damageCounters() throws IOException {
        try (Stream<Path> files = Files.list(stateDir.resolve("cells"))) {
            for (Path file : files.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                for (int i = 0; i < Math.min(bytes.length, 4096); i++) {
                    bytes[i] ^= 0x55;
                }
                Files.write(file, bytes);
            }
        }
    }

    @Test
    void shouldNotStartWithDamagedCountersUnlessToldTo() throws Exception {
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(SampleSnapshot.of(7).build());
            takeTokens(harness, 400_000);
        }
        damageCounters();
        IOException refusal = assertThrows(IOException.class, () -> new LoaderHarness(stateDir));
        assertTrue(String.valueOf(refusal.getMessage()).contains("on_counter_corruption: reset"), refusal.toString());
        LoaderContext reset = LoaderHarness.context().onCounterCorruption(LoaderContext.OnCorruption.RESET);
        try (LoaderHarness harness = new LoaderHarness(stateDir, reset, new FakeClock())) {
            assertTrue(harness.status().counters().wasReset());
            assertTrue(Files.exists(stateDir.resolve("damaged/cells")));
            assertEquals(new SnapshotVersion(1, 7), harness.active(), "its flat files are bound to the new counters");
            assertEquals(world(harness).cellStoreId(), harness.loader.cells().id());
            assertEquals(999_999, takeTokens(harness, 1));
        }
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            assertFalse(harness.status().counters().wasReset());
            assertEquals(999_998, takeTokens(harness, 1));
        }
    }

    @Test
    void shouldCloseTheClientAndLetGoOfTheLockWhenItCannotStart() throws Exception {
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(SampleSnapshot.of(7).build());
        }
        damageCounters();
        FakeControlPlane plane = new FakeControlPlane();
        for (int i = 0; i < 2; i++) {
            IOException refusal = assertThrows(
                    IOException.class,
                    () -> SnapshotLoader.open(
                            LoaderHarness.context().stateDir(stateDir).client(plane)));
            assertTrue(String.valueOf(refusal.getMessage()).contains("damaged"), refusal.toString());
        }
        assertTrue(plane.closed);
    }
}
