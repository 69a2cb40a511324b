/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Plane;

/** How old each plane that a decision needed was, and how old it might have been. Reused; belongs to one thread. */
public final class PlaneAges {
    /** The decision did not need the plane. */
    public static final long NOT_USED = -1;

    private final long[] ageNs = new long[Plane.values().length + 1];
    private final long[] boundNs = new long[Plane.values().length + 1];

    PlaneAges() {}

    void reset() {
        for (int i = 0; i < ageNs.length; i++) {
            ageNs[i] = NOT_USED;
        }
    }

    void set(final int planeCode, final long age, final long bound) {
        ageNs[planeCode] = age;
        boundNs[planeCode] = bound;
    }

    /** {@return the age in nanoseconds, {@link #NOT_USED}, or {@link Long#MAX_VALUE} when it was never confirmed} */
    public long ageNs(final int planeCode) {
        return ageNs[planeCode];
    }

    /** {@return the age up to which the plane counts as fresh, nanoseconds} */
    public long boundNs(final int planeCode) {
        return boundNs[planeCode];
    }
}
