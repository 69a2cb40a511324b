/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.lifecycle;

import io.tollgate.core.registry.Registry;
import io.tollgate.core.world.World;
import io.tollgate.v1.Plane;
import org.jspecify.annotations.Nullable;

/**
 * The planes that some operation needs: only these decide whether a sidecar is stale. A set is an int, bit
 * {@code 1 << number of the plane}.
 */
public final class PlaneNeeds {
    private static final int EVERY = -1;

    private PlaneNeeds() {}

    /**
     * {@return the planes that the operations of a world need; all without a world}. Reads heap tables only: no pin is
     * needed.
     */
    public static int of(final @Nullable World world) {
        if (world == null) {
            return EVERY;
        }
        final Registry registry = world.registry();
        int needed = 0;
        for (int i = 0; i < registry.operationCount(); i++) {
            needed |= registry.operation(i).planes();
        }
        return needed;
    }

    /** {@return whether a plane is in a set} */
    public static boolean contains(final int set, final Plane plane) {
        return plane != Plane.UNRECOGNIZED && (set & 1 << plane.getNumber()) != 0;
    }
}
