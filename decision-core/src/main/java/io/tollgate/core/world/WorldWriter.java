/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.entitlement.EntitlementTables;
import io.tollgate.core.policy.PolicyTables;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.symbol.Utf8Hash;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes the mapped files of a world, scope by scope: global first, then plans, organizations, departments, projects, principals, API
 * keys, or any order in which a scope comes after all that it refers to. Keeps on the heap only small tables and the EACH definitions.
 *
 * <p>Belongs to the loader's thread. After an exception the files are worthless: {@link #close} deletes them.
 */
public final class WorldWriter implements AutoCloseable {
    private static final String TABLES_TEMPORARY = "tables.tmp";

    private final WorldWriterSettings settings;
    private final WorldTables tables;
    private final DirectoryTables.Builder named = new DirectoryTables.Builder();
    private final BitSet policiesPlaced = new BitSet();
    private final RowSpace space;
    private final IndexWriter keys;
    private final IndexWriter paths;
    private final AncestryResolver ancestors;
    private final RowCeilings ceilings;
    private final RowAttributes attributes;
    private final RowWallets wallets;
    private long globalRow = World.NO_ROW;
    private long scopeCount;
    private boolean failed;
    private boolean finished;

    private WorldWriter(
            final WorldWriterSettings settings,
            final WorldTables tables,
            final CellBinder cells,
            final RateInliner rates,
            final RowSpace space)
            throws IOException {
        this.settings = settings;
        this.tables = tables;
        this.space = space;
        keys = new IndexWriter(settings.directory(), "keys", settings.expectedScopes(), this::keyHash);
        try {
            paths = new IndexWriter(settings.directory(), "paths", settings.expectedScopes(), this::pathHash);
        } catch (final IOException | RuntimeException | Error ex) {
            keys.discard();
            throw ex;
        }
        ancestors = new AncestryResolver(space, this::findPath);
        ceilings = new RowCeilings(new CeilingPreparer(tables.registry(), named, space, rates), cells);
        attributes = new RowAttributes(tables.registry(), space);
        wallets = new RowWallets(named, space, cells);
    }

    /**
     * Starts a world.
     *
     * @param settings where and how
     * @param tables   the heap tables that rows refer to
     * @param cells    gives ceilings their cells
     * @param rates    computes what RATE ceilings need
     * @throws IOException when the files cannot be made, or are there already
     */
    public static WorldWriter create(
            final WorldWriterSettings settings,
            final WorldTables tables,
            final CellBinder cells,
            final RateInliner rates)
            throws IOException {
        final RowSpace space = new RowSpace(settings.directory(), settings.rowsFileBytes());
        try {
            return new WorldWriter(settings, tables, cells, rates, space);
        } catch (final IOException | RuntimeException | Error ex) {
            space.discard();
            throw ex;
        }
    }

    /**
     * Adds a scope.
     *
     * @param scope after all scopes that it refers to
     * @throws DefinitionException when a reference does not resolve, a name comes twice, or a ceiling makes no sense
     * @throws IOException         when the disk is full or fails
     */
    public void add(final ScopeDef scope) throws IOException {
        if (failed || finished) {
            throw new IllegalStateException("a writer takes nothing after a failure or finish(); make a new one");
        }
        failed = true;
        addRow(scope);
        failed = false;
    }

    private void addRow(final ScopeDef scope) throws IOException {
        final RowNames names = new RowNames(scope);
        final Ancestry ancestry = ancestors.resolve(scope, globalRow);
        final SubscriptionDef subscription = scope.holdings().subscription();
        if (subscription != null
                && scope.level() == ScopeLevel.ORGANIZATION
                && !subscription.planPath().isEmpty()) {
            ancestry.plan = ancestors.plan(scope, subscription);
        }
        final long keyHash = checkKey(scope, names.key, ancestry.organization);
        final long pathHash = checkPath(scope, names.path());
        ceilings.collect(scope, ancestry);
        final long attributesRef = attributes.write(scope);
        final long walletsRef = wallets.write(scope);
        final int ceilingsAt = RowDescriptor.KEY + (names.key.length + Long.BYTES - 1 & -Long.BYTES);
        final int namesAt = ceilingsAt + ceilings.length();
        final int length = namesAt + names.length();
        final long row = space.allocate(length, RowDescriptor.ALIGNMENT);
        nameItself(scope.level(), subscription != null, row, ancestry);
        final UnsafeBuffer buffer = space.buffer(row);
        final int at = World.offset(row);
        buffer.putLong(at + RowDescriptor.HASH, keyHash);
        buffer.putByte(at + RowDescriptor.LEVEL, (byte) scope.level().code());
        buffer.putByte(at + RowDescriptor.STATE, (byte) scope.state().code());
        buffer.putShort(at + RowDescriptor.KEY_LENGTH, (short) names.key.length);
        buffer.putBytes(at + RowDescriptor.KEY, names.key);
        buffer.putLong(at + RowDescriptor.EXPIRES_AT_MS, scope.expiresAtMs());
        ancestry.write(buffer, at);
        buffer.putInt(at + RowDescriptor.ATTRIBUTES, (int) (attributesRef >>> RowDescriptor.UNIT_SHIFT));
        buffer.putInt(at + RowDescriptor.WALLETS, (int) (walletsRef >>> RowDescriptor.UNIT_SHIFT));
        buffer.putInt(
                at + RowDescriptor.WALLET_COUNT, scope.holdings().wallets().size());
        writeTables(scope, buffer, at);
        ceilings.write(buffer, row, ceilingsAt, scope.path());
        names.write(buffer, at + namesAt);
        buffer.putInt(at + RowDescriptor.NAMES_OFFSET, namesAt);
        buffer.putInt(at + RowDescriptor.ROW_LENGTH, length);
        keys.put(keyHash, row);
        paths.put(pathHash, row);
        if (scope.level() == ScopeLevel.GLOBAL) {
            globalRow = row;
        }
        scopeCount++;
    }

