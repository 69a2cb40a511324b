/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.translate;

import io.tollgate.core.Severity;
import io.tollgate.core.world.def.PriceBookDef;
import io.tollgate.core.world.def.PriceDef;
import io.tollgate.core.world.def.TrancheDef;
import io.tollgate.core.world.def.TrancheKey;
import io.tollgate.core.world.def.WalletDef;
import io.tollgate.core.world.def.WalletStatus;
import io.tollgate.core.world.def.WalletThresholdDef;
import io.tollgate.core.world.def.WalletType;
import io.tollgate.core.world.def.WindowDef;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.v1.PriceBookRecord;
import io.tollgate.v1.PriceRecord;
import io.tollgate.v1.TrancheRecord;
import io.tollgate.v1.WalletRecord;
import io.tollgate.v1.WalletThreshold;
import java.util.ArrayList;
import java.util.List;

/** Wallets and price books. */
public final class WalletTranslator {
    private WalletTranslator() {}

    /**
     * Translates a wallet.
     *
     * @throws RefusedException naming the wallet and the field that this version does not know
     */
    public static WalletDef wallet(WalletRecord record) throws RefusedException {
        String where = "wallet '" + record.getId() + "'";
        int type = record.getTypeValue();
        int status = record.getStatusValue();
        List<TrancheKey> order = new ArrayList<>();
        for (int key : record.getTrancheOrderValueList()) {
            order.add(Codes.known(TrancheKey.ofCode(key), key, "tranche order", where));
        }
        List<TrancheDef> tranches = new ArrayList<>();
        for (TrancheRecord tranche : record.getTranchesList()) {
            tranches.add(tranche(tranche, where + ", tranche '" + tranche.getId() + "'"));
        }
        List<WalletThresholdDef> thresholds = new ArrayList<>();
        for (WalletThreshold threshold : record.getThresholdsList()) {
            int severity = threshold.getSeverity();
            thresholds.add(new WalletThresholdDef(
                    threshold.getBelow(), Codes.known(Severity.ofCode(severity), severity, "severity", where)));
        }
        return new WalletDef(
                record.getId(),
                record.getCurrency(),
                Codes.known(WalletType.ofCode(type), type, "type", where),
                Codes.known(WalletStatus.ofCode(status), status, "status", where),
                tranches,
                order,
                thresholds,
                Codes.count(record.getPending(), "pending", where),
                new WalletDef.Settlement(
                        Codes.count(record.getPeriodEndMs(), "period_end_ms", where),
                        record.hasBillingWindow()
                                ? ScopeTranslator.window(record.getBillingWindow(), where)
                                : WindowDef.NONE));
    }

    private static TrancheDef tranche(TrancheRecord record, String where) throws RefusedException {
        return new TrancheDef(
                record.getId(),
                Codes.count(record.getAmount(), "amount", where),
                Codes.count(record.getRemaining(), "remaining", where),
                Codes.count(record.getStartsAtMs(), "starts_at_ms", where),
                Codes.count(record.getExpiresAtMs(), "expires_at_ms", where),
                record.hasPriority() ? record.getPriority() : null);
    }

    /** Translates a price book; what makes no sense in it the world's tables refuse. */
    public static PriceBookDef book(PriceBookRecord record) {
        List<PriceDef> prices = new ArrayList<>();
        for (PriceRecord price : record.getPricesList()) {
            prices.add(new PriceDef(
                    price.getDimensionId(), price.getAmount(), price.getPerQuantity(), price.getMatchMap()));
        }
        return new PriceBookDef(record.getId(), record.getVersion(), record.getCurrency(), prices);
    }
}
