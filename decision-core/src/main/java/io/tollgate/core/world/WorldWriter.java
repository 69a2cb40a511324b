/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.policy.PolicyTables;
import io.tollgate.core.symbol.Utf8Hash;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.ScopeDef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.agrona.collections.Long2ObjectHashMap;

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
    private final Long2ObjectHashMap<PreparedCeiling[]> definitionsByRow = new Long2ObjectHashMap<>();
    private final RowWriter rows;
    private final ScopeRow referrer = new ScopeRow();
    private final ScopeRow referred = new ScopeRow();
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
        ancestors = new AncestryResolver((view, row) -> view.wrap(space.buffer(row), row, row), this::findPath);
        rows = new RowWriter(
                tables,
                named,
                space,
                new RowWriter.Written(),
                new RowWriter.Binding(
                        cells, rates, row -> definitionsByRow.getOrDefault(row, EachDefinitions.NOTHING)));
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
        final long keyHash = checkKey(scope, names.key, ancestry.organization);
        final long pathHash = checkPath(scope, names.path());
        final long row = rows.write(scope, names, ancestry, keyHash, World.NO_ROW);
        if (rows.defined().length > 0) {
            definitionsByRow.put(row, rows.defined());
        }
        final int policy = space.buffer(row).getInt(World.offset(row) + RowDescriptor.POLICY);
        if (policy != PolicyTables.NO_POLICY) {
            policiesPlaced.set(policy);
        }
        countReferrer(row);
        keys.put(keyHash, row);
        paths.put(pathHash, row);
        if (scope.level() == ScopeLevel.GLOBAL) {
            globalRow = row;
        }
        scopeCount++;
    }

    private void countReferrer(final long row) {
        referrer.wrap(space.buffer(row), row, row);
        for (int i = 0; i < ScopeRow.REFERENCES; i++) {
            final long other = referrer.firstReference(i);
            if (other != World.NO_ROW) {
                referred.wrap(space.buffer(other), other, other);
                if (referred.referrers() < RowDescriptor.MANY_REFERRERS) {
                    referred.referrers(referred.referrers() + 1);
                }
            }
        }
    }

    private long checkKey(final ScopeDef scope, final byte[] key, final long organizationRow) {
        final int level = scope.level().code();
        final long qualifier = rows.qualifier(scope, organizationRow);
        final long hash = rows.keyHash(scope, key, organizationRow == World.NO_ROW ? 0 : keyHash(organizationRow));
        final RowIndex index = keys.view();
        int at = index.start(hash);
        for (long slot = index.slot(at); slot != RowIndex.FREE; slot = index.slot(at)) {
            final long row = RowIndex.row(slot);
            if (RowIndex.candidate(slot, hash)
                    && RowKeys.isKey(
                            space.buffer(row), World.offset(row), hash, level, qualifier, key, 0, key.length)) {
                throw RowWriter.sameKey(scope, view(row).path());
            }
            at = index.next(at);
        }
        return hash;
    }

    private ScopeRow view(final long row) {
        return new ScopeRow().wrap(space.buffer(row), row, row);
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
        final byte[] path = view(row).path().getBytes(StandardCharsets.UTF_8);
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
