/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.credit.WalletBlock;
import io.tollgate.core.quota.PeriodWindow;
import io.tollgate.core.symbol.Utf8Order;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.WalletDef;
import io.tollgate.core.world.def.WindowDef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Lays the wallets of scopes down beside the rows, those that are chosen first in front: ACTIVE before FROZEN before CLOSED, PRE_PAID
 * before POST_PAID, then by id. One thread.
 */
final class RowWallets {
    private static final Comparator<WalletDef> CHOICE = Comparator.comparing(WalletDef::status)
            .thenComparing(WalletDef::type)
            .thenComparing(WalletDef::id, Utf8Order.INSTANCE);
    /** Blocks keep a currency in 16 bits. */
    private static final int MAX_CURRENCIES = 1 << 16;

    private final DirectoryTables.Builder tables;
    private final RowMemory space;
    private final CellBinder cells;

    RowWallets(final DirectoryTables.Builder tables, final RowMemory space, final CellBinder cells) {
        this.tables = tables;
        this.space = space;
        this.cells = cells;
    }

    /** {@return where a scope's wallets are, or {@link World#NO_ROW} when it has none} */
    long write(final ScopeDef scope) throws IOException {
        final List<WalletDef> wallets = new ArrayList<>(scope.holdings().wallets());
        if (wallets.isEmpty()) {
            return World.NO_ROW;
        }
        if (scope.level() != ScopeLevel.ORGANIZATION
                && scope.level() != ScopeLevel.DEPARTMENT
                && scope.level() != ScopeLevel.PROJECT) {
            throw new DefinitionException(
                    "scope '" + scope.path() + "' has a wallet; only organizations, departments" + " and projects pay");
        }
        wallets.sort(CHOICE);
        final List<WalletBlock> blocks = new ArrayList<>();
        final Set<String> ids = new HashSet<>();
        int length = 0;
        for (final WalletDef wallet : wallets) {
            if (!ids.add(wallet.id())) {
                throw new DefinitionException("scope '" + scope.path() + "': wallet '" + wallet.id()
                        + "' comes twice; the two would share one counter, rename one");
            }
            final WalletBlock block = new WalletBlock(wallet);
            blocks.add(block);
            length = Math.addExact(length, block.length());
        }
        final long ref = space.allocate(length, Long.BYTES);
        int at = World.offset(ref);
        for (final WalletBlock block : blocks) {
            final WalletDef wallet = block.def();
            block.write(
                    space.buffer(ref),
                    at,
                    cells.bindWallet(scope.path(), wallet.id(), wallet.currency()),
                    currency(wallet.currency()),
                    window(wallet));
            at += block.length();
        }
        return ref;
    }

    private int currency(final String name) {
        final int currency = tables.currency(name);
        if (currency >= MAX_CURRENCIES) {
            throw new DefinitionException("wallets have more than " + MAX_CURRENCIES + " currencies");
        }
        return currency;
    }

    private int window(final WalletDef wallet) {
        final WindowDef billing = wallet.settlement().billing();
        if (billing.equals(WindowDef.NONE)) {
            return -1;
        }
        if (!PeriodWindow.isPeriod(billing)) {
            throw new DefinitionException("wallet '" + wallet.id() + "': " + billing + " is no billing period");
        }
        PeriodWindow.of(billing);
        return tables.window(billing);
    }
}
