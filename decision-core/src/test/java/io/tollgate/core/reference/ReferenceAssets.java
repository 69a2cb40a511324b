/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import java.util.List;

/** What a snapshot says of money and machines. */
record ReferenceAssets(
        List<ReferencePriceBook> books, List<ReferenceWallet> wallets, List<ReferencePool> pools, long defaultTtlMs) {
    static final ReferenceAssets NONE = new ReferenceAssets(List.of(), List.of(), List.of(), 60_000);
}
