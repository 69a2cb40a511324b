/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.credit;

import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.def.PriceBookDef;
import io.tollgate.core.world.def.PriceDef;
import java.util.List;

/**
 * Prices in one currency, compiled. Prices of a dimension that match on the same attributes are a <i>shape</i>; the shapes of a dimension
 * lie together, those of more attributes first. A price is found by one look into a hash table for each shape: under its shape and the
 * numbers of its texts.
 *
 * <p>Immutable, safe for any thread; {@link #find} does not allocate.
 */
public final class PriceBook {
    /** {@link #find}: the book has no price of this dimension at all. */
    public static final int NOT_PRICED = -1;
    /** {@link #find}: the dimension has prices, and none is for these attributes. */
    public static final int NO_MATCH = -2;

    private static final int FREE = 0;

    private final PriceBookDef def;
    private final SymbolTable texts;
    /** Registry's id of each attribute that some price matches on, by slot. */
    private final int[] attributeIds;
    /** Shapes of dimension d: dimensionShapes[d] to dimensionShapes[d + 1] - 1. */
    private final int[] dimensionShapes;
    /** Slots of shape s: shapeSlots[shapeStarts[s]] to shapeSlots[shapeStarts[s + 1] - 1]. */
    private final int[] shapeStarts;

    private final int[] shapeSlots;
    private final int[] priceShapes;
    /** Of price p the symbols of its texts, in the order of its shape's slots, from priceTexts[p]. */
    private final int[] priceTexts;

    private final int[] symbols;
    /** Price plus 1; open addressing, at most half full. */
    private final int[] table;

    PriceBook(final PriceBookDef def, final PriceBookShapes shapes) {
        this.def = def;
        texts = shapes.texts();
        attributeIds = shapes.attributeIds();
        dimensionShapes = shapes.dimensionShapes();
        shapeStarts = shapes.shapeStarts();
        shapeSlots = shapes.shapeSlots();
        priceShapes = shapes.priceShapes();
        priceTexts = shapes.priceTexts();
        symbols = shapes.symbols();
        final int prices = def.prices().size();
        table = new int[Integer.highestOneBit(Math.max(1, prices)) * 4];
        for (int price = 0; price < prices; price++) {
            int slot = slot(hash(price));
            while (table[slot] != FREE) {
                slot = slot + 1 & table.length - 1;
            }
            table[slot] = price + 1;
        }
    }

    PriceBookDef def() {
        return def;
    }

    private int slot(final long hash) {
        return (int) (hash ^ hash >>> Integer.SIZE) & table.length - 1;
    }

    private long hash(final int price) {
        final int shape = priceShapes[price];
        long hash = start(shape);
        for (int i = 0; i < shapeStarts[shape + 1] - shapeStarts[shape]; i++) {
            hash = add(hash, symbols[priceTexts[price] + i]);
        }
        return hash;
    }

    private static long start(final int shape) {
        return add(0x9E37_79B9_7F4A_7C15L, shape);
    }

    private static long add(final long hash, final int number) {
        final long mixed = (hash ^ number) * 0xD6E8_FEB8_6659_FD93L;
        return mixed ^ mixed >>> Integer.SIZE;
    }

    /** {@return its id} */
    public String id() {
        return def.id();
    }

    /** {@return its version, the evidence of answers} */
    public long version() {
        return def.version();
    }

    /** {@return its currency} */
    public String currency() {
        return def.currency();
    }

    /** {@return what a price costs for {@link #perQuantity} units of its dimension, fixed point} */
    public long amount(final int price) {
        return def.prices().get(price).amount();
    }

    /** {@return for how many units of its dimension a price is} */
    public long perQuantity(final int price) {
        return def.prices().get(price).perQuantity();
    }

    /** {@return a price} */
    public PriceDef price(final int price) {
        return def.prices().get(price);
    }

    /** {@return the prices, in their order} */
    public List<PriceDef> prices() {
        return def.prices();
    }

    int attributeId(final int slot) {
        return attributeIds[slot];
    }

    SymbolTable texts() {
        return texts;
    }

    /**
     * {@return the price that matches with the most attributes, of several the first of the book; {@link #NOT_PRICED}, {@link #NO_MATCH}}
     *
     * @param dimensionId position in the registry
     * @param query       begun with this book
     */
    public int find(final int dimensionId, final PriceQuery query) {
        if (dimensionId < 0
                || dimensionId + 1 >= dimensionShapes.length
                || dimensionShapes[dimensionId] == dimensionShapes[dimensionId + 1]) {
            return NOT_PRICED;
        }
        int found = NO_MATCH;
        int foundSize = 0;
        for (int shape = dimensionShapes[dimensionId]; shape < dimensionShapes[dimensionId + 1]; shape++) {
            final int size = shapeStarts[shape + 1] - shapeStarts[shape];
            if (found >= 0 && size < foundSize) {
                return found;
            }
            final int price = lookUp(shape, size, query);
            if (price >= 0 && (found < 0 || price < found)) {
                found = price;
                foundSize = size;
            }
        }
        return found;
    }

    private int lookUp(final int shape, final int size, final PriceQuery query) {
        long hash = start(shape);
        for (int i = 0; i < size; i++) {
            final int symbol = query.symbol(shapeSlots[shapeStarts[shape] + i]);
            if (symbol == SymbolTable.MISSING) {
                return NO_MATCH;
            }
            hash = add(hash, symbol);
        }
        int slot = slot(hash);
        while (table[slot] != FREE) {
            final int price = table[slot] - 1;
            if (priceShapes[price] == shape && matches(price, shape, size, query)) {
                return price;
            }
            slot = slot + 1 & table.length - 1;
        }
        return NO_MATCH;
    }

    private boolean matches(final int price, final int shape, final int size, final PriceQuery query) {
        for (int i = 0; i < size; i++) {
            if (symbols[priceTexts[price] + i] != query.symbol(shapeSlots[shapeStarts[shape] + i])) {
                return false;
            }
        }
        return true;
    }
}
