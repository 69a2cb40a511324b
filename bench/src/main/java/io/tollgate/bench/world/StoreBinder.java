/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.world;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.quota.CellIdentity;
import io.tollgate.core.quota.CellKind;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.world.CellBinder;
import io.tollgate.core.world.def.CeilingDef;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Cells out of a store, those of one scope next to each other, as the loader lays them out. One thread. */
final class StoreBinder implements CellBinder {
    private final Registry registry;
    private final CellStore store;
    private final CellIdentity identity;
    private String lastScope = "";

    StoreBinder(final Registry registry, final CellStore store) {
        this.registry = registry;
        this.store = store;
        identity = new CellIdentity(store.id());
    }

    @Override
    public long bind(final String scopePath, final String definedAtPath, final CeilingDef ceiling) {
        group(scopePath);
        final int kind =
                registry.dimensionKind(ceiling.dimensionId()) == DimensionKind.RATE ? CellKind.RATE : CellKind.PERIOD;
        identity.begin()
                .add(scopePath)
                .add(ceiling.id())
                .add(ceiling.dimensionId())
                .add(kind)
                .end();
        return cell(kind);
    }

    @Override
    public long bindWallet(final String scopePath, final String walletId, final String currency) {
        group(scopePath);
        identity.begin().add(scopePath).add(walletId).add(currency).end();
        return cell(CellKind.GAUGE);
    }

    long pool(final String id, final String dimension) {
        identity.begin().add("pool").add(id).add(dimension).end();
        return cell(CellKind.PERIOD);
    }

    private void group(final String scopePath) {
        if (!scopePath.equals(lastScope)) {
            store.beginGroup();
            lastScope = scopePath;
        }
    }

    private long cell(final int kind) {
        try {
            return store.findOrAllocate(identity.high(), identity.low(), kind);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
