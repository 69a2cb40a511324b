/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Value;
import io.tollgate.core.credit.PriceQuery;
import io.tollgate.v1.FeatureType;
import io.tollgate.v1.PriceBookRecord;
import io.tollgate.v1.PriceRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** Price books of billing/. */
final class PriceCompiler {
    private final Compilation compilation;
    private final Registry registry;
    private final UnitTable units;
    private final Money money;
    private final Matches matches;

    PriceCompiler(Compilation compilation, Registry registry, UnitTable units, Money money) {
        this.compilation = compilation;
        this.registry = registry;
        this.units = units;
        this.money = money;
        this.matches = new Matches(compilation, registry);
    }

    List<PriceBookRecord> compile() {
        List<PriceBookRecord> books = new ArrayList<>();
        Map<String, Position> currencies = new HashMap<>();
        compilation.declared(Folder.BILLING, "price_books", "price book").forEach((id, entry) -> {
            PriceBookRecord.Builder book = PriceBookRecord.newBuilder()
                    .setId(id)
                    .setVersion(entry.fields().number("version", 0))
                    .setCurrency(entry.fields().text("currency"));
            onePerCurrency(entry, currencies);
            PriceAmbiguity written = new PriceAmbiguity(compilation);
            for (Value.Fields price : entry.fields().fieldsOf("prices")) {
                price(price, book, written);
            }
            written.check();
            attributes(entry, book);
            books.add(book.build());
        });
        return books;
    }

    private void onePerCurrency(Value.Entry book, Map<String, Position> currencies) {
        if (book.fields().has("currency")) {
            Position earlier = currencies.putIfAbsent(
                    book.fields().text("currency"), book.fields().at("currency"));
            if (earlier != null) {
                compilation.error(
                        book.fields().at("currency"),
                        Code.PRICE_TERMS,
                        "there already is a price book in " + book.fields().text("currency") + " at " + earlier,
                        "merge the two");
            }
        }
    }

    private void attributes(Value.Entry entry, PriceBookRecord.Builder book) {
        Set<String> names = new TreeSet<>();
        book.getPricesList().forEach(price -> names.addAll(price.getMatchMap().keySet()));
        if (names.size() > PriceQuery.MAX_ATTRIBUTES) {
            compilation.error(
                    entry.at(),
                    Code.TOO_LARGE,
                    "the prices of this book match on " + names.size() + " attributes, at most "
                            + PriceQuery.MAX_ATTRIBUTES,
                    "match on fewer");
        }
    }

    private void price(Value.Fields fields, PriceBookRecord.Builder book, PriceAmbiguity written) {
        String key = fields.text("feature");
        Registry.Feature feature = registry.feature(key);
        if (feature == null) {
            if (fields.has("feature") && !registry.featureNames().contains(key)) {
                compilation.unknown(fields.at("feature"), "feature", key, registry.featureNames());
            }
            return;
        }
        if (registry.featureRecord(feature.id()).getType() != FeatureType.FEATURE_TYPE_METERED) {
            compilation.error(
                    fields.at("feature"),
                    Code.KIND_MISMATCH,
                    Quoted.of(key) + " is not metered, so nothing of it can be priced by amount",
                    "name a metered feature");
            return;
        }
        if (fields.text("billing_model").equals("TIERED")) {
            NotYet.tiers(compilation, fields.at("billing_model"));
            return;
        }
        OptionalLong quantity = units.multiply(
                fields.at(), packageSize(fields), feature.unitFactor(), registry.unitOf(feature.dimension()));
        PriceRecord record = PriceRecord.newBuilder()
                .setDimensionId(feature.dimension())
                .setAmount(money.read(fields, "amount"))
                .setPerQuantity(quantity.orElse(1))
                .putAllMatch(matches.readTexts(fields))
                .build();
        written.add(key, record, fields.at());
        book.addPrices(record);
    }

    private long packageSize(Value.Fields fields) {
        boolean isPackage = fields.text("billing_model").equals("PACKAGE");
        Value.Fields transform = fields.fields("transform_quantity");
        if (isPackage != (transform != null)) {
            compilation.error(
                    fields.has("transform_quantity") ? fields.at("transform_quantity") : fields.at(),
                    Code.MISSING_KEY,
                    isPackage ? "a PACKAGE price needs 'transform_quantity'" : "only a PACKAGE price has a size",
                    isPackage
                            ? "add 'transform_quantity: {divide_by: 1000}'"
                            : "add 'billing_model: PACKAGE', or remove transform_quantity");
        }
        return transform == null ? 1 : transform.number("divide_by", 1);
    }
}
