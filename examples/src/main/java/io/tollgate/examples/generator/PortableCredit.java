/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import io.tollgate.core.world.def.PoolDef;
import io.tollgate.core.world.def.PriceBookDef;
import io.tollgate.core.world.def.PriceDef;
import io.tollgate.core.world.def.TrancheDef;
import io.tollgate.core.world.def.WalletDef;
import io.tollgate.core.world.def.WalletThresholdDef;
import io.tollgate.v1.CapacityPoolRecord;
import io.tollgate.v1.PriceBookRecord;
import io.tollgate.v1.PriceRecord;
import io.tollgate.v1.TrancheRecord;
import io.tollgate.v1.WalletRecord;
import io.tollgate.v1.WalletThreshold;

/** Prices, wallets and pools as records of a portable snapshot, for what the generator makes: wallets are settled at once. */
final class PortableCredit {
    private PortableCredit() {}

    static PriceBookRecord priceBook(final PriceBookDef book) {
        final PriceBookRecord.Builder record = PriceBookRecord.newBuilder()
                .setId(book.id())
                .setVersion(book.version())
                .setCurrency(book.currency());
        for (final PriceDef price : book.prices()) {
            record.addPrices(PriceRecord.newBuilder()
                    .setDimensionId(price.dimensionId())
                    .setAmount(price.amount())
                    .setPerQuantity(price.perQuantity())
                    .putAllMatch(price.match()));
        }
        return record.build();
    }

    static CapacityPoolRecord pool(final PoolDef pool) {
        return CapacityPoolRecord.newBuilder()
                .setId(pool.id())
                .setDimensionId(pool.dimensionId())
                .putAllMatch(pool.match())
                .setAvailable(pool.available())
                .setObservedAtMs(pool.observedAtMs())
                .setReservedForPath(pool.reservedFor())
                .build();
    }

    static WalletRecord wallet(final String scopePath, final WalletDef wallet) {
        PortableRecords.require(wallet.settlement().equals(WalletDef.Settlement.AT_ONCE), "billing periods of wallets");
        PortableRecords.require(wallet.trancheOrder().isEmpty(), "orders of tranches");
        final WalletRecord.Builder record = WalletRecord.newBuilder()
                .setId(wallet.id())
                .setScopePath(scopePath)
                .setCurrency(wallet.currency())
                .setTypeValue(wallet.type().code())
                .setStatusValue(wallet.status().code())
                .setPending(wallet.pending());
        for (final TrancheDef tranche : wallet.tranches()) {
            final TrancheRecord.Builder out = TrancheRecord.newBuilder()
                    .setId(tranche.id())
                    .setAmount(tranche.amount())
                    .setRemaining(tranche.remaining())
                    .setStartsAtMs(tranche.startsAtMs())
                    .setExpiresAtMs(tranche.expiresAtMs());
            final Integer priority = tranche.priority();
            record.addTranches(priority == null ? out : out.setPriority(priority));
        }
        for (final WalletThresholdDef threshold : wallet.thresholds()) {
            record.addThresholds(WalletThreshold.newBuilder()
                    .setBelow(threshold.below())
                    .setSeverity(threshold.severity().code()));
        }
        return record.build();
    }
}
