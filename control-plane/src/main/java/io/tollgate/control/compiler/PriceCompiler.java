/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Value;
import io.tollgate.v1.FeatureType;
import io.tollgate.v1.PriceBookRecord;
import io.tollgate.v1.PriceRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

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
        compilation.declared(Folder.BILLING, "price_books", "price book").forEach((id, entry) -> {
            PriceBookRecord.Builder book = PriceBookRecord.newBuilder()
                    .setId(id)
                    .setVersion(entry.fields().number("version", 0))
                    .setCurrency(entry.fields().text("currency"));
            Map<String, Position> seen = new HashMap<>();
            for (Value.Fields price : entry.fields().fieldsOf("prices")) {
                price(price, book, seen);
            }
            books.add(book.build());
        });
        return books;
    }

    private void price(Value.Fields fields, PriceBookRecord.Builder book, Map<String, Position> seen) {
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
                .putAllMatch(matches.read(fields))
                .build();
        Position earlier = seen.putIfAbsent(record.getDimensionId() + " " + record.getMatchMap(), fields.at());
        if (earlier != null) {
            compilation.duplicate(fields.at(), "price for", key + " with the same match", earlier);
        }
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
