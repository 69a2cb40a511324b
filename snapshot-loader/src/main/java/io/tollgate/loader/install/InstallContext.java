/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.core.Plane;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldFacts;
import io.tollgate.loader.delta.DeltaState;
import io.tollgate.loader.freshness.LoaderClock;
import io.tollgate.loader.freshness.PlaneAges;
import io.tollgate.loader.storage.Storage;
import io.tollgate.loader.transfer.VerifiedManifest;
import io.tollgate.v1.SnapshotManifest;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * What installing and opening need.
 *
 * @param storage the disk
 * @param directory the state directory
 * @param cells the live counters
 * @param ages knows the bounds in force
 * @param clock the decisions' clock
 * @param random for build ids
 */
public record InstallContext(
        Storage storage,
        StateDirectory directory,
        CellStore cells,
        PlaneAges ages,
        LoaderClock clock,
        RandomGenerator random) {

    long epochNs() {
        return clock.monotonicNs() + clock.epochOffsetNs();
    }

    long epochMs() {
        return TimeUnit.NANOSECONDS.toMillis(epochNs());
    }

    /** What decisions see of a snapshot without deltas. */
    WorldFacts factsOf(VerifiedManifest verified) {
        return factsOf(verified, DeltaState.of(verified.manifest()));
    }

    /** What decisions see of a snapshot and the deltas on top of it. */
    WorldFacts factsOf(VerifiedManifest verified, DeltaState state) {
        SnapshotManifest manifest = verified.manifest();
        WorldFacts.PlaneBounds bounds = WorldFacts.PlaneBounds.none();
        long[] maxAgeMs = ages.boundsOf(manifest);
        for (Plane plane : Plane.values()) {
            bounds = bounds.with(plane, TimeUnit.MILLISECONDS.toNanos(maxAgeMs[plane.code()]));
        }
        return new WorldFacts(
                manifest.getBundle(),
                manifest.getEpoch(),
                manifest.getVersion(),
                verified.sha256Hex(),
                state.ledgerSequence(),
                state.createdAtMs(),
                TimeUnit.MILLISECONDS.toNanos(manifest.getDefaultReservationTtlMs()),
                bounds,
                state.sequence());
    }

    /** Gives a world the periods around now. */
    void setPeriods(World world) {
        world.periods(PeriodTable.build(world.windows(), epochMs()));
    }
}
