/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.credit;

import io.tollgate.core.registry.Registry;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.def.AttributeType;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.PriceBookDef;
import io.tollgate.core.world.def.PriceDef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The flat arrays of a {@link PriceBook}, worked out when a world is made. */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record PriceBookShapes(
        SymbolTable texts,
        int[] attributeIds,
        int[] dimensionShapes,
        int[] shapeStarts,
        int[] shapeSlots,
        int[] priceShapes,
        int[] priceTexts,
        int[] symbols) {

    /** Prices of one dimension that match on the same attributes; slots ascending. */
    private record Shape(int dimensionId, List<Integer> slots) {}

    static PriceBookShapes of(final Registry registry, final PriceBookDef def) {
        final String where = "price book '" + def.id() + "'";
        final SymbolTable.Builder texts = new SymbolTable.Builder();
        final Map<Integer, Integer> slotOf = new HashMap<>();
        final List<Integer> attributes = new ArrayList<>();
        final List<Map<Integer, Integer>> matches = new ArrayList<>();
        final List<Shape> shapesOfPrices = new ArrayList<>();
        final Map<List<Object>, Integer> seen = new HashMap<>();
        for (int i = 0; i < def.prices().size(); i++) {
            final PriceDef price = def.prices().get(i);
            check(registry, where + ", price " + (i + 1), price);
            final Map<Integer, Integer> match = new TreeMap<>();
            price.match().forEach((name, text) -> {
                final int attribute = attribute(registry, where, name);
                final int slot = slotOf.computeIfAbsent(attribute, key -> {
                    attributes.add(key);
                    return attributes.size() - 1;
                });
                match.put(slot, texts.intern(text));
            });
            final Shape shape = new Shape(price.dimensionId(), List.copyOf(match.keySet()));
            final Integer earlier = seen.putIfAbsent(List.of(shape, match), i);
            if (earlier != null) {
                throw new DefinitionException(where + ": prices " + (earlier + 1) + " and " + (i + 1)
                        + " are for the same dimension and match; remove one");
            }
            matches.add(match);
            shapesOfPrices.add(shape);
        }
        if (attributes.size() > PriceQuery.MAX_ATTRIBUTES) {
            throw new DefinitionException(where + " matches on " + attributes.size() + " attributes; at most "
                    + PriceQuery.MAX_ATTRIBUTES + " are supported");
        }
        return flat(
                registry.dimensions().size(),
                texts.build(),
                attributes.stream().mapToInt(Integer::intValue).toArray(),
                matches,
                shapesOfPrices);
    }

    private static void check(final Registry registry, final String where, final PriceDef price) {
        if (price.dimensionId() < 0
                || price.dimensionId() >= registry.dimensions().size()) {
            throw new DefinitionException(where + ": dimension id " + price.dimensionId()
                    + " does not resolve: the registry has "
                    + registry.dimensions().size());
        }
        if (price.amount() < 0 || price.perQuantity() < 1) {
            throw new DefinitionException(where + ": " + price.amount() + " per " + price.perQuantity()
                    + "; the amount must be at least 0, the quantity at least 1");
        }
    }

    private static int attribute(final Registry registry, final String where, final String name) {
        final int attribute = registry.attributes().find(name);
        if (attribute == Registry.MISSING || registry.attributeType(attribute) != AttributeType.STRING) {
            throw new DefinitionException(where + " matches on '" + name
                    + "', which the registry does not declare as an attribute of type string");
        }
        return attribute;
    }

    private static PriceBookShapes flat(
            final int dimensions,
            final SymbolTable texts,
            final int[] attributeIds,
            final List<Map<Integer, Integer>> matches,
            final List<Shape> shapesOfPrices) {
        final List<Shape> shapes = shapesOfPrices.stream()
                .distinct()
                .sorted(Comparator.comparingInt(Shape::dimensionId)
                        .thenComparing(shape -> -shape.slots().size()))
                .toList();
        final int[] dimensionShapes = new int[dimensions + 1];
        final int[] shapeStarts = new int[shapes.size() + 1];
        final List<Integer> slots = new ArrayList<>();
        for (int i = 0; i < shapes.size(); i++) {
            slots.addAll(shapes.get(i).slots());
            shapeStarts[i + 1] = slots.size();
            dimensionShapes[shapes.get(i).dimensionId() + 1]++;
        }
        for (int i = 0; i < dimensions; i++) {
            dimensionShapes[i + 1] += dimensionShapes[i];
        }
        final int[] priceShapes = new int[matches.size()];
        final int[] priceTexts = new int[matches.size()];
        final List<Integer> symbols = new ArrayList<>();
        for (int i = 0; i < priceShapes.length; i++) {
            priceShapes[i] = shapes.indexOf(shapesOfPrices.get(i));
            priceTexts[i] = symbols.size();
            symbols.addAll(matches.get(i).values());
        }
        return new PriceBookShapes(
                texts,
                attributeIds,
                dimensionShapes,
                shapeStarts,
                slots.stream().mapToInt(Integer::intValue).toArray(),
                priceShapes,
                priceTexts,
                symbols.stream().mapToInt(Integer::intValue).toArray());
    }
}
