/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import io.tollgate.core.journal.SettledBefore;
import java.util.BitSet;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Makes sense of the blocks of a file that some process left: which are reservations, what was in the middle, what is free. Nothing is
 * given back here: what has to be completed is parked, and due at once.
 *
 * <pre>
 *   FILLING, CLAIMED                 free: it was never answered, what it took stays counted
 *   EXTENDING                        RESERVED: a part that was linked counts, one that was not is free
 *   SETTLING, LATE without intent    as before: it was not answered
 *   the same owed to the journal     if the journal has it: completed; if not: as before, it was not answered
 *   RETURNING, SETTLING, LATE with intent, RELEASING, EXPIRING      parked, completed by the sweeper
 * </pre>
 *
 * Threading: one thread, before anybody else uses the space.
 */
final class Recovery {
    private final BlockSpace space;
    private final StoreCounts counts;
    private final KeyIndex index;
    private final PartReader part;
    private final SettledBefore settled;
    private final ReservationIds ids;
    private final BitSet used = new BitSet();
    private final BitSet chained = new BitSet();

    Recovery(BlockSpace space, StoreCounts counts, KeyIndex index, ReservationIds ids, SettledBefore settled) {
        this.space = space;
        this.ids = ids;
        this.settled = settled;
        this.index = index;
        this.counts = counts;
        this.part = new PartReader(space);
    }

    void run() {
        int size = space.size();
        for (int block = 1; block < size; block++) {
            UnsafeBuffer segment = space.segment(block);
            int at = BlockSpace.at(block);
            long word = segment.getLongVolatile(at);
            int state = StateWord.state(word, space.stateSalt(block));
            if (state == StateWord.BROKEN) {
                // whose it was cannot be told: leave it alone
                used.set(block);
                counts.add(StateWord.DAMAGED, 1);
            } else if (state == StateWord.FILLING || state == StateWord.CLAIMED) {
                set(block, word, 1, StateWord.FREE, 0);
            } else if (state == StateWord.ANSWERED) {
                answered(block, word);
            } else if (state != StateWord.FREE) {
                used.set(block);
                recover(block, word, state);
            }
        }
        for (int block = size - 1; block >= 1; block--) {
            if (!used.get(block)) {
                space.push(block);
            }
        }
    }

    private void recover(int head, long word, int state) {
        int found = state;
        int flags = StateWord.flags(word);
        if (state == StateWord.DAMAGED || !intact(head, state)) {
            found = StateWord.DAMAGED;
            flags = 0;
        } else if (state == StateWord.EXTENDING) {
            found = StateWord.RESERVED;
            flags = 0;
        } else if ((state == StateWord.SETTLING || state == StateWord.LATE) && !recorded(head, word)) {
            found = state == StateWord.LATE ? StateWord.EXPIRED : StateWord.RESERVED;
            flags = 0;
        } else if (state == StateWord.RETURNING
                || state == StateWord.LATE
                || state >= StateWord.SETTLING && state <= StateWord.EXPIRING) {
            flags = flags & ~StateWord.OWED | StateWord.PARKED;
        }
        set(head, word, 0, found, flags);
        counts.add(found, 1);
        // the sweeper looks at once, and finds out when it is really due
        space.due(head, found == StateWord.DAMAGED ? BlockSpace.NOT_DUE : 1);
    }

    /** Whether a settle is to be completed: what was used is written down, and in the journal where that comes first. */
    private boolean recorded(int head, long word) {
        int generation = StateWord.generation(word);
        return StateWord.has(word, StateWord.INTENT)
                && (!StateWord.has(word, StateWord.OWED)
                        || settled.contains(ids.high(generation, head), ids.low(generation, head)));
    }

    /** A key whose answer cannot be read is as if never used. */
    private void answered(int head, long word) {
        UnsafeBuffer segment = space.segment(head);
        int at = BlockSpace.at(head);
        chained.clear();
        boolean good = segment.getLong(at + BlockSpace.CHECK) == HeadLayout.check(space, head)
                && space.guarded(head, KeyLayout.UNTIL) != Guard.BROKEN
                && claim(space.guarded(head, BlockSpace.LINK))
                && index.add(segment.getLong(at + KeyLayout.KEY_HIGH), segment.getLong(at + KeyLayout.KEY_LOW), head);
        if (good) {
            used.or(chained);
            used.set(head);
            counts.add(StateWord.ANSWERED, 1);
            space.due(head, 1);
        } else {
            set(head, word, 1, StateWord.FREE, 0);
        }
    }

    private void set(int head, long word, int generations, int state, int flags) {
        space.segment(head)
                .putLongVolatile(
                        BlockSpace.at(head),
                        StateWord.of(StateWord.generation(word) + generations, state, flags, space.stateSalt(head)));
    }

    /** Whether all that a reservation is made of passes its checks and is nobody else's; if so it is marked as used. */
    private boolean intact(int head, int state) {
        UnsafeBuffer segment = space.segment(head);
        long newest = space.guarded(head, BlockSpace.LINK);
        if (segment.getLong(BlockSpace.at(head) + BlockSpace.CHECK) != HeadLayout.check(space, head)
                || space.guarded(head, HeadLayout.EXPIRES) == Guard.BROKEN
                || space.guarded(head, HeadLayout.ENDED) == Guard.BROKEN
                || newest == Guard.BROKEN) {
            return false;
        }
        if (StateWord.ended(state) && state != StateWord.EXPIRED) {
            // its parts are free
            return true;
        }
        chained.clear();
        long at = newest;
        while (at != 0) {
            if (!part.read(at) || !claim(at) || part.entries != 0 && !claim(part.entries)) {
                return false;
            }
            at = part.previous;
        }
        used.or(chained);
        return true;
    }

    private boolean claim(long first) {
        long block = first;
        while (block != 0) {
            if (!space.intact(block)
                    || space.guarded((int) block, BlockSpace.MARKS) == Guard.BROKEN
                    || used.get((int) block)
                    || chained.get((int) block)) {
                return false;
            }
            chained.set((int) block);
            block = space.segment((int) block).getLong(BlockSpace.at((int) block) + BlockSpace.LINK);
        }
        return true;
    }
}
