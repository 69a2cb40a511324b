/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.world.def.AttributeValue;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a request costs. */
final class ReferencePrices {
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

    private ReferencePrices() {}

    /** {@return the price of each charged dimension that the book knows; null when a price is unknown} */
    static @Nullable Map<Integer, ReferencePriceBook.Price> choose(
            final ReferencePriceBook book,
            final Iterable<Integer> dimensions,
            final Map<String, AttributeValue> attributes) {
        final Map<Integer, ReferencePriceBook.Price> chosen = new HashMap<>();
        for (final int dimension : dimensions) {
            final List<ReferencePriceBook.Price> prices = book.prices().stream()
                    .filter(price -> price.dimensionId() == dimension)
                    .toList();
            if (prices.isEmpty()) {
                continue; // not sold by the piece
            }
            ReferencePriceBook.Price best = null;
            for (final ReferencePriceBook.Price price : prices) {
                final boolean matches = ReferenceAttributes.textsMatch(price.match(), attributes);
                if (matches
                        && (best == null || price.match().size() > best.match().size())) {
                    best = price;
                }
            }
            if (best == null) {
                return null;
            }
            chosen.put(dimension, best);
        }
        return chosen.isEmpty() ? null : chosen;
    }

    /** {@return the prices of what was reserved, and of what may be used all the same} */
    static Map<Integer, ReferencePriceBook.Price> ofAll(
            final ReferenceContext context, final Iterable<Integer> dimensions) {
        final Map<Integer, ReferencePriceBook.Price> all = new HashMap<>();
        if (context.cost != null) {
            for (final int dimension : dimensions) {
                final Map<Integer, ReferencePriceBook.Price> one =
                        choose(context.cost.payer().book(), List.of(dimension), ReferenceAttributes.of(context));
                all.putAll(one == null ? Map.of() : one);
            }
        }
        return all;
    }

    /** {@return the sum over the dimensions, each rounded up; null when it is too large for a long} */
    static @Nullable Long cost(final Map<Integer, ReferencePriceBook.Price> prices, final Map<Integer, Long> charges) {
        BigInteger sum = BigInteger.ZERO;
        for (final Map.Entry<Integer, ReferencePriceBook.Price> entry : prices.entrySet()) {
            final ReferencePriceBook.Price price = entry.getValue();
            final BigInteger[] exact = BigInteger.valueOf(charges.getOrDefault(entry.getKey(), 0L))
                    .multiply(BigInteger.valueOf(price.amount()))
                    .divideAndRemainder(BigInteger.valueOf(price.perQuantity()));
            sum = sum.add(exact[0]).add(exact[1].signum() > 0 ? BigInteger.ONE : BigInteger.ZERO);
        }
        return sum.compareTo(MOST) > 0 ? null : sum.longValueExact();
    }
}