    private static void nameItself(
            final ScopeLevel level, final boolean customer, final long row, final Ancestry ancestry) {
        switch (level) {
            case PLAN -> ancestry.plan = row;
            case ORGANIZATION -> ancestry.organization = row;
            case DEPARTMENT -> ancestry.department = row;
            case PROJECT -> ancestry.project = row;
            default -> {
                // global, principals and keys are nobody's place
            }
        }
        if (customer) {
            ancestry.customer = row;
        }
    }

    private void writeTables(final ScopeDef scope, final UnsafeBuffer buffer, final int at) {
        final String where = "scope '" + scope.path() + "'";
        final ScopeDef.Actor actor = scope.actor();
        buffer.putInt(at + RowDescriptor.ROLE_SET, named.roleSet(actor.roles()));
        buffer.putInt(at + RowDescriptor.TOKEN_SCOPE_SET, named.tokenScopeSet(actor.tokenScopes()));
        buffer.putShort(at + RowDescriptor.ACTOR_TYPE, (short) actorType(scope));
        final int policy = tables.policies().findPolicy(scope.path());
        buffer.putInt(at + RowDescriptor.POLICY, policy);
        if (policy != PolicyTables.NO_POLICY) {
            policiesPlaced.set(policy);
        }
        int entitlementSet = EntitlementTables.NONE;
        final SubscriptionDef subscription = scope.holdings().subscription();
        if (subscription != null) {
            buffer.putByte(at + RowDescriptor.SUBSCRIPTION_STATUS, (byte)
                    subscription.status().code());
            buffer.putLong(at + RowDescriptor.SUBSCRIPTION_ENDS_AT_MS, subscription.endsAtMs());
            if (!subscription.entitlementSetId().isEmpty()) {
                entitlementSet = tables.entitlements().findSet(subscription.entitlementSetId());
                if (entitlementSet == EntitlementTables.NONE) {
                    throw new DefinitionException(where + ": entitlement set '" + subscription.entitlementSetId()
                            + "' is not in the snapshot");
                }
            }
        }
        buffer.putInt(at + RowDescriptor.ENTITLEMENT_SET, entitlementSet);
    }

    private int actorType(final ScopeDef scope) {
        final String name = scope.actor().actorType();
        if (name.isEmpty() && scope.level() != ScopeLevel.PRINCIPAL) {
            return RowDescriptor.NO_ACTOR_TYPE;
        }
        final int type = tables.registry().actorTypes().find(name);
        if (type == SymbolTable.MISSING) {
            throw new DefinitionException(
                    "scope '" + scope.path() + "': actor type '" + name + "' is not registered; the registry has "
                            + tables.registry().definition().actorTypes());
        }
        return type;
    }

    private long checkKey(final ScopeDef scope, final byte[] key, final long organizationRow) {
        final int level = scope.level().code();
        final int actorType = actorType(scope);
        final long qualifier = RowKeys.qualifier(level, organizationRow, actorType);
        final long organizationHash = organizationRow == World.NO_ROW ? 0 : keyHash(organizationRow);
        final long hash = RowKeys.hash(level, organizationHash, actorType, Utf8Hash.of(key, 0, key.length));
        final RowIndex index = keys.view();
        int at = index.start(hash);
        for (long slot = index.slot(at); slot != RowIndex.FREE; slot = index.slot(at)) {
            final long row = RowIndex.row(slot);
            if (RowIndex.candidate(slot, hash)
                    && RowKeys.isKey(
                            space.buffer(row), World.offset(row), hash, level, qualifier, key, 0, key.length)) {
                throw new DefinitionException("scope '" + scope.path() + "': '"
                        + new ScopeRow().wrap(space.buffer(row), row).path() + "' is the same "
                        + (scope.level() == ScopeLevel.API_KEY ? "API key" : scope.level() + " '" + scope.id() + "'")
                        + "; requests could not tell them apart, rename one");
            }
            at = index.next(at);
        }
        return hash;
    }

