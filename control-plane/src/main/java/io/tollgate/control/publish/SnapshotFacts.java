/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import io.tollgate.v1.Delta;
import io.tollgate.v1.PlaneBound;
import io.tollgate.v1.SnapshotManifest;
import java.util.List;

/**
 * What a manifest says beside what is counted while writing.
 *
 * @param bundle the bundle's id
 * @param version from 1
 * @param epoch from 1
 * @param registryVersion of the registry record
 * @param createdAtMs milliseconds since 1970
 * @param planeBounds how old each plane may be
 * @param sourceDigest SHA-256 over the sources, lower-case hex; empty = not made from sources
 * @param defaultReservationTtlMs of reservations that name none
 * @param deltaSequence the last delta that is in it, 0 = none
 */
public record SnapshotFacts(
        String bundle,
        long version,
        long epoch,
        long registryVersion,
        long createdAtMs,
        List<PlaneBound> planeBounds,
        String sourceDigest,
        long defaultReservationTtlMs,
        long deltaSequence) {
    /** Layout of the records in snapshot.proto. */
    public static final int SCHEMA_VERSION = 1;

    /** Checks what a sidecar would refuse. */
    public SnapshotFacts {
        if (bundle.isEmpty() || version <= 0 || epoch <= 0) {
            throw new IllegalArgumentException("a snapshot needs a bundle, a version and an epoch: got '" + bundle
                    + "', " + version + ", " + epoch);
        }
        planeBounds = List.copyOf(planeBounds);
    }

    /** Of a snapshot that no delta came before. */
    public SnapshotFacts(
            String bundle,
            long version,
            long epoch,
            long registryVersion,
            long createdAtMs,
            List<PlaneBound> planeBounds,
            String sourceDigest,
            long defaultReservationTtlMs) {
        this(
                bundle,
                version,
                epoch,
                registryVersion,
                createdAtMs,
                planeBounds,
                sourceDigest,
                defaultReservationTtlMs,
                0);
    }

    /** {@return those of a snapshot with deltas applied; the last of them is given} */
    static SnapshotFacts after(SnapshotManifest base, Delta last, long version, long createdAtMs) {
        return new SnapshotFacts(
                base.getBundle(),
                version,
                base.getEpoch(),
                base.getRegistryVersion(),
                createdAtMs,
                base.getPlaneBoundsList(),
                last.getSourceDigest(),
                base.getDefaultReservationTtlMs(),
                last.getSequence());
    }

    SnapshotManifest.Builder manifest() {
        return SnapshotManifest.newBuilder()
                .setBundle(bundle)
                .setVersion(version)
                .setEpoch(epoch)
                .setRegistryVersion(registryVersion)
                .setSchemaVersion(SCHEMA_VERSION)
                .setCreatedAtMs(createdAtMs)
                .addAllPlaneBounds(planeBounds)
                .setSourceDigest(sourceDigest)
                .setDefaultReservationTtlMs(defaultReservationTtlMs)
                .setDeltaSequence(deltaSequence);
    }
}
