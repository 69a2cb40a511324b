/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.Plane;

/**
 * What a world is: the evidence of every answer that rests on it.
 *
 * @param bundle                   what the sidecar subscribes to
 * @param epoch                    grows when the control plane lost its history
 * @param version                  snapshot version
 * @param digest                   SHA-256 of the manifest, lower-case hex
 * @param ledgerSequence           ledger state that it contains
 * @param createdAtMs              when it was compiled, milliseconds since 1970
 * @param defaultReservationTtlNs  for RESERVE without a time to live, nanoseconds
 * @param bounds                   how old each plane may be
 * @param deltaSequence            number of the last delta that it contains, 0 = none
 */
public record WorldFacts(
        String bundle,
        long epoch,
        long version,
        String digest,
        long ledgerSequence,
        long createdAtMs,
        long defaultReservationTtlNs,
        PlaneBounds bounds,
        long deltaSequence) {

    /** Facts of a snapshot without deltas. */
    public WorldFacts(
            final String bundle,
            final long epoch,
            final long version,
            final String digest,
            final long ledgerSequence,
            final long createdAtMs,
            final long defaultReservationTtlNs,
            final PlaneBounds bounds) {
        this(bundle, epoch, version, digest, ledgerSequence, createdAtMs, defaultReservationTtlNs, bounds, 0);
    }

    /** {@return the same facts after one more delta} */
    public WorldFacts withDelta(final long sequence) {
        return new WorldFacts(
                bundle, epoch, version, digest, ledgerSequence, createdAtMs, defaultReservationTtlNs, bounds, sequence);
    }

    /** How old each plane may be. Immutable; does not allocate when asked. */
    public static final class PlaneBounds {
        /** A plane without a bound in the manifest: nothing is fresh enough. */
        public static final long UNSTATED_NS = 0;

        private final long[] maxAgeNs = new long[Plane.values().length + 1];

        private PlaneBounds() {}

        /** {@return no bounds: nothing is fresh enough} */
        public static PlaneBounds none() {
            return new PlaneBounds();
        }

        /** {@return these bounds and one more, nanoseconds} */
        public PlaneBounds with(final Plane plane, final long maxAgeNs) {
            final PlaneBounds more = new PlaneBounds();
            System.arraycopy(this.maxAgeNs, 0, more.maxAgeNs, 0, this.maxAgeNs.length);
            more.maxAgeNs[plane.code()] = maxAgeNs;
            return more;
        }

        /**
         * {@return how old a plane may be, nanoseconds}
         *
         * @param planeCode {@link Plane#code()}
         */
        public long maxAgeNs(final int planeCode) {
            return maxAgeNs[planeCode];
        }
    }
}
