/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.capacity.CapacityTables;
import io.tollgate.core.condition.ConditionTables;
import io.tollgate.core.credit.PriceBooks;
import io.tollgate.core.credit.WalletRow;
import io.tollgate.core.entitlement.EntitlementTables;
import io.tollgate.core.policy.PolicyTables;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.symbol.Utf8Hash;
import io.tollgate.core.world.def.WindowDef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Everything that decisions read, of one snapshot version. Immutable from {@link #open} to {@link #close}; any thread reads it while it
 * has it pinned ({@link WorldHolder}). Rows are named by references (long), valid in this world only.
 *
 * <p>Finding and reading neither locks, allocates nor makes a system call, unless a method says that it allocates.
 */
public final class World implements AutoCloseable {
    /** In place of a row. */
    public static final long NO_ROW = 0;
    /** Nothing has this name; the same number as {@link #NO_ROW}. */
    public static final long NOT_FOUND = NO_ROW;

    private final WorldFacts facts;
    private final WorldTables tables;
    private final WorldDirectory directory;
    private final UnsafeBuffer[] rows;
    private final RowIndex keys;
    private final RowIndex paths;
    private final SymbolTable roles;
    private final SymbolTable tokenScopes;
    private final IntSets roleSets;
    private final IntSets tokenScopeSets;
    private final WindowDef[] windows;
    private final ThresholdSets thresholds;
    /** By currency id of wallets: number of its price book, or {@link PriceBooks#NONE}. */
    private final int[] booksOfCurrencies;

    private final long globalRow;
    private final CapacityTables pools;
    private boolean closed;

    /** Replaced by the loader's thread as time goes on; written with release, read with acquire (volatile). */
    private volatile PeriodTable periods = PeriodTable.EMPTY;

    private World(final WorldFacts facts, final WorldTables tables, final WorldDirectory directory) {
        this.facts = facts;
        this.tables = tables;
        this.directory = directory;
        rows = directory.rows();
        keys = directory.keyIndex();
        paths = directory.pathIndex();
        globalRow = directory.globalRow();
        final DirectoryTables named = directory.tables();
        final SymbolTable.Builder roleNames =
                new SymbolTable.Builder(tables.policies().roles());
        roleSets = named.roleSets().mapped(extend(roleNames, named.roles()));
        roles = roleNames.build();
        final SymbolTable.Builder scopeNames =
                new SymbolTable.Builder(tables.policies().tokenScopes());
        tokenScopeSets = named.tokenScopeSets().mapped(extend(scopeNames, named.tokenScopes()));
        tokenScopes = scopeNames.build();
        windows = named.windows().toArray(new WindowDef[0]);
        thresholds = named.thresholds();
        booksOfCurrencies = new int[named.currencies().size()];
        for (int i = 0; i < booksOfCurrencies.length; i++) {
            booksOfCurrencies[i] = tables.prices().ofCurrency(named.currencies().name(i));
        }
        pools = tables.pools().located(this::findPath);
    }

    private static int[] extend(final SymbolTable.Builder symbols, final SymbolTable more) {
        final int[] numbers = new int[more.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = symbols.intern(more.name(i));
        }
        return numbers;
    }

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
        return new World(facts, tables, WorldDirectory.open(directory, tables.fingerprint(), check));
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
        return directory.tables().currencies().name(currencyId);
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
        return directory.cellStoreId();
    }

    /** {@return how many rows} */
    public long scopeCount() {
        return directory.scopeCount();
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
        return windows.length;
    }

    /** {@return a window} */
    public WindowDef window(final int windowId) {
        return windows[windowId];
    }

    /** {@return the windows by id; allocates} */
    public List<WindowDef> windows() {
        return List.of(windows);
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

    /**
     * {@return the row of a scope, or {@link #NOT_FOUND}}
     *
     * @param level           any but PRINCIPAL, which {@link #findPrincipal} finds
     * @param organizationRow where departments and projects belong; ignored for other levels
     * @param source          what the id is a slice of; of an API key its SHA-256
     * @param offset          where it starts
     * @param length          its bytes
     */
    public long find(
            final ScopeLevel level,
            final long organizationRow,
            final byte[] source,
            final int offset,
            final int length) {
        final boolean qualified = RowKeys.inOrganization(level.code());
        return find(level, organizationRow, qualified ? hashOf(organizationRow) : 0, source, offset, length);
    }

    /**
     * {@return the row of an organization whose hash is known, or {@link #NOT_FOUND}}
     *
     * @param organizationHash {@link #organizationHash} of the slice
     * @param source           what the id is a slice of
     * @param offset           where it starts
     * @param length           its bytes
     */
    public long findOrganization(final long organizationHash, final byte[] source, final int offset, final int length) {
        return find(ScopeLevel.ORGANIZATION.code(), organizationHash, 0, source, offset, length);
    }

    /**
     * {@return the row of a scope whose organization's hash is known, or {@link #NOT_FOUND}}
     *
     * <p>The look-ups of organization, project and principal then do not wait for one another's memory.
     *
     * @param level            any but PRINCIPAL, which {@link #findPrincipal} finds
     * @param organizationRow  where departments and projects belong; ignored for other levels
     * @param organizationHash {@link #organizationHash} of its id
     * @param source           what the id is a slice of
     * @param offset           where it starts
     * @param length           its bytes
     */
    public long find(
            final ScopeLevel level,
            final long organizationRow,
            final long organizationHash,
            final byte[] source,
            final int offset,
            final int length) {
        final int levelCode = level.code();
        return find(
                levelCode,
                RowKeys.hash(levelCode, organizationHash, Registry.MISSING, Utf8Hash.of(source, offset, length)),
                RowKeys.qualifier(levelCode, organizationRow, Registry.MISSING),
                source,
                offset,
                length);
    }

    /**
     * {@return the row of a principal, or {@link #NOT_FOUND}; principals of different types may have the same id}
     *
     * @param organizationRow where it belongs; {@link #NO_ROW} for a principal of no organization
     * @param actorTypeId     its registered type
     * @param source          what the id is a slice of
     * @param offset          where it starts
     * @param length          its bytes
     */
    public long findPrincipal(
            final long organizationRow,
            final int actorTypeId,
            final byte[] source,
            final int offset,
            final int length) {
        final long nameHash = Utf8Hash.of(source, offset, length);
        return findPrincipal(organizationRow, hashOf(organizationRow), actorTypeId, nameHash, source, offset, length);
    }

    /**
     * {@return the row of a principal whose hashes are known, or {@link #NOT_FOUND}}
     *
     * @param organizationRow  where it belongs; {@link #NO_ROW} for a principal of no organization
     * @param organizationHash {@link #organizationHash} of its id; 0 for a principal of no organization
     * @param actorTypeId      its registered type
     * @param nameHash         {@link Utf8Hash#of} of the slice, which serves {@link PolicyTables#actorIds()} too
     * @param source           what the id is a slice of
     * @param offset           where it starts
     * @param length           its bytes
     */
    public long findPrincipal(
            final long organizationRow,
            final long organizationHash,
            final int actorTypeId,
            final long nameHash,
            final byte[] source,
            final int offset,
            final int length) {
        final int levelCode = ScopeLevel.PRINCIPAL.code();
        return find(
                levelCode,
                RowKeys.hash(levelCode, organizationHash, actorTypeId, nameHash),
                RowKeys.qualifier(levelCode, organizationRow, actorTypeId),
                source,
                offset,
                length);
    }

    /**
     * {@return what the look-ups within an organization take as its hash}
     *
     * @param source what the organization's id is a slice of
     * @param offset where it starts
     * @param length its bytes
     */
    public static long organizationHash(final byte[] source, final int offset, final int length) {
        return RowKeys.organizationHash(Utf8Hash.of(source, offset, length));
    }

    private long hashOf(final long organizationRow) {
        return organizationRow == NO_ROW
                ? 0
                : buffer(organizationRow).getLong(offset(organizationRow) + RowDescriptor.HASH);
    }

    private long find(
            final int levelCode,
            final long hash,
            final long qualifier,
            final byte[] source,
            final int offset,
            final int length) {
        int at = keys.start(hash);
        for (long slot = keys.slot(at); slot != RowIndex.FREE; slot = keys.slot(at)) {
            if (RowIndex.candidate(slot, hash)) {
                final long row = RowIndex.row(slot);
                if (RowKeys.isKey(buffer(row), offset(row), hash, levelCode, qualifier, source, offset, length)) {
                    return row;
                }
            }
            at = keys.next(at);
        }
        return NOT_FOUND;
    }

    /**
     * {@return the row of a path as people write it, or {@link #NOT_FOUND}; for diagnostics, allocates}
     *
     * @param path "org:acme/project:rag"
     */
    public long findPath(final String path) {
        final byte[] utf8 = path.getBytes(StandardCharsets.UTF_8);
        final long hash = Utf8Hash.of(utf8, 0, utf8.length);
        int at = paths.start(hash);
        for (long slot = paths.slot(at); slot != RowIndex.FREE; slot = paths.slot(at)) {
            final long row = RowIndex.row(slot);
            if (RowIndex.candidate(slot, hash) && RowKeys.isPath(buffer(row), offset(row), utf8)) {
                return row;
            }
            at = paths.next(at);
        }
        return NOT_FOUND;
    }

    /** {@return how many positions the scopes are spread over, in no order; walk them with {@link #rowAt}} */
    public int positions() {
        return keys.slots();
    }

    /**
     * {@return the row at a position, or {@link #NO_ROW} when none is there; for warm-up and diagnostics}
     *
     * @param position 0 to positions - 1
     */
    public long rowAt(final int position) {
        final long slot = keys.slot(position);
        return slot == RowIndex.FREE ? NO_ROW : RowIndex.row(slot);
    }

    /**
     * {@return the memory of an {@link io.tollgate.core.attribute.AttributeBlock}}
     *
     * @param attributesRef from {@link ScopeRow#attributesRef}, not {@link #NO_ROW}
     */
    public UnsafeBuffer attributeBuffer(final long attributesRef) {
        return buffer(attributesRef);
    }

    /** {@return where in that memory the block starts} */
    public static int attributeOffset(final long attributesRef) {
        return offset(attributesRef);
    }

    /**
     * Moves a view to a wallet. {@return the view}
     *
     * @param walletRef {@link ScopeRow#walletsRef} or {@link WalletRow#ref} of this world
     */
    public WalletRow wallet(final long walletRef, final WalletRow view) {
        return view.wrap(buffer(walletRef), offset(walletRef), walletRef);
    }

    /** {@return the memory that a reference points into} */
    UnsafeBuffer buffer(final long ref) {
        return rows[(int) (ref >>> FileDescriptor.ROWS_FILE_SHIFT)];
    }

    /** {@return where in that memory} */
    static int offset(final long ref) {
        return (int) ref & FileDescriptor.MAX_ROWS_FILE_BYTES - 1;
    }

    /** Brings every page of the files into memory, so that the first decisions do not wait for page faults. Loader's thread. */
    public void load() {
        directory.load();
    }

    /** {@return whether it was closed; loader's thread} */
    public boolean closed() {
        return closed;
    }

    /**
     * Unmaps the files. Only {@link WorldHolder} knows when nobody reads any more; a world that was never activated may be closed by its
     * owner. Reading a closed world fails with IndexOutOfBoundsException while Agrona checks bounds. Loader's thread; idempotent.
     */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            directory.close();
        }
    }

    @Override
    public String toString() {
        return "World[" + facts.bundle() + " " + facts.epoch() + "-" + facts.version() + "]";
    }
}
