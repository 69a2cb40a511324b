/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * Prices and wallets: price books compiled into tables for the heap, wallets laid down as blocks beside the rows of their scopes.
 * Immutable, safe for any thread; scratch objects ({@link io.tollgate.core.credit.PriceQuery}, {@link
 * io.tollgate.core.credit.WalletRow}) belong to one. What is spent lies in a cell of each wallet ({@link
 * io.tollgate.core.quota.Cells}); nothing here writes it.
 */
@NullMarked
package io.tollgate.core.credit;

import org.jspecify.annotations.NullMarked;
