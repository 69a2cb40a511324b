/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.core.capacity.PoolBinder;
import io.tollgate.core.quota.CellIdentity;
import io.tollgate.core.quota.CellKind;
import io.tollgate.core.quota.CellStore;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Binds pools of capacity to their counters: the identity is (pool id, dimension), so the counter outlives snapshots, whatever they say of
 * the pool; each observation is a period of it. Loader's thread only.
 */
final class PoolCells implements PoolBinder {
    private static final String POOL = "pool";

    private final CellStore store;
    private final CellIdentity identity;

    PoolCells(CellStore store) {
        this.store = store;
        this.identity = new CellIdentity(store.id());
    }

    @Override
    public long cell(String poolId, String dimension) {
        // as long as a ceiling's identity, and never equal to one: no scope has such a path, no period such a window
        identity.begin()
                .add(POOL)
                .add(POOL)
                .add(poolId)
                .add(dimension)
                .add(CellKind.PERIOD)
                .add(POOL)
                .end();
        try {
            return store.findOrAllocate(identity.high(), identity.low(), CellKind.PERIOD);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
