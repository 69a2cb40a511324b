/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.credit;

import io.tollgate.core.registry.Registry;
import io.tollgate.core.symbol.Utf8Order;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.PriceBookDef;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The price books of a snapshot, numbered in the order of their ids (UTF-8); one for each currency. Immutable, safe for any thread. */
public final class PriceBooks {
    /** No book has this currency. */
    public static final int NONE = -1;
    /** No prices. */
    public static final PriceBooks EMPTY = new PriceBooks(new PriceBook[0]);

    private static final Comparator<PriceBookDef> BY_ID = Comparator.comparing(PriceBookDef::id, Utf8Order.INSTANCE);

    private final PriceBook[] books;

    private PriceBooks(final PriceBook[] books) {
        this.books = books;
    }

    /**
     * Checks and compiles.
     *
     * @param registry that the dimension ids are of
     * @param defs     of the snapshot, in any order
     * @throws DefinitionException when a price makes no sense, or an id or a currency comes twice
     */
    public static PriceBooks compile(final Registry registry, final List<PriceBookDef> defs) {
        final Map<String, String> seen = new HashMap<>();
        final Set<String> ids = new HashSet<>();
        for (final PriceBookDef def : defs) {
            final String other = seen.putIfAbsent(def.currency(), def.id());
            if (!ids.add(def.id())) {
                throw new DefinitionException("price book '" + def.id() + "' comes twice; rename one");
            }
            if (other != null) {
                throw new DefinitionException("price books '" + other + "' and '" + def.id() + "' are both in "
                        + def.currency() + "; keep one for each currency");
            }
        }
        return new PriceBooks(defs.stream()
                .sorted(BY_ID)
                .map(def -> new PriceBook(def, PriceBookShapes.of(registry, def)))
                .toArray(PriceBook[]::new));
    }

    /** {@return whether these books, in any order, are what this was compiled from} */
    public boolean isOf(final List<PriceBookDef> defs) {
        final List<PriceBookDef> sorted = defs.stream().sorted(BY_ID).toList();
        boolean same = sorted.size() == books.length;
        for (int i = 0; same && i < books.length; i++) {
            same = books[i].def().equals(sorted.get(i));
        }
        return same;
    }

    /** {@return how many} */
    public int size() {
        return books.length;
    }

    /** {@return a book by its number} */
    public PriceBook book(final int number) {
        return books[number];
    }

    /** {@return number of the book of a currency, or {@link #NONE}} */
    public int ofCurrency(final String currency) {
        for (int i = 0; i < books.length; i++) {
            if (books[i].currency().equals(currency)) {
                return i;
            }
        }
        return NONE;
    }
}
