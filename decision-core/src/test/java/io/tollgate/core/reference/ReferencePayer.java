/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.world.def.ScopeDef;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who pays, out of which wallet, by which price book. */
record ReferencePayer(ScopeDef scope, ReferenceWallet wallet, ReferencePriceBook book) {
    /** {@return the nearest scope of the place that has a wallet of a price book's currency; null = nobody} */
    static @Nullable ReferencePayer of(final ReferenceContext context) {
        final ReferenceAssets assets = context.world.assets;
        for (int i = context.chain.size() - 1; i >= 0; i--) {
            final ScopeDef scope = context.chain.get(i);
            if (!isPlace(scope.level())) {
                continue;
            }
            final List<ReferenceWallet> wallets = assets.wallets().stream()
                    .filter(wallet -> wallet.scopePath().equals(scope.path()))
                    .filter(wallet -> wallet.status() != ReferenceWallet.Status.CLOSED)
                    .toList();
            final ReferencePriceBook book = assets.books().stream()
                    .filter(each -> wallets.stream()
                            .anyMatch(wallet -> wallet.currency().equals(each.currency())))
                    .min(Comparator.comparing(ReferencePriceBook::id, ReferenceAttributes.UTF8))
                    .orElse(null);
            if (book != null) {
                final ReferenceWallet wallet = wallets.stream()
                        .filter(each -> each.currency().equals(book.currency()))
                        .min(Comparator.comparing(ReferenceWallet::status)
                                .thenComparing(each -> !each.prePaid())
                                .thenComparing(ReferenceWallet::id, ReferenceAttributes.UTF8))
                        .orElseThrow();
                return new ReferencePayer(scope, wallet, book);
            }
        }
        return null;
    }

    private static boolean isPlace(final ScopeLevel level) {
        return level == ScopeLevel.ORGANIZATION || level == ScopeLevel.DEPARTMENT || level == ScopeLevel.PROJECT;
    }
}
