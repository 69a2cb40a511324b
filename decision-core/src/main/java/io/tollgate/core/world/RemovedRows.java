/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.entitlement.EntitlementTables;
import io.tollgate.core.policy.PolicyTables;
import io.tollgate.core.world.def.DefinitionException;
import java.util.BitSet;
import org.agrona.collections.Long2ObjectHashMap;

/** What a patch removes, and whether anything that stays refers to it. Loader's thread. */
final class RemovedRows {
    private final WorldRows rows;
    private final ScopeRow view = new ScopeRow();
    private final Long2ObjectHashMap<String> paths = new Long2ObjectHashMap<>();
    /** Whether rows of the files may refer to what is removed. */
    private boolean inFiles;
    /** Whether any row may. */
    private boolean anywhere;

    /**
     * Nothing removed yet.
     *
     * @param rows of the world to be, so far
     */
    RemovedRows(final WorldRows rows) {
        this.rows = rows;
    }

    /** A row that is still there goes. */
    void add(final long row, final String path) {
        view.show(rows, row);
        inFiles |= view.referredTo();
        // keys are nobody's parent, owner or place
        anywhere |= view.levelCode() != ScopeLevel.API_KEY.code();
        paths.put(row, path);
    }

    /** {@return whether a row of the files ever referred to a row, or one that a patch added does} */
    boolean isReferredTo(final long row) {
        if (view.show(rows, row).referredTo()) {
            return true;
        }
        for (int at = rows.filePositions(); at < rows.positions(); at++) {
            final long other = rows.rowAt(at);
            if (other != World.NO_ROW && other != row && view.show(rows, other).refersTo(row)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Checks that nothing which stays refers to what is gone: rows to rows, policies to scopes, subscriptions to entitlement sets.
     *
     * @param before tables of the world that the patch was begun from
     * @param tables those of the world to be
     */
    void check(final WorldTables before, final WorldTables tables) throws NotPatchableException {
        final BitSet sets = removedSets(before.entitlements(), tables.entitlements());
        if (anywhere || !sets.isEmpty()) {
            final int from = inFiles || !sets.isEmpty() ? 0 : rows.filePositions();
            for (int at = from; at < rows.positions(); at++) {
                final long row = rows.rowAt(at);
                if (row != World.NO_ROW) {
                    view.show(rows, row);
                    checkRow();
                    checkSet(sets, tables.entitlements());
                }
            }
        }
        for (final String path : paths.values()) {
            if (tables.policies().findPolicy(path) != PolicyTables.NO_POLICY && rows.findPath(path) == World.NO_ROW) {
                throw new DefinitionException("the policy of scope '" + path
                        + "' has no scope in the directory; add the scope or remove the policy");
            }
        }
    }

    private static BitSet removedSets(final EntitlementTables before, final EntitlementTables after) {
        final BitSet removed = new BitSet();
        for (int set = 0; set < before.setCount(); set++) {
            if (before.present(set) && !after.present(set)) {
                removed.set(set);
            }
        }
        return removed;
    }

    private void checkSet(final BitSet sets, final EntitlementTables entitlements) {
        final int set = view.entitlementSetId();
        if (set >= 0 && sets.get(set)) {
            throw new DefinitionException("scope '" + view.path() + "': entitlement set '" + entitlements.setName(set)
                    + "' is not in the snapshot");
        }
    }

    private void checkRow() throws NotPatchableException {
        if (paths.isEmpty()) {
            return;
        }
        for (int i = 0; i < ScopeRow.REFERENCES; i++) {
            final String gone = paths.get(view.reference(i));
            if (gone != null) {
                throw new NotPatchableException(
                        "scope '" + gone + "' is removed, and '" + view.path() + "' belongs to it");
            }
        }
    }
}
