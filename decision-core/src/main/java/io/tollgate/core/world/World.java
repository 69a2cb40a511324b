/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.capacity.CapacityTables;
import io.tollgate.core.condition.ConditionTables;
import io.tollgate.core.credit.PriceBooks;
import io.tollgate.core.entitlement.EntitlementTables;
import io.tollgate.core.policy.PolicyTables;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.def.WindowDef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that decisions read, of one snapshot version. Immutable from {@link #open} to {@link #close}; any thread reads it while it
 * has it pinned ({@link WorldHolder}). Rows are named by references (long), valid in this world only.
 *
 * <p>Finding and reading neither locks, allocates nor makes a system call, unless a method says that it allocates.
 */
public final class World extends WorldRows implements AutoCloseable {
    private final WorldFacts facts;
    private final WorldNames names;
    private final WorldMemory memory;
    // of names, once more: decisions ask for them
    private final WorldTables tables;
    private final SymbolTable roles;
    private final SymbolTable tokenScopes;
    private final IntSets roleSets;
    private final IntSets tokenScopeSets;
    private final ThresholdSets thresholds;
    private final int[] booksOfCurrencies;
    private final long globalRow;
    private final long scopeCount;
    private final CapacityTables pools;
    private boolean closed;

    /** Replaced by the loader's thread as time goes on; written with release, read with acquire (volatile). */
    private volatile PeriodTable periods = PeriodTable.EMPTY;

    private World(
            final WorldFacts facts,
            final WorldNames names,
            final WorldMemory memory,
            final @Nullable RowOverlay changed,
            final long scopeCount,
            final @Nullable CapacityTables located) {
        super(memory, changed);
        this.facts = facts;
        this.names = names;
        this.memory = memory.retain();
        this.scopeCount = scopeCount;
        tables = names.tables();
        roles = names.roles();
        tokenScopes = names.tokenScopes();
        roleSets = names.roleSets();
        tokenScopeSets = names.tokenScopeSets();
        thresholds = names.named().thresholds();
        booksOfCurrencies = names.booksOfCurrencies();
        globalRow = memory.directory().globalRow();
        pools = located != null ? located : tables.pools().located(this::findPath);
    }

    /**
     * A world that differs from another in few rows, and shares its memory.
     *
     * @param from    what it differs from
     * @param facts   its own
     * @param names   its own
     * @param changed its rows
     * @param change  what is different of the rest
     */
    World(
            final World from,
            final WorldFacts facts,
            final WorldNames names,
            final RowOverlay changed,
            final Change change) {
        this(
                facts,
                names,
                from.memory,
                changed,
                from.scopeCount + change.scopesMore,
                !change.otherPaths && names.tables().pools() == from.tables.pools() ? from.pools : null);
        if (windowCount() == from.windowCount()) {
            periods = from.periods;
        }
    }

    /**
     * What a patch changed beside rows.
     *
     * @param scopesMore rows added less rows removed
     * @param otherPaths whether any was added or removed
     */
    record Change(long scopesMore, boolean otherPaths) {}

    /** How thoroughly files are checked before they are believed. */
    public enum Check {
        /**
         * Heads, lengths, that the files belong together, and all of the small tables: milliseconds. For files that were checked in full
         * since the process started: a flipped bit in a row would surface in a decision.
         */
        HEADS,
        /** Every byte, against the CRC-32C in the heads. */
        EVERY_BYTE
    }

    /**
     * Maps a world read-only.
     *
     * @param directory where {@link WorldWriter} put the files
     * @param tables    the heap tables that the directory was written with, compiled from the same records
     * @param facts     what the manifest says
     * @param check     how thoroughly
     * @throws WorldFormatException when a file is missing, truncated, damaged or of another world
     * @throws IOException          when a file cannot be read
     */
    public static World open(final Path directory, final WorldTables tables, final WorldFacts facts, final Check check)
            throws IOException {
        final WorldDirectory files = WorldDirectory.open(directory, tables.fingerprint(), check);
        final WorldNames names = WorldNames.of(tables, files.tables());
        return new World(facts, names, new WorldMemory(files), null, files.scopeCount(), null);
    }

    /** {@return what this world is: the evidence of answers that rest on it} */
    public WorldFacts facts() {
        return facts;
    }

    /** {@return what requests may name} */
    public Registry registry() {
        return tables.registry();
    }

    /** {@return rules by scope} */
    public PolicyTables policies() {
        return tables.policies();
    }

    /** {@return what customers have bought} */
    public EntitlementTables entitlements() {
        return tables.entitlements();
    }

    /** {@return what it costs} */
    public PriceBooks prices() {
        return tables.prices();
    }

    /** {@return number in {@link #prices()} of the book of a wallet's currency, or {@link PriceBooks#NONE}} */
    public int bookOfCurrency(final int currencyId) {
        return booksOfCurrencies[currencyId];
    }

    /** {@return name of a wallet's currency} */
    public String currency(final int currencyId) {
        return names.named().currencies().name(currencyId);
    }

    /** {@return variables of the rules' conditions} */
    public ConditionTables conditions() {
        return tables.conditions();
    }

    /** {@return what physically exists, reserved for rows of this world} */
    public CapacityTables pools() {
        return pools;
    }

    /** {@return the heap tables} */
    public WorldTables tables() {
        return tables;
    }

    /** {@return the cell store that the cell references are of} */
    public long cellStoreId() {
        return memory.directory().cellStoreId();
    }

    /** {@return how many rows} */
    public long scopeCount() {
        return scopeCount;
    }

    /** {@return roles that rules or the directory name; symbols of {@link PolicyTables#roles()} keep their numbers} */
    public SymbolTable roles() {
        return roles;
    }

    /** {@return token scopes that rules or API keys name; symbols of {@link PolicyTables#tokenScopes()} keep their numbers} */
    public SymbolTable tokenScopes() {
        return tokenScopes;
    }

    /** {@return role sets of rows; members are symbols of {@link #roles()}} */
    public IntSets roleSets() {
        return roleSets;
    }

    /** {@return token scope sets of rows; members are symbols of {@link #tokenScopes()}} */
    public IntSets tokenScopeSets() {
        return tokenScopeSets;
    }

    /** {@return threshold sets of ceilings} */
    public ThresholdSets thresholds() {
        return thresholds;
    }

    /** {@return how many windows ceilings have} */
    public int windowCount() {
        return names.windows().length;
    }

    /** {@return a window} */
    public WindowDef window(final int windowId) {
        return names.windows()[windowId];
    }

    /** {@return the windows by id; allocates} */
    public List<WindowDef> windows() {
        return List.of(names.windows());
    }

    /** {@return the periods around now of this world's windows; empty until the loader sets them, and decisions then fail closed} */
    public PeriodTable periods() {
        return periods;
    }

    /** Sets the periods around now: before activation and whenever the table needs a refresh. Loader's thread. */
    public void periods(final PeriodTable table) {
        periods = table;
    }

    /** {@return the global scope} */
    public long globalRow() {
        return globalRow;
    }

    /** {@return how much patches have changed since the files were written} */
    public PatchedFacts patched() {
        final RowOverlay changed = overlay();
        return changed == null
                ? PatchedFacts.NONE
                : new PatchedFacts(
                        changed.patches(),
                        changed.rows(),
                        changed.bytes() + memory.space().bytes());
    }

    /**
     * How much patches have changed.
     *
     * @param patches one on the other
     * @param rows    changed, added or removed, each counted once
     * @param bytes   of memory that this world and those it was made from use for it
     */
    public record PatchedFacts(int patches, int rows, long bytes) {
        /** Nothing. */
        static final PatchedFacts NONE = new PatchedFacts(0, 0, 0);
    }

    WorldNames names() {
        return names;
    }

    WorldMemory memory() {
        return memory;
    }

    /** Brings every page of the files into memory, so that the first decisions do not wait for page faults. Loader's thread. */
    public void load() {
        memory.directory().load();
    }

    /** {@return whether it was closed; loader's thread} */
    public boolean closed() {
        return closed;
    }

    /**
     * Unmaps the files, unless a world that shares them is open: one that a patch made from this one, or that this one was made from.
     * Only {@link WorldHolder} knows when nobody reads any more; a world that was never activated may be closed by its owner. Reading a
     * closed world fails with IndexOutOfBoundsException while Agrona checks bounds. Loader's thread; idempotent.
     */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            memory.release();
        }
    }

    @Override
    public String toString() {
        return "World[" + facts.bundle() + " " + facts.epoch() + "-" + facts.version()
                + (facts.deltaSequence() == 0 ? "]" : "+" + facts.deltaSequence() + "]");
    }
}
