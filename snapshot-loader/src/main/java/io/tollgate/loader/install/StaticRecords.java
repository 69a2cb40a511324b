/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.core.capacity.PoolBinder;
import io.tollgate.core.world.WorldTables;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.PoolDef;
import io.tollgate.core.world.def.PriceBookDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.RefusedException.Check;
import io.tollgate.loader.translate.PolicyTranslator;
import io.tollgate.loader.translate.RegistryTranslator;
import io.tollgate.loader.translate.WalletTranslator;
import io.tollgate.v1.CapacityPoolRecord;
import io.tollgate.v1.EntitlementSetRecord;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.PriceBookRecord;
import io.tollgate.v1.PriceRecord;
import io.tollgate.v1.RegistryRecord;
import io.tollgate.v1.Section;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The small sections on the heap: takes their records, translates them, and remembers what must resolve once the directory is known.
 * Loader's thread only.
 */
final class StaticRecords {
    static final String REGISTRY_KEY = "registry";

    private @Nullable RegistryDef registry;
    private final List<PolicyDef> policies = new ArrayList<>();
    private final List<EntitlementSetDef> entitlements = new ArrayList<>();
    private final List<PriceBookDef> prices = new ArrayList<>();
    private final List<PoolDef> pools = new ArrayList<>();
    /** Scope path to what names it, for messages. */
    private final Map<String, String> namedScopes = new LinkedHashMap<>();

    private int highestDimension = -1;
    private String highestDimensionUser = "";

    /**
     * Takes a record.
     *
     * @throws RefusedException naming the record that makes no sense
     */
    void add(Section section, byte[] key, byte[] value) throws RefusedException {
        String name = new String(key, StandardCharsets.UTF_8);
        String where = SectionFiles.shortName(section) + " '" + name + "'";
        try {
            switch (section) {
                case SECTION_REGISTRY -> addRegistry(name, where, value);
                case SECTION_POLICY -> {
                    PolicyRecord record = PolicyRecord.parseFrom(value);
                    requireKey(name, record.getScope().getPath(), where);
                    policies.add(PolicyTranslator.translate(record));
                }
                case SECTION_ENTITLEMENT -> {
                    EntitlementSetRecord record = EntitlementSetRecord.parseFrom(value);
                    requireKey(name, record.getId(), where);
                    entitlements.add(PolicyTranslator.translate(record));
                }
                case SECTION_PRICE -> addPrices(PriceBookRecord.parseFrom(value), name, where);
                case SECTION_WALLET -> {
                    // in the rows of their scopes (WalletSpool); files of an older program have them here as well
                }
                case SECTION_CAPACITY -> addPool(CapacityPoolRecord.parseFrom(value), name, where);
                default -> throw new RefusedException(Check.CONTENT, where + ": not a small section");
            }
        } catch (InvalidProtocolBufferException e) {
            throw new RefusedException(Check.CONTENT, where + " does not parse: " + e.getMessage());
        }
    }

    private void addRegistry(String name, String where, byte[] value)
            throws RefusedException, InvalidProtocolBufferException {
        requireKey(name, REGISTRY_KEY, where);
        registry = RegistryTranslator.translate(RegistryRecord.parseFrom(value));
    }

    private void addPrices(PriceBookRecord record, String name, String where) throws RefusedException {
        requireKey(name, record.getId(), where);
        for (PriceRecord price : record.getPricesList()) {
            useDimension(price.getDimensionId(), where);
            if (price.getPerQuantity() <= 0 || price.getAmount() < 0) {
                throw new RefusedException(
                        Check.CONTENT,
                        where + ": a price of " + price.getAmount() + " per " + price.getPerQuantity()
                                + "; the amount must be at least 0, the quantity at least 1");
            }
        }
        prices.add(WalletTranslator.book(record));
    }

    private void addPool(CapacityPoolRecord record, String name, String where) throws RefusedException {
        requireKey(name, record.getId(), where);
        useDimension(record.getDimensionId(), where);
        pools.add(new PoolDef(
                record.getId(),
                record.getDimensionId(),
                record.getMatchMap(),
                record.getAvailable(),
                record.getObservedAtMs(),
                record.getReservedForPath()));
        if (!record.getReservedForPath().isEmpty()) {
            namedScopes.put(record.getReservedForPath(), where);
        }
    }

    private void useDimension(int dimensionId, String where) throws RefusedException {
        if (dimensionId < 0) {
            throw new RefusedException(
                    Check.CONTENT, where + ": dimension " + Integer.toUnsignedString(dimensionId) + " is out of range");
        }
        if (dimensionId > highestDimension) {
            highestDimension = dimensionId;
            highestDimensionUser = where;
        }
    }

    static void requireKey(String key, String recordName, String where) throws RefusedException {
        if (!key.equals(recordName)) {
            throw new RefusedException(
                    Check.CONTENT, where + ": the record under this key is named '" + recordName + "'");
        }
    }

    /**
     * Compiles the heap tables of a world.
     *
     * @param binder knows the counters of pools
     * @throws RefusedException when the records contradict themselves or each other
     * @throws IOException when there is no room for another counter
     */
    WorldTables compile(PoolBinder binder) throws RefusedException, IOException {
        RegistryDef known = checkedRegistry();
        return compiled(() -> WorldTables.compile(known, policies, entitlements)
                .withPrices(prices)
                .withPools(pools, binder));
    }

    /**
     * Compiles the heap tables of a world that goes on where another ends: numbers that rows hold stay.
     *
     * @param before tables of that world, of the same registry
     * @throws RefusedException when the records contradict themselves or each other
     * @throws IOException when there is no room for another counter
     */
    WorldTables recompile(PoolBinder binder, WorldTables before) throws RefusedException, IOException {
        checkedRegistry();
        return compiled(
                () -> before.renewed(policies, entitlements).withPrices(prices).withPools(pools, binder));
    }

    private RegistryDef checkedRegistry() throws RefusedException {
        RegistryDef known = registry;
        if (known == null) {
            throw new RefusedException(Check.CONTENT, "the registry section has no record");
        }
        if (highestDimension >= known.dimensions().size()) {
            throw new RefusedException(
                    Check.CONTENT,
                    highestDimensionUser + ": dimension " + highestDimension + " does not resolve, the registry has "
                            + known.dimensions().size());
        }
        return known;
    }

    private static WorldTables compiled(Supplier<WorldTables> compile) throws RefusedException, IOException {
        try {
            return compile.get();
        } catch (DefinitionException e) {
            throw new RefusedException(Check.CONTENT, String.valueOf(e.getMessage()));
        } catch (UncheckedIOException e) {
            throw new IOException(e.getCause());
        }
    }

    /**
     * Checks that every scope that a pool names is in the directory; policies are checked by the world, wallets by their spool.
     *
     * @throws RefusedException naming the record and the path
     */
    void requireScopes(Predicate<String> known) throws RefusedException {
        for (Map.Entry<String, String> named : namedScopes.entrySet()) {
            if (!known.test(named.getKey())) {
                throw new RefusedException(
                        Check.CONTENT, named.getValue() + ": scope '" + named.getKey() + "' is not in the directory");
            }
        }
    }
}
