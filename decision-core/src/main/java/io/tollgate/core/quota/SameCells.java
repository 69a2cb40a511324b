/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

/**
 * Which entry of a plan was the last one of a cell: a hash table of entries that is emptied by counting up. A place holds
 *
 * <pre>
 *   generation (what is left of the 64 bits) | entry (as many bits as it takes to number the places)
 * </pre>
 *
 * and is empty when the generation is another one. Threading: one thread, that of the plan. Allocates nothing after construction.
 */
final class SameCells {
    private static final int MIN_PLACES = 1024;

    private final long[] table;
    private final int bits;
    private long generation = 1;

    SameCells(int capacity) {
        // at most half of the table is filled
        int places = Math.max(MIN_PLACES, Integer.highestOneBit(2 * capacity - 1) << 1);
        bits = Integer.numberOfTrailingZeros(places);
        table = new long[places];
    }

    void clear() {
        generation++;
    }

    /**
     * Puts an entry in the place of its cell.
     *
     * @param cellRefs the cell of each entry that was put before
     * @return the entry of the same cell that was there, or -1
     */
    int put(long cell, int entry, long[] cellRefs) {
        long mark = generation << bits;
        int mask = table.length - 1;
        int place = (int) ((cell * 0x9E37_79B9_7F4A_7C15L) >>> (Long.SIZE - bits));
        while ((table[place] & ~mask) == mark) {
            int other = (int) (table[place] & mask);
            if (cellRefs[other] == cell) {
                table[place] = mark | entry;
                return other;
            }
            place = (place + 1) & mask;
        }
        table[place] = mark | entry;
        return -1;
    }
}
