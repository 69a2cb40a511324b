/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.delta;

/**
 * How much deltas may bring. A delta beyond any of the first four is refused before anything of it is used; beyond the last three a whole
 * snapshot takes the place of snapshot and deltas.
 *
 * @param maxDeltaBytes a delta's bytes
 * @param maxChanges changes of one delta
 * @param maxKeyBytes one key
 * @param maxValueBytes one record
 * @param maxRows records that differ from the snapshot
 * @param maxBytes of these records together, and of the deltas that brought them
 * @param maxDeltas deltas on one snapshot
 */
public record DeltaLimits(
        int maxDeltaBytes,
        int maxChanges,
        int maxKeyBytes,
        int maxValueBytes,
        int maxRows,
        long maxBytes,
        int maxDeltas) {
    private static final int MIB = 1 << 20;

    /** What a control plane sends at most; see docs/semantics.md, section 10. */
    public static final DeltaLimits DEFAULT = new DeltaLimits(MIB, 10_000, 4 << 10, MIB, 65_536, 64L * MIB, 2_000);

    /** So far beyond the last three limits deltas are still taken, while the snapshot is on its way. */
    static final int PATIENCE = 4;

    /** Checks that the limits are usable. */
    public DeltaLimits {
        if (maxDeltaBytes <= 0
                || maxChanges <= 0
                || maxKeyBytes <= 0
                || maxValueBytes <= 0
                || maxRows <= 0
                || maxBytes <= 0
                || maxDeltas <= 0) {
            throw new IllegalArgumentException("every limit of deltas must be positive");
        }
    }

    /** {@return whether a snapshot should take the place of so many changes} */
    public boolean isReached(DeltaState state) {
        return isBeyond(state, 1);
    }

    /** {@return whether so many changes must not grow} */
    public boolean isExhausted(DeltaState state) {
        return isBeyond(state, PATIENCE);
    }

    private boolean isBeyond(DeltaState state, int times) {
        return state.changes().count() > (long) times * maxRows
                || state.changes().bytes() > times * maxBytes
                || state.deltaBytes() > times * maxBytes
                || state.count() > (long) times * maxDeltas;
    }
}
