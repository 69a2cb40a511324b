/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.credit;

import io.tollgate.core.symbol.SymbolTable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One request's attributes as the numbers that a {@link PriceBook} knows their texts by; each is looked up at most once, and only when a
 * price asks. Scratch, reused; one thread; allocates nothing after construction.
 */
public final class PriceQuery {
    /** Most attributes that the prices of one book match on. */
    public static final int MAX_ATTRIBUTES = 32;

    private static final int NOT_ASKED = -2;

    private final PriceInput input;
    private final int[] symbols = new int[MAX_ATTRIBUTES];
    private @Nullable PriceBook book;

    /** Where a request's texts come from. */
    @FunctionalInterface
    public interface PriceInput {
        /**
         * {@return the symbol of an attribute's text, or {@link SymbolTable#MISSING} when it has none, is no text, or is not in the table}
         *
         * @param attributeId position in the registry
         * @param texts       of the price book
         */
        int symbol(int attributeId, SymbolTable texts);
    }

    /** A query over the attributes that an input has. */
    public PriceQuery(final PriceInput input) {
        this.input = input;
    }

    /** Starts with another request. */
    public void begin(final PriceBook asked) {
        book = asked;
        Arrays.fill(symbols, NOT_ASKED);
    }

    int symbol(final int slot) {
        if (symbols[slot] == NOT_ASKED && book != null) {
            symbols[slot] = input.symbol(book.attributeId(slot), book.texts());
        }
        return symbols[slot];
    }
}
