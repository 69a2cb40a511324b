/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.entitlement;

import io.tollgate.core.attribute.AttributeBlock;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.EntitlementDef;
import io.tollgate.core.world.def.EntitlementSetDef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * All entitlement sets of a snapshot. The entries of a set lie together, ordered by feature, and are found by binary search.
 *
 * <p>Immutable, safe for any thread; nothing here allocates after construction.
 */
public final class EntitlementTables {
    /** The customer has not bought the feature, or has no set. */
    public static final int MISSING = 0;
    /** The customer has the feature, and it is switched off. */
    public static final int DISABLED = 1;
    /** The customer has the feature. */
    public static final int ENABLED = 2;
    /** No entry, no set. */
    public static final int NONE = -1;

    private static final String[] NO_KEYS = {};
    private static final AttributeValue[] NO_VALUES = {};

    private final SymbolTable sets;
    /** Entries of set i: starts[i] to starts[i + 1] - 1. */
    private final int[] starts;

    private final int[] features;
    private final EntitlementDef[] entries;
    private final String[][] keys;
    private final AttributeValue[][] values;
    private final SymbolTable configKeys;
    /** By entry: its values under symbols of configKeys, or null. */
    private final @Nullable UnsafeBuffer[] configBlocks;

    /** Numbers that are kept for sets which are no more. */
    private final BitSet absent;

    private final List<EntitlementSetDef> definitions;

    private EntitlementTables(final List<EntitlementSetDef> defs, final BitSet absent) {
        this.absent = absent;
        definitions = List.copyOf(defs);
        sets = SymbolTable.of(defs.stream().map(EntitlementSetDef::id).toList());
        starts = new int[defs.size() + 1];
        for (int i = 0; i < defs.size(); i++) {
            starts[i + 1] = Math.addExact(starts[i], defs.get(i).entitlements().size());
        }
        final int count = starts[defs.size()];
        features = new int[count];
        entries = new EntitlementDef[count];
        keys = new String[count][];
        values = new AttributeValue[count][];
        configBlocks = new UnsafeBuffer[count];
        final SymbolTable.Builder allKeys = new SymbolTable.Builder();
        int entry = 0;
        for (final EntitlementSetDef def : defs) {
            final EntitlementDef[] sorted = def.entitlements().toArray(new EntitlementDef[0]);
            Arrays.sort(sorted, Comparator.comparingInt(EntitlementDef::featureId));
            for (final EntitlementDef entitlement : sorted) {
                add(entry, entitlement);
                configBlocks[entry++] = configBlock(entitlement, allKeys);
            }
        }
        configKeys = allKeys.build();
    }

    private static @Nullable UnsafeBuffer configBlock(final EntitlementDef def, final SymbolTable.Builder allKeys) {
        if (def.config().isEmpty()) {
            return null;
        }
        final Map<Integer, AttributeValue> numbered = new HashMap<>();
        def.config().forEach((key, value) -> numbered.put(allKeys.intern(key), value));
        return new UnsafeBuffer(AttributeBlock.encode(numbered));
    }

    private void add(final int entry, final EntitlementDef def) {
        features[entry] = def.featureId();
        entries[entry] = def;
        keys[entry] = def.config().isEmpty()
                ? NO_KEYS
                : def.config().keySet().stream().sorted().toArray(String[]::new);
        values[entry] = def.config().isEmpty()
                ? NO_VALUES
                : def.config().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(Map.Entry::getValue)
                        .toArray(AttributeValue[]::new);
    }

    /**
     * Checks and compiles.
     *
     * @param registry that the feature ids are of
     * @param defs     sets of the snapshot, in its order
     * @throws DefinitionException when an id does not resolve, a set or a feature in a set comes twice
     */
    public static EntitlementTables compile(final Registry registry, final List<EntitlementSetDef> defs) {
        final SymbolTable.Builder ids = new SymbolTable.Builder();
        for (final EntitlementSetDef set : defs) {
            final String where = "entitlement set '" + set.id() + "'";
            if (!ids.add(set.id())) {
                throw new DefinitionException(where + " comes twice; ids of sets are unique in a snapshot");
            }
            final boolean[] seen = new boolean[registry.features().size()];
            for (final EntitlementDef entitlement : set.entitlements()) {
                final int feature = entitlement.featureId();
                if (feature < 0 || feature >= seen.length) {
                    throw new DefinitionException(
                            where + ": feature id " + feature + " does not resolve: the registry has " + seen.length);
                }
                if (seen[feature]) {
                    throw new DefinitionException(
                            where + ": feature '" + registry.features().name(feature) + "' comes twice; merge the two");
                }
                seen[feature] = true;
            }
        }
        return new EntitlementTables(defs, new BitSet());
    }

