/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.credit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.def.AttributeDef;
import io.tollgate.core.world.def.AttributeType;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.PriceBookDef;
import io.tollgate.core.world.def.PriceDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.UnitDef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PriceBookTest {
    private static final List<String> NAMES = List.of("resource.model", "resource.region", "actor.tier");
    private static final Registry REGISTRY = Registry.compile(new RegistryDef(
            1,
            0,
            List.of(new UnitDef("token", 0, 1, "")),
            List.of(
                    new DimensionDef("input", "llm", 0, DimensionKind.PERIOD, ""),
                    new DimensionDef("output", "llm", 0, DimensionKind.PERIOD, ""),
                    new DimensionDef("free", "llm", 0, DimensionKind.PERIOD, "")),
            List.of(),
            List.of("user"),
            List.of(),
            List.of(
                    new AttributeDef("resource.model", AttributeType.STRING),
                    new AttributeDef("resource.region", AttributeType.STRING),
                    new AttributeDef("actor.tier", AttributeType.STRING),
                    new AttributeDef("actor.level", AttributeType.INT)),
            6));

    @Test
    void shouldTakeThePriceThatMatchesWithTheMostKeys() {
        final PriceBook book = book(
                price(0, Map.of()),
                price(0, Map.of("resource.model", "large")),
                price(0, Map.of("resource.model", "large", "resource.region", "eu")));
        assertEquals(0, find(book, 0, Map.of()));
        assertEquals(0, find(book, 0, Map.of("resource.model", "small")));
        assertEquals(1, find(book, 0, Map.of("resource.model", "large")));
        assertEquals(1, find(book, 0, Map.of("resource.model", "large", "resource.region", "us")));
        assertEquals(2, find(book, 0, Map.of("resource.model", "large", "resource.region", "eu")));
    }

    @Test
    void shouldTakeTheFirstOfTheBookWhenEquallyManyKeysMatch() {
        final Map<String, String> both = Map.of("resource.model", "large", "resource.region", "eu");
        final PriceDef byModel = price(0, Map.of("resource.model", "large"));
        final PriceDef byRegion = price(0, Map.of("resource.region", "eu"));
        assertEquals(0, find(book(byModel, byRegion), 0, both));
        assertEquals(0, find(book(byRegion, byModel), 0, both));
    }

    @Test
    void shouldTellADimensionWithoutPricesFromOneWithoutAMatch() {
        final PriceBook book = book(price(0, Map.of("resource.model", "large")));
        assertEquals(PriceBook.NO_MATCH, find(book, 0, Map.of("resource.model", "tiny")));
        assertEquals(PriceBook.NO_MATCH, find(book, 0, Map.of()));
        assertEquals(PriceBook.NOT_PRICED, find(book, 1, Map.of("resource.model", "large")));
        assertEquals(PriceBook.NOT_PRICED, find(book, 99, Map.of()));
    }

    @Test
    void shouldAskForEachAttributeOnceAndForNoneThatNoPriceNames() {
        final PriceBook book = book(
                price(0, Map.of("resource.model", "a")),
                price(0, Map.of("resource.model", "b")),
                price(1, Map.of("resource.model", "a")));
        final List<Integer> asked = new ArrayList<>();
        final PriceQuery query = new PriceQuery((attribute, texts) -> {
            asked.add(attribute);
            return texts.find("a");
        });
        query.begin(book);
        assertEquals(0, book.find(0, query));
        assertEquals(2, book.find(1, query));
        assertEquals(List.of(0), asked);
    }

    @Test
    void shouldRefuseWhatCouldNotBeToldApart() {
        assertRefused("same dimension and match", price(0, Map.of()), price(0, Map.of()));
        assertRefused(
                "same dimension and match",
                price(1, Map.of("actor.tier", "x")),
                price(0, Map.of()),
                price(1, Map.of("actor.tier", "x")));
        assertRefused("of type string", price(0, Map.of("actor.level", "3")));
        assertRefused("of type string", price(0, Map.of("actor.shoe", "3")));
        assertRefused("does not resolve", price(3, Map.of()));
        assertRefused("at least 1", new PriceDef(0, 1, 0, Map.of()));
        assertRefused("at least 0", new PriceDef(0, -1, 1, Map.of()));
    }

    @Test
    void shouldRefuseTwoBooksOfOneCurrencyOrId() {
        final PriceBookDef usd = new PriceBookDef("a", 1, "usd", List.of());
        assertThrows(
                DefinitionException.class,
                () -> PriceBooks.compile(REGISTRY, List.of(usd, new PriceBookDef("b", 1, "usd", List.of()))));
        assertThrows(
                DefinitionException.class,
                () -> PriceBooks.compile(REGISTRY, List.of(usd, new PriceBookDef("a", 1, "eur", List.of()))));
    }

    @Test
    void shouldNumberBooksInTheOrderOfTheirIdsAsUtf8() {
        final PriceBooks books = PriceBooks.compile(
                REGISTRY,
                List.of(
                        new PriceBookDef("\uD83D\uDE00", 1, "yen", List.of()),
                        new PriceBookDef("\uFFFD", 1, "eur", List.of()),
                        new PriceBookDef("a", 1, "usd", List.of())));
        assertEquals(0, books.ofCurrency("usd"));
        assertEquals(1, books.ofCurrency("eur"));
        assertEquals(2, books.ofCurrency("yen"));
        assertEquals(PriceBooks.NONE, books.ofCurrency("chf"));
    }

    @Test
    void shouldFindWhatAPlainSearchFinds() {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        int matched = 0;
        for (int round = 0; round < 300; round++) {
            final List<PriceDef> prices = new ArrayList<>();
            for (int i = random.nextInt(40); i > 0; i--) {
                final PriceDef price = price(random.nextInt(2), some(random));
                if (prices.stream()
                        .noneMatch(other -> other.dimensionId() == price.dimensionId()
                                && other.match().equals(price.match()))) {
                    prices.add(price);
                }
            }
            final PriceBook book = book(prices.toArray(new PriceDef[0]));
            for (int i = 0; i < 30; i++) {
                final Map<String, String> attributes = some(random);
                final int dimension = random.nextInt(3);
                final int expected = plain(prices, dimension, attributes);
                matched += expected >= 0 ? 1 : 0;
                assertEquals(expected, find(book, dimension, attributes), () -> prices + " " + attributes + " " + seed);
            }
        }
        assertTrue(matched > 1_000, "only " + matched + " matched, seed " + seed);
    }

    private static Map<String, String> some(final SplittableRandom random) {
        final Map<String, String> match = new HashMap<>();
        for (final String name : NAMES) {
            if (random.nextInt(5) < 2) {
                match.put(name, "v" + random.nextInt(3));
            }
        }
        return match;
    }

    private static int plain(final List<PriceDef> prices, final int dimension, final Map<String, String> attributes) {
        int best = PriceBook.NOT_PRICED;
        int size = -1;
        for (int i = 0; i < prices.size(); i++) {
            final PriceDef price = prices.get(i);
            if (price.dimensionId() == dimension) {
                best = best == PriceBook.NOT_PRICED ? PriceBook.NO_MATCH : best;
                if (price.match().size() > size
                        && attributes.entrySet().containsAll(price.match().entrySet())) {
                    best = i;
                    size = price.match().size();
                }
            }
        }
        return best;
    }

    private static void assertRefused(final String because, final PriceDef... prices) {
        final DefinitionException refused = assertThrows(DefinitionException.class, () -> book(prices));
        assertTrue(String.valueOf(refused.getMessage()).contains(because), refused.getMessage());
    }

    private static PriceDef price(final int dimension, final Map<String, String> match) {
        return new PriceDef(dimension, 1, 1, match);
    }

    private static PriceBook book(final PriceDef... prices) {
        return PriceBooks.compile(REGISTRY, List.of(new PriceBookDef("list", 1, "usd", List.of(prices))))
                .book(0);
    }

    private static int find(final PriceBook book, final int dimension, final Map<String, String> attributes) {
        final PriceQuery query = new PriceQuery((attribute, texts) -> {
            final String text = attributes.get(REGISTRY.attributes().name(attribute));
            return text == null ? SymbolTable.MISSING : texts.find(text);
        });
        query.begin(book);
        return book.find(dimension, query);
    }
}
