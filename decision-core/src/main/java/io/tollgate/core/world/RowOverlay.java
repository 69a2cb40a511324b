/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * What patches have changed in the rows of a world's files. A row keeps its reference for life; the overlay says where a changed row lies
 * now, that a row is gone, and how new rows are found, whose references are numbers of a file that does not exist ({@link
 * WorldMemory#NEW_ROWS_FILE}), so that no new row is ever read past the overlay.
 *
 * <p>The loader's thread fills one before a world with it is seen; from then on it is immutable. Looking up neither locks nor allocates.
 */
final class RowOverlay {
    private final UnsafeBuffer[] rows;
    /** From row to where it lies now; 0 = it is gone. */
    private final SlotTable locations;
    /** From the upper half of a key's hash to new rows. */
    private final SlotTable keys;
    /** From the upper half of a path's hash to new rows. */
    private final SlotTable paths;
    /** From rows of the files to how many rows of the files that referred to them are gone; for patches only. */
    private final SlotTable departed;

    private int newRows;
    private int patches;

    /**
     * Starts without a change.
     *
     * @param rows memory, by file
     */
    RowOverlay(final UnsafeBuffer[] rows) {
        this.rows = rows;
        locations = new SlotTable();
        keys = new SlotTable();
        paths = new SlotTable();
        departed = new SlotTable();
    }

    private RowOverlay(final RowOverlay from) {
        rows = from.rows;
        locations = from.locations.copy();
        keys = from.keys.copy();
        paths = from.paths.copy();
        departed = from.departed.copy();
        newRows = from.newRows;
        patches = from.patches;
    }

    /** {@return one with the same changes, for the next patch} */
    RowOverlay copy() {
        return new RowOverlay(this);
    }

    /** {@return where a row lies now, {@link World#NO_ROW} when it is gone} */
    long locate(final long row) {
        final long slot = locations.find(units(row));
        return slot == SlotTable.FREE ? row : RowIndex.row(slot);
    }

    /** {@return the new row of a key, or {@link World#NO_ROW}; see {@link RowKeys#isKey}} */
    long find(
            final int levelCode,
            final long hash,
            final long qualifier,
            final byte[] source,
            final int offset,
            final int length) {
        int at = keys.start(upper(hash));
        for (long slot = keys.slot(at); slot != SlotTable.FREE; slot = keys.slot(at)) {
            if (RowIndex.candidate(slot, hash)) {
                final long row = RowIndex.row(slot);
                final long place = locate(row);
                if (place != World.NO_ROW
                        && RowKeys.isKey(
                                buffer(place),
                                World.offset(place),
                                hash,
                                levelCode,
                                qualifier,
                                source,
                                offset,
                                length)) {
                    return row;
                }
            }
            at = keys.next(at);
        }
        return World.NO_ROW;
    }

    /** {@return the new row of a path, or {@link World#NO_ROW}} */
    long findPath(final long hash, final byte[] path) {
        int at = paths.start(upper(hash));
        for (long slot = paths.slot(at); slot != SlotTable.FREE; slot = paths.slot(at)) {
            if (RowIndex.candidate(slot, hash)) {
                final long row = RowIndex.row(slot);
                final long place = locate(row);
                if (place != World.NO_ROW && RowKeys.isPath(buffer(place), World.offset(place), path)) {
                    return row;
                }
            }
            at = paths.next(at);
        }
        return World.NO_ROW;
    }

    /** {@return how many positions the new rows are spread over} */
    int positions() {
        return keys.positions();
    }

    /** {@return the new row at a position, or {@link World#NO_ROW}} */
    long rowAt(final int position) {
        final long slot = keys.slot(position);
        final long row = slot == SlotTable.FREE ? World.NO_ROW : RowIndex.row(slot);
        return row == World.NO_ROW || locate(row) == World.NO_ROW ? World.NO_ROW : row;
    }

    /** {@return the reference of a row that is new; it lies nowhere yet} */
    long newRow(final long keyHash, final long pathHash) {
        newRows++;
        final long row = (long) WorldMemory.NEW_ROWS_FILE << FileDescriptor.ROWS_FILE_SHIFT
                | (long) newRows << RowDescriptor.UNIT_SHIFT;
        keys.add(upper(keyHash), units(row));
        paths.add(upper(pathHash), units(row));
        return row;
    }

    /** Says where a row lies from now on; {@link World#NO_ROW} = it is gone. */
    void move(final long row, final long place) {
        locations.put(units(row), units(place));
    }

    /** A row of the files that referred to another one of them is gone. */
    void depart(final long referred) {
        departed.put(units(referred), departed(referred) + 1);
    }

    /** {@return how many rows of the files that referred to a row are gone} */
    int departed(final long referred) {
        return (int) departed.find(units(referred));
    }

    /** One more patch. */
    void counted() {
        patches++;
    }

    /** {@return how many patches this is} */
    int patches() {
        return patches;
    }

    /** {@return rows that were changed, added or removed, each counted once} */
    int rows() {
        return locations.used();
    }

    /** {@return bytes of the tables on the heap} */
    long bytes() {
        return locations.bytes() + keys.bytes() + paths.bytes() + departed.bytes();
    }

    private UnsafeBuffer buffer(final long place) {
        return rows[(int) (place >>> FileDescriptor.ROWS_FILE_SHIFT)];
    }

    private static int units(final long row) {
        return (int) (row >>> RowDescriptor.UNIT_SHIFT);
    }

    private static int upper(final long hash) {
        return (int) (hash >>> Integer.SIZE);
    }
}
