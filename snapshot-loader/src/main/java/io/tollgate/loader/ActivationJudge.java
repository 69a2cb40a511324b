/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.core.world.World;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.SnapshotVersion;

/**
 * Looks at a world that is complete and checked, before it answers decisions. Asked of every snapshot that is installed and of every delta
 * that is applied, not of what is found on disk at the start. Loader's thread only.
 */
public interface ActivationJudge {
    /** Lets everything through. */
    ActivationJudge NONE = (live, candidate) -> Trial.PASSED;

    /**
     * What would be activated.
     *
     * @param version of the snapshot, for a delta of the one that it lies on
     * @param deltaSequence the last delta that the world contains; 0 = none
     * @param delta whether it differs from the live world by deltas alone
     * @param world open, with periods and cells; stays open until the trial is closed
     */
    record Candidate(SnapshotVersion version, long deltaSequence, boolean delta, World world) {}

    /** One world being looked at. */
    interface Trial extends AutoCloseable {
        /** Nothing to look at. */
        Trial PASSED = () -> true;

        /**
         * Looks at some more, for about a millisecond.
         *
         * @return whether all was seen, and the world may be activated
         * @throws RefusedException with {@link RefusedException.Check#DRY_RUN}: it must not be activated; the reason is for an operator
         */
        boolean step() throws RefusedException;

        /** Lets go of both worlds, also before all was seen; again is harmless. */
        @Override
        default void close() {}
    }

    /**
     * Begins. Must not throw: what goes wrong inside the judge is no reason to refuse.
     *
     * @param live answers decisions now; stays open until the trial is closed
     */
    Trial begin(World live, Candidate candidate);
}
