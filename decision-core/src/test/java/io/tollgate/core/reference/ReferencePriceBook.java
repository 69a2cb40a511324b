/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import java.util.List;
import java.util.Map;

/** Unit prices in one currency. */
record ReferencePriceBook(String id, long version, String currency, List<Price> prices) {
    /** amount of money, fixed point, for perQuantity of the dimension's unit, where every attribute of match is so. */
    record Price(int dimensionId, long amount, long perQuantity, Map<String, String> match) {}
}