    /**
     * As {@link #compile}, and sets that these tables know keep their numbers; those of sets that are no more are kept. These tables when
     * nothing has changed.
     *
     * @param registry that the feature ids are of
     * @param defs     all sets, in any order
     * @throws DefinitionException when an id does not resolve, a set or a feature in a set comes twice
     */
    public EntitlementTables renewed(final Registry registry, final List<EntitlementSetDef> defs) {
        final EntitlementTables checked = compile(registry, defs);
        final List<EntitlementSetDef> numbered = new ArrayList<>();
        final BitSet gone = new BitSet();
        for (int i = 0; i < setCount(); i++) {
            final int set = checked.findSet(setName(i));
            if (set == NONE) {
                gone.set(i);
            }
            numbered.add(set == NONE ? new EntitlementSetDef(setName(i), List.of()) : defs.get(set));
        }
        for (final EntitlementSetDef def : defs) {
            if (sets.find(def.id()) == SymbolTable.MISSING) {
                numbered.add(def);
            }
        }
        return numbered.equals(definitions) && gone.equals(absent) ? this : new EntitlementTables(numbered, gone);
    }

    /** {@return whether a set is there, and not only its number} */
    public boolean present(final int setId) {
        return !absent.get(setId);
    }

    /** {@return how many sets, those that are no more included} */
    public int setCount() {
        return sets.size();
    }

    /** {@return the id of a set as the snapshot writes it} */
    public String setName(final int setId) {
        return sets.name(setId);
    }

    /** {@return the number of a set, or {@link #NONE}; allocates} */
    public int findSet(final String name) {
        final int set = sets.find(name);
        return set == SymbolTable.MISSING || absent.get(set) ? NONE : set;
    }

    /**
     * {@return the entry of a feature in a set, or {@link #NONE}}
     *
     * @param setId     as rows carry it; {@link #NONE} has no entries
     * @param featureId position in the registry
     */
    public int find(final int setId, final int featureId) {
        if (setId < 0) {
            return NONE;
        }
        int low = starts[setId];
        int high = starts[setId + 1] - 1;
        while (low <= high) {
            final int middle = low + high >>> 1;
            if (features[middle] < featureId) {
                low = middle + 1;
            } else if (features[middle] > featureId) {
                high = middle - 1;
            } else {
                return middle;
            }
        }
        return NONE;
    }

    /**
     * {@return {@link #MISSING}, {@link #DISABLED} or {@link #ENABLED}}
     *
     * @param entry from {@link #find}
     */
    public int status(final int entry) {
        if (entry < 0) {
            return MISSING;
        }
        return entries[entry].enabled() ? ENABLED : DISABLED;
    }

    /** {@return the value of a static feature, else empty} */
    public String staticValue(final int entry) {
        return entries[entry].staticValue();
    }

    /** {@return how many values a config feature has} */
    public int configCount(final int entry) {
        return keys[entry].length;
    }

    /** {@return a key of a config feature; ascending} */
    public String configKey(final int entry, final int index) {
        return keys[entry][index];
    }

    /** {@return the value of the key at the same index} */
    public AttributeValue configValue(final int entry, final int index) {
        return values[entry][index];
    }

    /** {@return keys of the config values of all entitlements} */
    public SymbolTable configKeys() {
        return configKeys;
    }

    /** {@return the config values of an entry under symbols of {@link #configKeys()}, or null when it has none} */
    public @Nullable UnsafeBuffer configBlock(final int entry) {
        return configBlocks[entry];
    }

    /** {@return where the entitlement comes from, for explain: "plan pro"} */
    public String origin(final int entry) {
        return entries[entry].origin();
    }
}
