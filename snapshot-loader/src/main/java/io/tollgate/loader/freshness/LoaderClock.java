/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.freshness;

import io.tollgate.core.DecisionClock;

/** The decisions' clock with the one thing that the loader's thread may do to it. */
public interface LoaderClock extends DecisionClock {
    /** Sets what {@link #epochOffsetNs()} answers from now on. Loader's thread only. */
    void moveEpochOffset(long offsetNs);
}
