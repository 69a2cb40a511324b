/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import java.util.List;

/**
 * Prices in one currency.
 *
 * @param id       unique in the snapshot
 * @param version  evidence of answers
 * @param currency as wallets name it
 * @param prices   where several of equally many match keys match, the first wins
 */
public record PriceBookDef(String id, long version, String currency, List<PriceDef> prices) {
    public PriceBookDef {
        prices = List.copyOf(prices);
    }
}
