/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.capacity.CapacityTables;
import io.tollgate.core.quota.CellRepair;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.world.World;
import io.tollgate.loader.fixture.FakeClock;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.v1.CapacityPoolRecord;
import io.tollgate.v1.Section;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pools of a snapshot become tables of its world, and what was taken of them since they were observed outlives snapshots and restarts. */
class PoolInstallTest {
    private static final long OBSERVED_MS = 1_795_176_000_000L;

    @TempDir
    Path stateDir;

    @Test
    void shouldBelongToTheRowsOfTheirScopes() throws Exception {
        SnapshotBuilder snapshot = without(7);
        snapshot.add(
                Section.SECTION_CAPACITY,
                "mine",
                SampleSnapshot.pool(OBSERVED_MS, 4)
                        .setId("mine")
                        .setReservedForPath("org:acme/department:lab")
                        .build());
        snapshot.add(Section.SECTION_CAPACITY, "pool", SampleSnapshot.pool(0, 5).build());
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(snapshot.build());
            World world = world(harness);
            CapacityTables pools = world.pools();
            assertEquals(2, pools.size());
            long lab = world.findPath("org:acme/department:lab");
            int own = pools.first(SampleSnapshot.MACHINES, lab);
            assertTrue(pools.isOf(own, SampleSnapshot.MACHINES, lab));
            assertEquals("mine", pools.id(own));
            int shared = pools.first(SampleSnapshot.MACHINES, CapacityTables.SHARED);
            assertEquals("pool", pools.id(shared));
            assertEquals(5, pools.available(shared));
            assertNotEquals(pools.cell(own), pools.cell(shared));
        }
    }

    @Test
    void shouldKeepWhatWasTakenSinceTheObservationAcrossSnapshotsAndRestarts() throws Exception {
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(SampleSnapshot.of(7).build());
            assertEquals(4, take(harness, 4));
            harness.install(with(8, SampleSnapshot.pool(OBSERVED_MS, 20)).build());
            assertEquals(7, take(harness, 3));
        }
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            assertEquals(9, take(harness, 2));
            harness.install(with(9, SampleSnapshot.pool(OBSERVED_MS + 1, 20)).build());
            assertEquals(2, take(harness, 2), "a newer observation starts at zero");
        }
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(with(10, SampleSnapshot.pool(OBSERVED_MS, 20)).build());
            assertEquals(5, take(harness, 3), "an older one never comes back");
        }
    }

    @Test
    void shouldComeBackFromAnObservationOfTheFutureWithAllThatWasTakenSince() throws Exception {
        long futureMs = FakeClock.START_MS + 86_400_000;
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.loader.repairWith(new CellRepair(harness.loader.cells().cells(), new InFlight(2), 1));
            harness.install(with(7, SampleSnapshot.pool(futureMs, 20)).build());
            assertEquals(6, take(harness, 6), "the publisher's clock was a day ahead");
            harness.install(with(8, SampleSnapshot.pool(OBSERVED_MS, 20)).build());
            assertEquals(9, take(harness, 3), "what was taken counts against the observation that holds now");
            harness.install(with(9, SampleSnapshot.pool(OBSERVED_MS + 1, 20)).build());
            assertEquals(2, take(harness, 2), "and a newer observation starts at zero again");
            harness.advanceMs(60);
            assertEquals(1, harness.status().time().countersHealed());
        }
    }

    private static SnapshotBuilder without(long version) {
        return SampleSnapshot.of(version).remove(Section.SECTION_CAPACITY, "pool");
    }

    private static SnapshotBuilder with(long version, CapacityPoolRecord.Builder pool) {
        SnapshotBuilder snapshot = without(version);
        snapshot.add(Section.SECTION_CAPACITY, "pool", pool.build());
        return snapshot;
    }

    private static World world(LoaderHarness harness) {
        World world = harness.loader.worlds().current();
        assertNotNull(world);
        return world;
    }

    /** {@return used of the pool then} */
    private static long take(LoaderHarness harness, long amount) {
        CapacityTables pools = world(harness).pools();
        int pool = pools.first(SampleSnapshot.MACHINES, CapacityTables.SHARED);
        TakePlan plan = new TakePlan();
        plan.begin(1);
        plan.addPeriod(
                pools.cell(pool), pools.available(pool), amount, pools.ordinal(pool), Long.MAX_VALUE, TakePlan.HARD);
        assertEquals(Taker.TAKEN, new Taker(harness.loader.cells().cells(), new InFlight(1), 0).take(plan));
        return plan.used(0);
    }
}
