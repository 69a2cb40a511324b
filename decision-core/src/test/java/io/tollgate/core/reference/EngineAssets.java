/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.world.def.PoolDef;
import io.tollgate.core.world.def.PriceBookDef;
import io.tollgate.core.world.def.PriceDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.TrancheDef;
import io.tollgate.core.world.def.TrancheKey;
import io.tollgate.core.world.def.WalletDef;
import io.tollgate.core.world.def.WalletStatus;
import io.tollgate.core.world.def.WalletThresholdDef;
import io.tollgate.core.world.def.WalletType;
import java.util.List;

/** Money and machines of the model, as the engine's definitions. */
final class EngineAssets {
    private EngineAssets() {}

    static List<PriceBookDef> books(final ReferenceAssets assets) {
        return assets.books().stream()
                .map(book -> new PriceBookDef(
                        book.id(),
                        book.version(),
                        book.currency(),
                        book.prices().stream()
                                .map(price -> new PriceDef(
                                        price.dimensionId(), price.amount(), price.perQuantity(), price.match()))
                                .toList()))
                .toList();
    }

    static List<PoolDef> pools(final ReferenceAssets assets) {
        return assets.pools().stream()
                .map(pool -> new PoolDef(
                        pool.id(),
                        pool.dimensionId(),
                        pool.match(),
                        pool.available(),
                        pool.observedAtMs(),
                        pool.reservedFor()))
                .toList();
    }

    /** {@return the scopes with the wallets that they own} */
    static List<ScopeDef> scopes(final List<ScopeDef> scopes, final ReferenceAssets assets) {
        return scopes.stream()
                .map(scope -> {
                    final List<WalletDef> wallets = assets.wallets().stream()
                            .filter(wallet -> wallet.scopePath().equals(scope.path()))
                            .map(EngineAssets::wallet)
                            .toList();
                    return new ScopeDef(
                            scope.level(),
                            scope.path(),
                            scope.id(),
                            scope.displayName(),
                            scope.state(),
                            scope.expiresAtMs(),
                            scope.parentPath(),
                            scope.actor(),
                            scope.holdings().withWallets(wallets));
                })
                .toList();
    }

    private static WalletDef wallet(final ReferenceWallet wallet) {
        return new WalletDef(
                wallet.id(),
                wallet.currency(),
                wallet.prePaid() ? WalletType.PRE_PAID : WalletType.POST_PAID,
                WalletStatus.valueOf(wallet.status().name()),
                wallet.tranches().stream()
                        .map(tranche -> new TrancheDef(
                                tranche.id(),
                                tranche.amount(),
                                tranche.remaining(),
                                tranche.startsAtMs(),
                                tranche.expiresAtMs(),
                                tranche.priority()))
                        .toList(),
                wallet.order().stream().map(EngineAssets::key).toList(),
                wallet.thresholds().stream()
                        .map(threshold -> new WalletThresholdDef(threshold.below(), threshold.severity()))
                        .toList(),
                wallet.pending(),
                new WalletDef.Settlement(wallet.periodEndMs(), wallet.billing()));
    }

    private static TrancheKey key(final ReferenceWallet.Order order) {
        return switch (order) {
            case PRIORITY -> TrancheKey.PRIORITY_ASC_NONE_LAST;
            case EXPIRY -> TrancheKey.EXPIRY_ASC_NEVER_LAST;
            case AMOUNT -> TrancheKey.AMOUNT_DESC;
        };
    }
}
