/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.capacity;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.PoolDef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * The pools of a snapshot, numbered by dimension, then by the row of the scope that they are reserved for (shared ones: {@link #SHARED}),
 * then by id in the order of UTF-8: the pools that one scope brings for one dimension lie together, in the order in which they are tried.
 *
 * <p>{@link #compile} knows scopes by their paths; {@link #located} by the rows of one world. Immutable, safe for any thread; nothing
 * allocates but where it says so.
 */
public final class CapacityTables {
    /** Owner of a shared pool; the same number as that of no row. */
    public static final long SHARED = 0;

    /** No pool. */
    public static final int NONE = -1;

    /** The tables of a world without pools. */
    public static final CapacityTables EMPTY = new CapacityTables(List.of());

    private static final long NOBODY = -1;

    private record Pool(PoolDef def, long cell, int[] attributes, WantedValue[] values, long owner) {
        Pool ownedBy(final long row) {
            return new Pool(def, cell, attributes, values, row);
        }
    }

    private final Pool[] pools;
    private final int[] dimensions;
    private final long[] owners;
    private final long[] available;
    private final long[] ordinals;
    private final long[] cells;

    private CapacityTables(final List<Pool> unsorted) {
        pools = unsorted.toArray(new Pool[0]);
        Arrays.sort(pools, CapacityTables::compare);
        dimensions = new int[pools.length];
        owners = new long[pools.length];
        available = new long[pools.length];
        ordinals = new long[pools.length];
        cells = new long[pools.length];
        for (int i = 0; i < pools.length; i++) {
            dimensions[i] = pools[i].def.dimensionId();
            owners[i] = pools[i].owner;
            available[i] = pools[i].def.available();
            ordinals[i] = Observation.ordinal(pools[i].def.observedAtMs());
            cells[i] = pools[i].cell;
        }
    }

    private static int compare(final Pool a, final Pool b) {
        int order = Integer.compare(a.def.dimensionId(), b.def.dimensionId());
        order = order == 0 ? Long.compare(a.owner, b.owner) : order;
        return order == 0
                ? Arrays.compareUnsigned(
                        a.def.id().getBytes(StandardCharsets.UTF_8), b.def.id().getBytes(StandardCharsets.UTF_8))
                : order;
    }

    /**
     * Checks and compiles; reserved pools serve nobody until {@link #located}.
     *
     * @param registry of the snapshot
     * @param pools    of the snapshot
     * @param binder   knows their counters
     * @throws DefinitionException naming the pool that makes no sense
     */
    public static CapacityTables compile(final Registry registry, final List<PoolDef> pools, final PoolBinder binder) {
        final Set<String> ids = new HashSet<>();
        final List<Pool> compiled = new ArrayList<>();
        for (final PoolDef def : pools) {
            check(registry, def);
            if (!ids.add(def.id())) {
                throw new DefinitionException("pool '" + def.id() + "' is there twice");
            }
            final Map<String, String> match = new TreeMap<>(def.match());
            final int[] attributes = new int[match.size()];
            final WantedValue[] values = new WantedValue[match.size()];
            int i = 0;
            for (final Map.Entry<String, String> wanted : match.entrySet()) {
                attributes[i] = attribute(registry, def, wanted.getKey());
                values[i++] = new WantedValue(wanted.getValue());
            }
            final long owner = def.reservedFor().isEmpty() ? SHARED : NOBODY;
            final long cell = binder.cell(def.id(), registry.dimensions().name(def.dimensionId()));
            compiled.add(new Pool(def, cell, attributes, values, owner));
        }
        return compiled.isEmpty() ? EMPTY : new CapacityTables(compiled);
    }

    private static void check(final Registry registry, final PoolDef def) {
        final int dimension = def.dimensionId();
        if (dimension < 0 || dimension >= registry.dimensions().size()) {
            throw new DefinitionException("pool '" + def.id() + "': dimension " + dimension + " does not resolve");
        }
        if (registry.dimensionKind(dimension) != DimensionKind.CAPACITY) {
            throw new DefinitionException("pool '" + def.id() + "' holds dimension '"
                    + registry.dimensions().name(dimension) + "', which is not of kind capacity");
        }
        if (def.available() < 0) {
            throw new DefinitionException(
                    "pool '" + def.id() + "': " + def.available() + " available; it must be at least 0");
        }
        if (!Observation.isAccepted(def.observedAtMs())) {
            throw new DefinitionException("pool '" + def.id() + "' was observed at " + def.observedAtMs()
                    + " ms; accepted is 0 (not known) and " + Observation.FIRST_MS + " to " + Observation.LAST_MS);
        }
    }

    private static int attribute(final Registry registry, final PoolDef def, final String name) {
        final AskedName asked = AskedName.ofLabel(name);
        if (asked != null) {
            return asked.id();
        }
        final byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        final int id = registry.attributes().find(utf8, 0, utf8.length);
        if (id == SymbolTable.MISSING) {
            throw new DefinitionException(
                    "pool '" + def.id() + "' matches attribute '" + name + "', which is not declared in the registry");
        }
        return id;
    }

    /**
     * {@return the same pools, reserved for the rows of one world; one whose scope is not there serves nobody}
     *
     * @param rowOfPath row of a scope, {@link #SHARED} when there is none
     */
    public CapacityTables located(final ToLongFunction<String> rowOfPath) {
        boolean any = false;
        final List<Pool> located = new ArrayList<>();
        for (final Pool pool : pools) {
            final boolean reserved = !pool.def.reservedFor().isEmpty();
            final long row = reserved ? rowOfPath.applyAsLong(pool.def.reservedFor()) : SHARED;
            located.add(pool.ownedBy(reserved && row == SHARED ? NOBODY : row));
            any |= reserved;
        }
        return any ? new CapacityTables(located) : this;
    }

    /** {@return how many pools} */
    public int size() {
        return pools.length;
    }

    /**
     * {@return the first pool that a scope brings for a dimension, or the place where it would be; the others follow while {@link #isOf}}
     *
     * @param dimensionId position in the registry
     * @param owner       a row, or {@link #SHARED}
     */
    public int first(final int dimensionId, final long owner) {
        int low = 0;
        int high = dimensions.length;
        while (low < high) {
            final int middle = low + high >>> 1;
            final boolean before =
                    dimensions[middle] < dimensionId || dimensions[middle] == dimensionId && owners[middle] < owner;
            low = before ? middle + 1 : low;
            high = before ? high : middle;
        }
        return low;
    }

    /** {@return whether there is a pool of this number, and it is one that the scope brings for the dimension} */
    public boolean isOf(final int pool, final int dimensionId, final long owner) {
        return pool < dimensions.length && dimensions[pool] == dimensionId && owners[pool] == owner;
    }

    /** {@return whether the request has every attribute that the pool asks for} */
    public boolean matches(final int pool, final PoolQuery query) {
        final int[] attributes = pools[pool].attributes;
        final WantedValue[] values = pools[pool].values;
        for (int i = 0; i < attributes.length; i++) {
            final int type = query.find(attributes[i]);
            final boolean same = type == io.tollgate.core.world.def.AttributeType.STRING.code()
                    ? values[i].isText(query.textBuffer(), query.textOffset(), query.textLength())
                    : values[i].isNumber(type, query.bits());
            if (!same) {
                return false;
            }
        }
        return true;
    }

    /** {@return free when it was observed} */
    public long available(final int pool) {
        return available[pool];
    }

    /** {@return the observation as the ordinal of its cell} */
    public long ordinal(final int pool) {
        return ordinals[pool];
    }

    /** {@return the cell that counts what is taken of it} */
    public long cell(final int pool) {
        return cells[pool];
    }

    /** {@return its id} */
    public String id(final int pool) {
        return pools[pool].def.id();
    }

    /** {@return when it was observed, milliseconds since 1970; {@link Observation#UNKNOWN}} */
    public long observedAtMs(final int pool) {
        return pools[pool].def.observedAtMs();
    }

    /** {@return whether it is reserved for one scope} */
    public boolean reserved(final int pool) {
        return !pools[pool].def.reservedFor().isEmpty();
    }

    /** {@return path of the scope that it is reserved for; "" = shared} */
    public String reservedFor(final int pool) {
        return pools[pool].def.reservedFor();
    }

    /** {@return attribute values that a request must have, by full name} */
    public Map<String, String> match(final int pool) {
        return pools[pool].def.match();
    }

    /** {@return position of its dimension in the registry} */
    public int dimensionId(final int pool) {
        return dimensions[pool];
    }
}
