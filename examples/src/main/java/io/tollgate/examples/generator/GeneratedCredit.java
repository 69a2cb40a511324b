/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import io.tollgate.core.Severity;
import io.tollgate.core.world.def.PriceBookDef;
import io.tollgate.core.world.def.PriceDef;
import io.tollgate.core.world.def.TrancheDef;
import io.tollgate.core.world.def.WalletDef;
import io.tollgate.core.world.def.WalletStatus;
import io.tollgate.core.world.def.WalletThresholdDef;
import io.tollgate.core.world.def.WalletType;
import java.util.List;
import java.util.Map;

/** A price book by model and region, and for each organization a prepaid wallet of three tranches; no benchmark finds its bottom. */
final class GeneratedCredit {
    private static final String CURRENCY = "usd";
    private static final long PLENTY = 1L << 58;
    private static final long YEAR_2100_MS = 4_102_444_800_000L;
    private static final long PER_QUANTITY = 1_000;

    private GeneratedCredit() {}

    static List<PriceBookDef> priceBooks() {
        return List.of(new PriceBookDef(
                "list",
                1,
                CURRENCY,
                List.of(
                        price(500, Map.of("resource.model", "small")),
                        price(3_000, Map.of("resource.model", "large")),
                        price(2_500, Map.of("resource.model", "large", "resource.region", "eu-1")))));
    }

    private static PriceDef price(final long amount, final Map<String, String> match) {
        return new PriceDef(GeneratedRegistry.TOKENS, amount, PER_QUANTITY, match);
    }

    static WalletDef wallet(final int organization) {
        return new WalletDef(
                "wallet-" + GeneratedNames.organization(organization),
                CURRENCY,
                WalletType.PRE_PAID,
                WalletStatus.ACTIVE,
                List.of(
                        new TrancheDef("promo", PLENTY, PLENTY, 0, YEAR_2100_MS, 1),
                        new TrancheDef("bought", PLENTY, PLENTY, 0, 0, null),
                        new TrancheDef("granted", PLENTY, PLENTY, 0, 0, 5)),
                List.of(),
                List.of(new WalletThresholdDef(1_000, Severity.WARNING)),
                0,
                WalletDef.Settlement.AT_ONCE);
    }
}