    private long checkPath(final ScopeDef scope, final byte[] path) {
        if (findPath(path) != World.NO_ROW) {
            throw new DefinitionException("scope '" + scope.path() + "' comes twice; paths are unique in a snapshot");
        }
        return Utf8Hash.of(path, 0, path.length);
    }

    private long findPath(final String path) {
        return findPath(path.getBytes(StandardCharsets.UTF_8));
    }

    private long findPath(final byte[] path) {
        final long hash = Utf8Hash.of(path, 0, path.length);
        final RowIndex index = paths.view();
        int at = index.start(hash);
        for (long slot = index.slot(at); slot != RowIndex.FREE; slot = index.slot(at)) {
            final long row = RowIndex.row(slot);
            if (RowIndex.candidate(slot, hash) && RowKeys.isPath(space.buffer(row), World.offset(row), path)) {
                return row;
            }
            at = index.next(at);
        }
        return World.NO_ROW;
    }

    private long keyHash(final long row) {
        return space.buffer(row).getLong(World.offset(row) + RowDescriptor.HASH);
    }

    private long pathHash(final long row) {
        final byte[] path = new ScopeRow().wrap(space.buffer(row), row).path().getBytes(StandardCharsets.UTF_8);
        return Utf8Hash.of(path, 0, path.length);
    }

    /**
     * Completes the files and brings them to the disk. They never change after this.
     *
     * @return names, sizes and checksums
     * @throws DefinitionException when there is no global scope, or a policy belongs to no scope
     * @throws IOException         when the disk is full or fails
     */
    public WorldFiles finish() throws IOException {
        if (failed || finished) {
            throw new IllegalStateException("a writer finishes once, and not after a failure; make a new one");
        }
        failed = true;
        if (globalRow == World.NO_ROW) {
            throw new DefinitionException("the directory has no global scope; it is the top of every chain");
        }
        final int unplaced = policiesPlaced.nextClearBit(0);
        if (unplaced < tables.policies().policyCount()) {
            throw new DefinitionException(
                    "the policy of scope '" + tables.policies().scopePath(unplaced)
                            + "' has no scope in the directory; add the scope or remove the policy");
        }
        final int rowFiles = space.fileCount();
        final int fileCount = rowFiles + FileDescriptor.KIND_TABLES - 1;
        final FileIdentity.OfWorld world = new FileIdentity.OfWorld(
                settings.buildId(), settings.cellStoreId(), tables.fingerprint(), scopeCount, globalRow, rowFiles);
        final List<WorldFiles.WorldFile> files = new ArrayList<>(space.seal(fileCount, world));
        files.add(keys.seal(new FileIdentity(FileDescriptor.KIND_KEY_INDEX, rowFiles, fileCount, world)));
        files.add(paths.seal(new FileIdentity(FileDescriptor.KIND_PATH_INDEX, rowFiles + 1, fileCount, world)));
        files.add(sealTables(new FileIdentity(FileDescriptor.KIND_TABLES, rowFiles + 2, fileCount, world)));
        failed = false;
        finished = true;
        return new WorldFiles(files, scopeCount);
    }

    private WorldFiles.WorldFile sealTables(final FileIdentity identity) throws IOException {
        final byte[] encoded = named.build().encode();
        final int length = Math.addExact(FileDescriptor.LENGTH, encoded.length);
        final GrowingFile file = new GrowingFile(settings.directory().resolve(TABLES_TEMPORARY), length);
        try {
            file.ensure(length);
            file.buffer().putBytes(FileDescriptor.LENGTH, encoded);
            return file.seal(length, FileDescriptor.fileName(identity.number()), identity);
        } catch (final IOException | RuntimeException | Error ex) {
            file.discard();
            throw ex;
        }
    }

    /** Deletes the files unless {@link #finish} was successful. Idempotent. */
    @Override
    public void close() throws IOException {
        if (!finished) {
            finished = true;
            try {
                keys.discard();
            } finally {
                try {
                    paths.discard();
                } finally {
                    space.discard();
                }
            }
        }
    }
}
