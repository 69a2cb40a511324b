/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.entitlement.EntitlementTables;
import io.tollgate.core.policy.PolicyTables;
import io.tollgate.core.world.def.DefinitionException;
import java.util.BitSet;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;

/** What a patch removes, and whether anything that stays refers to it. Loader's thread. */
final class RemovedRows {
    private final WorldRows rows;
    private final ScopeRow view = new ScopeRow();
    private final Long2ObjectHashMap<String> paths = new Long2ObjectHashMap<>();
    private final RowOverlay overlay;
    /** Rows of the files that are removed, and how many others of them referred to them. */
    private final Long2LongHashMap referrers = new Long2LongHashMap(-1);
    /** Whether any row may refer to what is removed. */
    private boolean anywhere;

    /**
     * Nothing removed yet.
     *
     * @param rows    of the world to be, so far
     * @param overlay their changes; learns what is gone
     */
    RemovedRows(final WorldRows rows, final RowOverlay overlay) {
        this.rows = rows;
        this.overlay = overlay;
    }

    /** A row that is still there goes. */
    void add(final long row, final String path) {
        view.show(rows, row);
        if (WorldMemory.inFiles(row)) {
            referrers.put(row, view.referrers());
            for (int i = 0; i < ScopeRow.REFERENCES; i++) {
                final long other = view.firstReference(i);
                if (other != World.NO_ROW) {
                    overlay.depart(other);
                }
            }
        }
        // keys are nobody's parent, owner or place
        anywhere |= view.levelCode() != ScopeLevel.API_KEY.code();
        paths.put(row, path);
    }

    /** {@return whether all rows of the files that referred to one are gone, as far as they were counted} */
    private boolean allDeparted(final long row, final long count) {
        return count < RowDescriptor.MANY_REFERRERS && overlay.departed(row) == count;
    }

    /** {@return whether some row refers to one, or might} */
    boolean isReferredTo(final long row) {
        if (!allDeparted(row, view.show(rows, row).referrers())) {
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
            final int from = mayBeReferredTo() || !sets.isEmpty() ? 0 : rows.filePositions();
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

    /** {@return whether rows of the files may refer to what is removed; those that are counted are looked for to be named} */
    private boolean mayBeReferredTo() {
        final Long2LongHashMap.EntryIterator each = referrers.entrySet().iterator();
        while (each.hasNext()) {
            each.next();
            if (!allDeparted(each.getLongKey(), each.getLongValue())) {
                return true;
            }
        }
        return false;
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
