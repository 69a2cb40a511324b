/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.symbol.Utf8Hash;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.ScopeDef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Makes a world that differs from another in few records. The two share the mapped files and the memory of earlier patches, which are
 * given back when the last world that shares them is closed; the other world stays as it is, and patches can be made from patches. What
 * it costs depends on what it changes, not on what was changed before.
 *
 * <p>{@link #put} takes parents before what refers to them, as {@link WorldWriter} does; {@link #remove} any order, before or after. A
 * scope keeps its row for life, so rows that refer to it stay valid. What rows keep copies of cannot be patched: level, parent, owner,
 * bound project, plan, key, and whether there is a subscription; EACH ceilings that a scope with descendants defines.
 *
 * <p>Loader's thread. After an exception the patch is of no use; the world that it was begun from is untouched, always.
 */
public final class WorldPatch implements AutoCloseable {
    private final World base;
    private final WorldTables tables;
    private final WorldFacts facts;
    private final WorldMemory memory;
    private final RowOverlay changed;
    /** The rows as they are so far. */
    private final WorldRows rows;

    private final RowWriter writer;
    private final AncestryResolver ancestors;
    private final DefinitionReader reader;
    private final Long2ObjectHashMap<PreparedCeiling[]> definitions = new Long2ObjectHashMap<>();
    private final RemovedRows removed;
    private final List<ScopeDef> added = new ArrayList<>();
    private long scopesMore;
    private boolean otherPaths;
    private boolean failed;

    private WorldPatch(
            final World base,
            final WorldTables tables,
            final WorldFacts facts,
            final CellBinder cells,
            final RateInliner rates) {
        this.base = base;
        this.tables = tables;
        this.facts = facts;
        memory = base.memory();
        final RowOverlay before = base.overlay();
        changed = before == null ? new RowOverlay(memory.rows()) : before.copy();
        rows = new WorldRows(memory, changed);
        reader = new DefinitionReader(tables.registry(), base.names().named(), memory.space());
        ancestors = new AncestryResolver((view, row) -> view.show(rows, row), rows::findPath);
        writer = new RowWriter(
                tables,
                memory.named(),
                memory.space(),
                memory.written(),
                new RowWriter.Binding(cells, rates, this::definitions));
        removed = new RemovedRows(rows, changed);
    }

    /**
     * Begins.
     *
     * @param base   an open world, active or not
     * @param tables those of base, or what {@link WorldTables#renewed} and the others made of them
     * @param facts  of the world to be
     * @param cells  gives ceilings their cells
     * @param rates  computes what RATE ceilings need
     * @throws NotPatchableException when the tables do not go on where those of base end
     */
    public static WorldPatch begin(
            final World base,
            final WorldTables tables,
            final WorldFacts facts,
            final CellBinder cells,
            final RateInliner rates)
            throws NotPatchableException {
        if (base.closed()) {
            throw new IllegalArgumentException(base + " is closed; patch an open world");
        }
        if (!base.memory().patchable()) {
            throw new NotPatchableException("the directory takes all files that references have numbers for");
        }
        tables.requireContinuing(base.tables());
        return new WorldPatch(base, tables, facts, cells, rates);
    }

    /**
     * Adds a scope, or takes its new definition for the one that is there; wallets and all.
     *
     * @param scope all of it
     * @throws NotPatchableException when rows that stay hold copies of what has changed
     * @throws DefinitionException   when a reference does not resolve or a ceiling makes no sense
     * @throws IOException           when there is no memory, or no room for a counter
     */
    public void put(final ScopeDef scope) throws NotPatchableException, IOException {
        enter();
        final RowNames names = new RowNames(scope);
        final byte[] path = names.path();
        final long known = rows.findPath(scope.path());
        final boolean global = scope.level() == ScopeLevel.GLOBAL;
        if (global && known != base.globalRow()) {
            throw new NotPatchableException("scope '" + scope.path() + "' would be another global scope");
        }
        final Ancestry ancestry = ancestors.resolve(scope, global ? World.NO_ROW : base.globalRow());
        final long organizationHash = ancestry.organization == World.NO_ROW
                ? 0
                : new ScopeRow().show(rows, ancestry.organization).keyHash();
        final long keyHash = writer.keyHash(scope, names.key, organizationHash);
        final long row;
        if (known == World.NO_ROW) {
            row = changed.newRow(keyHash, Utf8Hash.of(path, 0, path.length));
            changed.move(row, writer.write(scope, names, ancestry, keyHash, row));
            added.add(scope);
            scopesMore++;
            otherPaths = true;
        } else {
            row = known;
            change(scope, row, writer.write(scope, names, ancestry, keyHash, row));
        }
        definitions.put(row, writer.defined());
        failed = false;
    }

    /** In the end, since what had the key may be removed after the one that gets it was put. */
    private void checkKeys() {
        for (final ScopeDef scope : added) {
            final ScopeRow row = new ScopeRow().show(rows, rows.findPath(scope.path()));
            final long same = rows.find(row);
            if (same != row.ref()) {
                throw RowWriter.sameKey(scope, new ScopeRow().show(rows, same).path());
            }
        }
    }

    private void change(final ScopeDef scope, final long row, final long place) throws NotPatchableException {
        final ScopeRow before = new ScopeRow().show(rows, row);
        final ScopeRow after = new ScopeRow().wrap(memory.space().buffer(place), place, row);
        PatchRules.requireSamePlace(scope, before, after);
        if (!PreparedCeiling.sameDefinitions(definitions(row), writer.defined()) && removed.isReferredTo(row)) {
            throw new NotPatchableException("scope '" + scope.path()
                    + "' has other EACH ceilings than before, and its descendants have their shares in their rows");
        }
        after.referrers(before.referrers());
        changed.move(row, place);
    }

    /**
     * Removes a scope. That nothing refers to it any more is checked in the end.
     *
     * @param path "org:acme/project:rag"
     * @throws NotPatchableException when it is the global scope
     * @throws DefinitionException   when there is no such scope
     */
    public void remove(final String path) throws NotPatchableException {
        enter();
        final long row = rows.findPath(path);
        if (row == World.NO_ROW) {
            throw new DefinitionException("scope '" + path + "' is removed, but not in the directory");
        }
        if (row == base.globalRow()) {
            throw new NotPatchableException("the global scope is removed");
        }
        removed.add(row, path);
        if (!WorldMemory.inFiles(row)) {
            added.removeIf(scope -> scope.path().equals(path));
        }
        changed.move(row, World.NO_ROW);
        scopesMore--;
        otherPaths = true;
        failed = false;
    }

    private PreparedCeiling[] definitions(final long row) {
        PreparedCeiling[] known = definitions.get(row);
        if (known == null) {
            known = reader.read(new ScopeRow().show(rows, row));
            definitions.put(row, known);
        }
        return known;
    }

    /**
     * Checks the whole, and makes the world. It has the periods of the one that it was made from unless it has other windows; then it has
     * none, and {@link World#periods(io.tollgate.core.quota.PeriodTable)} must follow before it is activated.
     *
     * @throws NotPatchableException when something refers to what was removed
     * @throws DefinitionException   when a policy belongs to no scope, or two scopes have one key
     * @throws IOException           when there is no memory
     */
    public World finish() throws NotPatchableException, IOException {
        enter();
        if (base.closed()) {
            throw new IllegalStateException(base + " was closed meanwhile");
        }
        checkKeys();
        placePolicies();
        removed.check(base.tables(), tables);
        changed.counted();
        final WorldNames before = base.names();
        final WorldNames names = before.renewed(tables, memory.named().since(before.named()));
        return new World(base, facts, names, changed, new World.Change(scopesMore, otherPaths));
    }

    /** Rows carry the number of their policy: those get it whose policy is new. */
    private void placePolicies() throws IOException {
        if (tables.policies() == base.tables().policies()) {
            return;
        }
        for (int policy = 0; policy < tables.policies().policyCount(); policy++) {
            final boolean placed = policy < base.tables().policies().policyCount()
                    && base.tables().policies().present(policy);
            if (placed || !tables.policies().present(policy)) {
                continue;
            }
            final String path = tables.policies().scopePath(policy);
            final long row = rows.findPath(path);
            if (row == World.NO_ROW) {
                throw new DefinitionException("the policy of scope '" + path
                        + "' has no scope in the directory; add the scope or remove the policy");
            }
            final ScopeRow view = new ScopeRow().show(rows, row);
            if (view.policyId() != policy) {
                final long place = view.copyTo(memory.space());
                memory.space().buffer(place).putInt(World.offset(place) + RowDescriptor.POLICY, policy);
                changed.move(row, place);
            }
        }
    }

    private void enter() {
        if (failed) {
            throw new IllegalStateException("a patch takes nothing after a failure or finish(); begin another");
        }
        failed = true;
    }

    /** Gives the patch up unless it is finished. Idempotent. */
    @Override
    public void close() {
        failed = true;
    }
}
