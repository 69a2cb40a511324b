/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import io.tollgate.core.capacity.CapacityTables;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.v1.DumpScopeResponse;
import io.tollgate.v1.PoolState;

/**
 * Pools of a scope as they are now: those reserved for it, of global also the shared ones. Allocates; one thread at a time, while the
 * world is pinned.
 */
final class PoolReader {
    private final CeilingReader counters;

    PoolReader(final CeilingReader counters) {
        this.counters = counters;
    }

    void addTo(final DumpScopeResponse.Builder dump, final World world, final ScopeRow row) {
        final int dimensions = world.registry().dimensions().size();
        for (int dimension = 0; dimension < dimensions; dimension++) {
            add(dump, world, dimension, row.ref());
            if (row.ref() == world.globalRow()) {
                add(dump, world, dimension, CapacityTables.SHARED);
            }
        }
    }

    private void add(final DumpScopeResponse.Builder dump, final World world, final int dimension, final long owner) {
        final CapacityTables pools = world.pools();
        final Registry registry = world.registry();
        for (int pool = pools.first(dimension, owner); pools.isOf(pool, dimension, owner); pool++) {
            dump.addPools(PoolState.newBuilder()
                    .setId(pools.id(pool))
                    .setDimension(registry.dimensions().name(dimension))
                    .setUnit(registry.units().name(registry.dimensionUnitId(dimension)))
                    .putAllMatch(pools.match(pool))
                    .setAvailable(pools.available(pool))
                    .setUsed(counters.taken(pools, pool))
                    .setObservedAtMs(pools.observedAtMs(pool))
                    .setReservedForPath(pools.reservedFor(pool)));
        }
    }
}
