/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.explain;

import java.util.List;

/**
 * What one decision costs and who pays; money is fixed point.
 *
 * @param amount       what it is estimated to cost
 * @param scale        digits after the point of all money here
 * @param currency     of all money here
 * @param priceVersion version of the price book
 * @param priceBook    its id
 * @param walletId     what pays
 * @param walletScope  whose it is
 * @param spendable    what can still be spent: as found, or as left when the decision took; below 0 when overdrawn
 * @param shares       the tranches that pay, in the order in which they are spent; what they cannot cover, and what is paid later
 *                     (POST_PAID), is no share
 */
public record CostView(
        long amount,
        int scale,
        String currency,
        long priceVersion,
        String priceBook,
        String walletId,
        ScopeName walletScope,
        long spendable,
        List<Share> shares) {
    /** Most shares that are listed; what comes after is in the last of them. */
    public static final int MAX_SHARES = 8;

    public CostView {
        shares = List.copyOf(shares);
    }

    /**
     * What one tranche pays.
     *
     * @param trancheId its id
     * @param amount    how much
     */
    public record Share(String trancheId, long amount) {}
}
