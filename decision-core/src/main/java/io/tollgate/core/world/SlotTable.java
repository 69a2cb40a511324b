/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import java.util.Arrays;

/**
 * Pairs of 32 bits, found by the first: open addressing, linear probing, at most half full. A slot is one long: upper half the first
 * number, lower half the second; 0 = free. The slots lie in pages of {@value #PAGE_SLOTS}; {@link #copy} shares them all, and what then
 * changes is copied first, so that a copy costs as much as it changes and not as much as it holds.
 *
 * <p>One thread changes a table, until other threads see it; from then on it is immutable.
 */
final class SlotTable {
    /** Ends a probe. */
    static final long FREE = 0;

    private static final int PAGE_SHIFT = 9;
    private static final int PAGE_SLOTS = 1 << PAGE_SHIFT;
    /** 2^32 divided by the golden ratio: spreads numbers that are near each other. */
    private static final int SPREAD = 0x9E37_79B9;

    private long[][] pages;
    /** Whether a page belongs to this table alone. */
    private boolean[] own;
    /** 32 less the bits of a position. */
    private int shift;

    private int used;

    /** An empty table. */
    SlotTable() {
        pages = new long[1][PAGE_SLOTS];
        own = new boolean[] {true};
        shift = Integer.SIZE - PAGE_SHIFT;
    }

    private SlotTable(final SlotTable from) {
        pages = from.pages.clone();
        own = new boolean[pages.length];
        shift = from.shift;
        used = from.used;
    }

    /** {@return an equal table, to change; this one must not be changed any more} */
    SlotTable copy() {
        return new SlotTable(this);
    }

    /** {@return where the probe for a first number starts} */
    int start(final int first) {
        return first * SPREAD >>> shift;
    }

    int next(final int at) {
        return at + 1 & positions() - 1;
    }

    long slot(final int at) {
        return pages[at >>> PAGE_SHIFT][at & PAGE_SLOTS - 1];
    }

    /** {@return the slot of a first number, which is in the table at most once; {@link #FREE} when it is not} */
    long find(final int first) {
        int at = start(first);
        long slot = slot(at);
        while (slot != FREE && (int) (slot >>> Integer.SIZE) != first) {
            at = next(at);
            slot = slot(at);
        }
        return slot;
    }

    /** {@return how many slots there are, free ones included} */
    int positions() {
        return pages.length << PAGE_SHIFT;
    }

    /** {@return how many slots are used} */
    int used() {
        return used;
    }

    /** {@return bytes of the slots} */
    long bytes() {
        return (long) positions() * Long.BYTES;
    }

    /** Adds a pair; others with the same first number stay. */
    void add(final int first, final int second) {
        if ((used + 1) * 2 > positions()) {
            grow();
        }
        insert(pair(first, second));
        used++;
    }

    /** Sets the pair of a first number, which is in the table at most once. */
    void put(final int first, final int second) {
        int at = start(first);
        for (long slot = slot(at); slot != FREE; slot = slot(at)) {
            if ((int) (slot >>> Integer.SIZE) == first) {
                set(at, pair(first, second));
                return;
            }
            at = next(at);
        }
        add(first, second);
    }

    private static long pair(final int first, final int second) {
        return (long) first << Integer.SIZE | second & 0xFFFF_FFFFL;
    }

    private void insert(final long pair) {
        int at = start((int) (pair >>> Integer.SIZE));
        while (slot(at) != FREE) {
            at = next(at);
        }
        set(at, pair);
    }

    private void set(final int at, final long pair) {
        final int page = at >>> PAGE_SHIFT;
        if (!own[page]) {
            pages[page] = pages[page].clone();
            own[page] = true;
        }
        pages[page][at & PAGE_SLOTS - 1] = pair;
    }

    private void grow() {
        final long[][] small = pages;
        pages = new long[small.length * 2][PAGE_SLOTS];
        own = new boolean[pages.length];
        Arrays.fill(own, true);
        shift--;
        for (final long[] page : small) {
            for (final long pair : page) {
                if (pair != FREE) {
                    insert(pair);
                }
            }
        }
    }
}
