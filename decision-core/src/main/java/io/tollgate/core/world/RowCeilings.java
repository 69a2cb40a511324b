/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.ScopeDef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The ceilings of the row at hand: those charged at it (its own shared ones, its share of EACH ceilings of the scopes above) and the EACH
 * ceilings that it defines. One thread.
 */
final class RowCeilings {
    private static final int MAX_COUNT = 0xFFFF;

    private final CeilingPreparer preparer;
    private final CellBinder cells;
    private final EachDefinitions above;
    private final List<Entry> charged = new ArrayList<>();
    private final List<PreparedCeiling> defined = new ArrayList<>();
    private final Set<List<Object>> identities = new HashSet<>();

    /** Row 0: defined by the row at hand. */
    private record Entry(PreparedCeiling ceiling, long definedAtRow) {}

    /**
     * Collects for one world.
     *
     * @param above what the rows above define
     */
    RowCeilings(final CeilingPreparer preparer, final CellBinder cells, final EachDefinitions above) {
        this.preparer = preparer;
        this.cells = cells;
        this.above = above;
    }

    void collect(final ScopeDef scope, final Ancestry ancestry) throws IOException {
        charged.clear();
        defined.clear();
        identities.clear();
        final List<CeilingDef> own = scope.holdings().ceilings();
        for (int i = 0; i < own.size(); i++) {
            final CeilingDef def = own.get(i);
            if (own.size() > 1 && !identities.add(List.of(def.id(), def.dimensionId()))) {
                throw new DefinitionException("scope '" + scope.path() + "': ceiling '" + def.id()
                        + "' comes twice on the same dimension; the two would share one counter, rename one");
            }
            final PreparedCeiling prepared = preparer.prepare(scope, def);
            if (def.eachLevel() == null) {
                charged.add(new Entry(prepared, World.NO_ROW));
            } else {
                defined.add(prepared);
            }
        }
        inherit(scope.level(), ancestry.global);
        inherit(scope.level(), ancestry.plan);
        inherit(scope.level(), ancestry.organization);
        inherit(scope.level(), ancestry.department);
        inherit(scope.level(), ancestry.project);
        inherit(scope.level(), ancestry.owner);
        if (charged.size() > MAX_COUNT || defined.size() > MAX_COUNT) {
            throw new DefinitionException("scope '" + scope.path() + "' has " + charged.size() + " ceilings and "
                    + defined.size() + " EACH definitions; at most " + MAX_COUNT + " of each");
        }
    }

    private void inherit(final ScopeLevel level, final long row) {
        if (row != World.NO_ROW) {
            for (final PreparedCeiling ceiling : above.of(row)) {
                if (ceiling.def().eachLevel() == level) {
                    charged.add(new Entry(ceiling, row));
                }
            }
        }
    }

    int length() {
        int length = 0;
        for (int i = 0; i < charged.size(); i++) {
            length += charged.get(i).ceiling.length();
        }
        for (int i = 0; i < defined.size(); i++) {
            length += defined.get(i).length();
        }
        return length;
    }

    /** {@return the EACH ceilings that the row at hand defines} */
    PreparedCeiling[] defined() {
        return defined.isEmpty() ? EachDefinitions.NOTHING : defined.toArray(EachDefinitions.NOTHING);
    }

    /**
     * Writes counts, dimensions and entries, binding a cell to each that is charged.
     *
     * @param buffer     of the row
     * @param rowAt      where it starts there
     * @param row        its reference
     * @param ceilingsAt where its ceilings start, from its start
     * @param path       of the scope
     */
    void write(final UnsafeBuffer buffer, final int rowAt, final long row, final int ceilingsAt, final String path)
            throws IOException {
        int at = rowAt + ceilingsAt;
        long dimensions = 0;
        for (int i = 0; i < charged.size(); i++) {
            final PreparedCeiling ceiling = charged.get(i).ceiling;
            final long definedAt = charged.get(i).definedAtRow == World.NO_ROW ? row : charged.get(i).definedAtRow;
            ceiling.write(buffer, at, cells.bind(path, ceiling.definedAtPath(), ceiling.def()), definedAt);
            dimensions |= 1L << ceiling.def().dimensionId();
            at += ceiling.length();
        }
        for (int i = 0; i < defined.size(); i++) {
            defined.get(i).write(buffer, at, PreparedCeiling.NO_CELL, row);
            at += defined.get(i).length();
        }
        buffer.putShort(rowAt + RowDescriptor.CEILING_COUNT, (short) charged.size());
        buffer.putShort(rowAt + RowDescriptor.DEFINITION_COUNT, (short) defined.size());
        buffer.putLong(rowAt + RowDescriptor.DIMENSIONS, dimensions);
        buffer.putInt(rowAt + RowDescriptor.CEILINGS_OFFSET, ceilingsAt);
    }
}
