/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Which cell is whose: record n, 24 bytes, belongs to cell n. Written once, before the count that covers it.
 *
 * <pre>
 *   0: identity, upper half | 8: lower half | 16: kind (8 bits), check over all and the cell's number (56 bits)
 * </pre>
 *
 * Kind 0 is a cell left out for alignment. Threading: the loader thread.
 */
final class IdentityRecords {
    static final int RECORD_BYTES = 24;

    private static final int PADDING = 0;
    private static final int LOW = 8;
    private static final int CHECK = 16;

    private final long storeId;
    private UnsafeBuffer[] segments = {};

    IdentityRecords(long storeId) {
        this.storeId = storeId;
    }

    void segments(UnsafeBuffer[] grown) {
        segments = grown;
    }

    void write(long number, long high, long low, int kind) {
        UnsafeBuffer segment = segment(number);
        int at = at(number);
        segment.putLong(at, high);
        segment.putLong(at + LOW, low);
        segment.putLong(at + CHECK, check(number, high, low, kind));
    }

    void writePadding(long number) {
        write(number, 0, 0, PADDING);
    }

    boolean matches(long number, long high, long low) {
        UnsafeBuffer segment = segment(number);
        int at = at(number);
        return segment.getLong(at) == high && segment.getLong(at + LOW) == low && kind(number) != PADDING;
    }

    long high(long number) {
        return segment(number).getLong(at(number));
    }

    long low(long number) {
        return segment(number).getLong(at(number) + LOW);
    }

    int kind(long number) {
        return (int) segment(number).getLong(at(number) + CHECK) & 0xFF;
    }

    boolean isPadding(long number) {
        return kind(number) == PADDING;
    }

    /**
     * Checks all records. One that was allocated after the last sync and did not reach the disk before the power went
     * is turned into padding: its cell was never part of an activated world.
     *
     * @throws CellStoreException when a record that was synced is damaged
     */
    void verify(long count, long synced, Path file) {
        for (long number = 1; number < count; number++) {
            int kind = kind(number);
            boolean valid = (CellKind.known(kind) || kind == PADDING)
                    && segment(number).getLong(at(number) + CHECK) == check(number, high(number), low(number), kind);
            if (!valid && number < synced) {
                throw new CellStoreException(file + " is damaged: the identity of cell " + number + " (of " + count
                        + ") fails its check, so nobody knows what that cell counts.");
            }
            if (!valid) {
                writePadding(number);
            }
        }
    }

    private long check(long number, long high, long low, int kind) {
        long hash =
                CellIdentity.avalanche(high + CellIdentity.avalanche(low ^ CellIdentity.avalanche(number + storeId)));
        return (CellIdentity.avalanche(hash + kind) << 8) | kind;
    }

    private UnsafeBuffer segment(long number) {
        return segments[(int) (number / Cells.CELLS_PER_SEGMENT)];
    }

    private static int at(long number) {
        return (int) (number % Cells.CELLS_PER_SEGMENT) * RECORD_BYTES;
    }
}
