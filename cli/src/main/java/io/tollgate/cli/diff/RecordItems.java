/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.diff;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.tollgate.cli.render.Human;
import io.tollgate.cli.render.Words;
import io.tollgate.v1.CapacityPoolRecord;
import io.tollgate.v1.CeilingRecord;
import io.tollgate.v1.EntitlementRecord;
import io.tollgate.v1.EntitlementSetRecord;
import io.tollgate.v1.PlaneBound;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.PriceBookRecord;
import io.tollgate.v1.PriceRecord;
import io.tollgate.v1.RegistryRecord;
import io.tollgate.v1.RuleRecord;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import io.tollgate.v1.SnapshotManifest;
import io.tollgate.v1.WalletRecord;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Takes records apart into the things that operators know. */
final class RecordItems {
    private final Names names;
    private final FieldTexts texts;
    private final Map<Item, Map<String, String>> items = new TreeMap<>();

    private RecordItems(Names names) {
        this.names = names;
        this.texts = new FieldTexts(names);
    }

    /** {@return everything that a record says} */
    static Map<Item, Map<String, String>> of(Section section, byte[] value, Names names)
            throws InvalidProtocolBufferException {
        RecordItems found = new RecordItems(names);
        switch (section) {
            case SECTION_REGISTRY -> found.registry(RegistryRecord.parseFrom(value));
            case SECTION_POLICY -> found.policy(PolicyRecord.parseFrom(value));
            case SECTION_ENTITLEMENT -> found.entitlements(EntitlementSetRecord.parseFrom(value));
            case SECTION_DIRECTORY -> found.scope(ScopeRecord.parseFrom(value));
            case SECTION_PRICE -> found.prices(PriceBookRecord.parseFrom(value));
            case SECTION_WALLET -> {
                WalletRecord wallet = WalletRecord.parseFrom(value);
                found.put(Kind.WALLET, wallet.getId(), wallet, Set.of("id"));
            }
            case SECTION_CAPACITY -> {
                CapacityPoolRecord pool = CapacityPoolRecord.parseFrom(value);
                found.put(Kind.POOL, pool.getId(), pool, Set.of("id"));
            }
            case SECTION_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException("no records of " + section);
        }
        return found.items;
    }

    /** {@return what the manifest itself says to operators} */
    static Map<Item, Map<String, String>> of(SnapshotManifest manifest) {
        Map<String, String> texts = new TreeMap<>();
        texts.put("bundle", manifest.getBundle());
        texts.put("reservations end after", Human.durationMs(manifest.getDefaultReservationTtlMs()));
        for (PlaneBound bound : manifest.getPlaneBoundsList()) {
            texts.put(Words.lower(bound.getPlane()) + " may be old", Human.durationMs(bound.getMaxAgeMs()));
        }
        return Map.of(new Item(Kind.SETTING, "freshness and defaults"), texts);
    }

    private void registry(RegistryRecord registry) {
        put(Kind.SETTING, "registry", registry, Set.of("units", "dimensions", "operations", "features", "attributes"));
        registry.getUnitsList().forEach(unit -> put(Kind.UNIT, unit.getName(), unit, Set.of("name")));
        registry.getDimensionsList().forEach(d -> put(Kind.DIMENSION, d.getName(), d, Set.of("name")));
        for (int id = 0; id < registry.getOperationsCount(); id++) {
            put(
                    Kind.OPERATION,
                    names.operation(id),
                    registry.getOperations(id),
                    Set.of("product", "resource_type", "action"));
        }
        registry.getFeaturesList().forEach(f -> put(Kind.FEATURE, f.getLookupKey(), f, Set.of("lookup_key")));
        registry.getAttributesList().forEach(a -> put(Kind.ATTRIBUTE, a.getName(), a, Set.of("name")));
    }

    private void policy(PolicyRecord policy) {
        String scope = Words.scope(policy.getScope());
        for (RuleRecord rule : policy.getRulesList()) {
            put(Kind.RULE, scope + " " + rule.getId(), rule, Set.of("id"));
        }
    }

    private void entitlements(EntitlementSetRecord set) {
        for (EntitlementRecord entitlement : set.getEntitlementsList()) {
            put(
                    Kind.ENTITLEMENT,
                    set.getId() + " " + names.feature(entitlement.getFeatureId()),
                    entitlement,
                    Set.of("feature_id"));
        }
    }

    private void scope(ScopeRecord scope) {
        String path = Words.scope(scope.getScope());
        put(Kind.SCOPE, path, scope, Set.of("scope", "id", "ceilings"));
        for (CeilingRecord ceiling : scope.getCeilingsList()) {
            put(Kind.LIMIT, path + " " + ceiling.getId(), ceiling, Set.of("id"));
        }
    }

    private void prices(PriceBookRecord book) {
        put(Kind.PRICE, book.getId(), book, Set.of("id", "prices"));
        for (PriceRecord price : book.getPricesList()) {
            String match = new TreeMap<>(price.getMatchMap()).toString();
            put(
                    Kind.PRICE,
                    book.getId() + " " + names.dimension(price.getDimensionId())
                            + (price.getMatchCount() == 0 ? "" : " where " + match.substring(1, match.length() - 1)),
                    price,
                    Set.of("dimension_id", "match"));
        }
    }

    /** Two of the same name stay two: the second is told apart. */
    private void put(Kind kind, String key, Message message, Set<String> without) {
        Item item = new Item(kind, key);
        for (int n = 2; items.containsKey(item); n++) {
            item = new Item(kind, key + " (" + n + ")");
        }
        items.put(item, texts.of(message, without));
    }
}
