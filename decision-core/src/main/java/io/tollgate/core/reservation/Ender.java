/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Completes a transition of a reservation that this thread owns: brings every entry to what it is to count in the end. Each entry has three
 * marks, so that a process that is killed in the middle never repeats what was marked:
 *
 * <pre>
 *   marks of a block of entries: bit 3 * n: the n-th came back when it became overdue | + 1: done | + 2: charged late
 * </pre>
 *
 * A give-back is marked before it is done and a charge after it: a kill in between leaves a counter higher than it should be, never lower.
 * Belongs to one thread.
 */
final class Ender {
    private static final int MARK_BITS = 3;
    private static final int RETURNED = 1;
    private static final int DONE = 2;
    private static final int LATE = 4;

    private final BlockSpace space;
    private final Adjuster adjuster;
    private final PartReader part;
    private final long[] actual = new long[PartReader.MAX_CHARGES];
    private final long[] total = new long[PartReader.MAX_CHARGES];
    private final long[] share = new long[PartReader.MAX_CHARGES];
    private boolean late;
    private boolean overrun;

    Ender(BlockSpace space, Adjuster adjuster) {
        this.space = space;
        this.adjuster = adjuster;
        this.part = new PartReader(space);
    }

    /** Whether the last {@link #settle} found more used than reserved. */
    boolean overrun() {
        return overrun;
    }

    /** Gives back all that counts still; false when it has to be tried again. */
    boolean releaseAll(long newestPart) {
        late = false;
        for (long at = newestPart; at != 0 && part.read(at); at = part.previous) {
            java.util.Arrays.fill(share, 0, part.chargeCount, 0);
            if (!entries(0)) {
                return false;
            }
        }
        return true;
    }

    /** Gives back the soft holds. */
    void returnSoft(long newestPart) {
        for (long at = newestPart; at != 0 && part.read(at); at = part.previous) {
            long block = part.entries;
            for (int entry = 0; entry < part.entryCount; entry++) {
                if (entry > 0 && entry % Adjuster.PER_BLOCK == 0) {
                    block = link(block);
                }
                if (!space.intact(block)) {
                    break;
                }
                load(block, entry);
                if (adjuster.soft() && mark((int) block, entry, RETURNED)) {
                    adjuster.giveBack(adjuster.amount());
                }
            }
        }
    }

    /**
     * Brings every entry to what was really used.
     *
     * @param first knows what was used, by charge
     * @param afterExpiry all has come back already; what was used is charged anew
     * @return false when it has to be tried again
     */
    boolean settle(long newestPart, PartReader first, boolean afterExpiry) {
        late = afterExpiry;
        System.arraycopy(first.actual, 0, actual, 0, first.chargeCount);
        sumReserved(newestPart, first);
        overrun = false;
        for (int i = 0; i < first.chargeCount; i++) {
            overrun |= !first.gauge[i] && actual[i] > total[i];
        }
        for (long at = newestPart; at != 0 && part.read(at); at = part.previous) {
            long cost = 0;
            for (int i = 0; i < part.chargeCount; i++) {
                share[i] = take(first.find(part.key[i]), part.reserved[i]);
                if (part.pricePer[i] > 0) {
                    cost = PartReader.sum(cost, PartReader.cost(share[i], part.price[i], part.pricePer[i]));
                }
            }
            if (!entries(cost)) {
                return false;
            }
        }
        return true;
    }

    private void sumReserved(long newestPart, PartReader first) {
        java.util.Arrays.fill(total, 0, first.chargeCount, 0);
        for (long at = newestPart; at != 0 && part.read(at); at = part.previous) {
            for (int i = 0; i < part.chargeCount; i++) {
                int charge = first.find(part.key[i]);
                if (charge >= 0) {
                    total[charge] = PartReader.sum(total[charge], part.reserved[i]);
                }
            }
        }
    }

    /**
     * What the newest part left bears of the usage: all that the older ones did not reserve. A part that reserved nothing of it has
     * no entry for it, but for the oldest, which has an empty one where nobody reserved any.
     */
    private long take(int charge, long reserved) {
        if (charge < 0 || reserved == 0 && part.previous != 0) {
            return 0;
        }
        long older = total[charge] - reserved;
        long mine = Math.max(0, actual[charge] - older);
        actual[charge] -= mine;
        total[charge] = older;
        return mine;
    }

    /** Brings the entries of the part just read to their share. */
    private boolean entries(long cost) {
        long block = part.entries;
        for (int entry = 0; entry < part.entryCount; entry++) {
            if (entry > 0 && entry % Adjuster.PER_BLOCK == 0) {
                block = link(block);
            }
            if (!space.intact(block)) {
                // failed its check: what it took stays counted
                return true;
            }
            load(block, entry);
            if (!adjust((int) block, entry, cost)) {
                return false;
            }
        }
        return true;
    }

    private boolean adjust(int block, int entry, long cost) {
        int done = late ? LATE : DONE;
        if (adjuster.charge() >= part.chargeCount && adjuster.role() != Adjuster.WALLET || marked(block, entry, done)) {
            return true;
        }
        long used = adjuster.role() == Adjuster.WALLET ? cost : share[adjuster.charge()];
        used = adjuster.concurrency() ? 0 : used;
        long held = late || marked(block, entry, RETURNED) ? 0 : adjuster.amount();
        if (used > held) {
            if (!adjuster.charge(used - held)) {
                return false;
            }
            mark(block, entry, done);
        } else {
            mark(block, entry, done);
            adjuster.giveBack(held - used);
        }
        return true;
    }

    private void load(long block, int entry) {
        UnsafeBuffer segment = space.segment((int) block);
        adjuster.load(
                segment, BlockSpace.at((int) block) + BlockSpace.PAYLOAD + entry % Adjuster.PER_BLOCK * Adjuster.BYTES);
    }

    private long link(long block) {
        return space.has(block) ? space.segment((int) block).getLong(BlockSpace.at((int) block) + BlockSpace.LINK) : 0;
    }

    private boolean marked(int block, int entry, int mark) {
        long marks = space.guarded(block, BlockSpace.MARKS);
        // marks that fail their check: nothing is given back on their word
        return marks == Guard.BROKEN || (marks >>> entry % Adjuster.PER_BLOCK * MARK_BITS & mark) != 0;
    }

    /** {@return whether it was not marked before} */
    private boolean mark(int block, int entry, int mark) {
        if (marked(block, entry, mark)) {
            return false;
        }
        long marks = space.guarded(block, BlockSpace.MARKS);
        space.putGuarded(block, BlockSpace.MARKS, marks | (long) mark << entry % Adjuster.PER_BLOCK * MARK_BITS);
        return true;
    }
}
