/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import io.tollgate.core.quota.Cells;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.request.DecisionRequest;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What one worker does with reservations: {@link #writer} records them, and here they are settled, released and expired. Each transition
 * has one owner, who won the compare-and-set of the state word; a terminal state is reached exactly once.
 *
 * <p>Assumptions: belongs to one thread, and so does its {@link Taker}. Guarantees: no lock, no allocation, no system
 * call, no exception for
 * any input; while another thread is in the middle of a transition a call spins a bounded time and then answers BUSY. Once a call has
 * answered SETTLED, OVERRUN, RELEASED or EXPIRED, that outlives the process (not a power failure: that takes the usage journal). With a
 * journal a settle is in it, once, before it is answered: state word, intent, record, state word, counters, in this order.
 *
 * <table>
 *   <caption>access modes</caption>
 *   <tr><td>state word</td><td>volatile read, compare-and-set</td></tr>
 *   <tr><td>parts</td><td>plain; published by the state word, or by the guarded word of the newest part (release)</td></tr>
 *   <tr><td>marks, expiry, end, due</td><td>release write by the owner of the transition, volatile read</td></tr>
 * </table>
 */
public final class ReservationDesk {
    /** Ended reservations are remembered for so long at least, ms. */
    public static final long REMEMBERED_MS = 600_000;

    static final long MAX_MS = 86_400_000L;
    static final long MIN_TOMBSTONE_MS = 60_000;
    static final int TOMBSTONE_TTLS = 10;

    private static final int SPINS = 4_096;
    private static final long NS_PER_MS = 1_000_000L;

    private final BlockSpace space;
    private final ReservationIds ids;
    private final StoreCounts counts;
    private final BlockCache cache;
    private final ReservationWriter writer;
    private final IdempotencyDesk keys;
    private final Adjuster adjuster;
    private final Ender ender;
    private final PartReader first;
    private final SettledUsage usage;
    private final RequestUnits units = new RequestUnits();
    private final long[] amounts = new long[PartReader.MAX_USAGES];
    private final AwaitedEnds awaited;
    /** Whether the call that runs has begun a transition. */
    private boolean acted;

    ReservationDesk(
            BlockSpace space,
            ReservationIds ids,
            StoreCounts counts,
            KeyIndex index,
            KeyedDigest digest,
            Taker taker,
            Cells cells,
            SettledUsage usage,
            AwaitedEnds awaited) {
        this.space = space;
        this.ids = ids;
        this.counts = counts;
        this.usage = usage;
        this.awaited = awaited;
        cache = new BlockCache(space);
        writer = new ReservationWriter(space, cache, counts, ids);
        adjuster = new Adjuster(taker, cells);
        ender = new Ender(space, adjuster);
        first = new PartReader(space);
        keys = new IdempotencyDesk(space, index, counts, cache, this, digest);
    }

    /** {@return what keeps idempotency keys} */
    public IdempotencyDesk keys() {
        return keys;
    }

    /** {@return what records reservations} */
    public ReservationWriter writer() {
        return writer;
    }

    /**
     * Brings a reservation to what was really used.
     *
     * @param actual its usages; everything else in it is ignored
     * @param epochNs now, nanoseconds since 1970
     * @param periods of the newest world, if there is one
     */
    public EndOutcome settle(
            long high,
            long low,
            DecisionRequest actual,
            long epochNs,
            @Nullable PeriodTable periods,
            EndResult result) {
        for (int i = 0; i < actual.usageCount(); i++) {
            amounts[i] = actual.amount(i);
            if (amounts[i] < 0) {
                result.set(EndOutcome.AMOUNT_NEGATIVE);
                result.usage = i;
                return result.outcome;
            }
        }
        units.of(actual);
        usage.begin(high, low, actual.note());
        return end(high, low, actual.usageCount(), epochNs, periods, result);
    }

    /** Gives a reservation back. */
    public EndOutcome release(long high, long low, long epochNs, @Nullable PeriodTable periods, EndResult result) {
        return end(high, low, -1, epochNs, periods, result);
    }

    /**
     * Says that the end of a reservation is reported by somebody who may be lost, or no longer: those that end by expiry meanwhile are
     * counted. An id that is none changes nothing.
     */
    public void expectEnd(long high, long low, boolean awaits) {
        int head = head(high, low);
        int generation = (int) (ids.name(high, low) >>> 32);
        if (head != 0 && StateWord.generation(word(head)) == generation) {
            awaited.expect(head, generation, awaits);
        }
    }

    /** @param usages how many, -1 = release */
    private EndOutcome end(
            long high, long low, int usages, long epochNs, @Nullable PeriodTable periods, EndResult result) {
        acted = false;
        EndOutcome outcome = reach(high, low, usages, epochNs, periods, result);
        result.repeated = !acted && outcome.code() != 0 && outcome != EndOutcome.UNKNOWN;
        usage.told(result);
        return outcome;
    }

    private EndOutcome reach(
            long high, long low, int usages, long epochNs, @Nullable PeriodTable periods, EndResult result) {
        int head = head(high, low);
        if (head == 0) {
            return result.set(EndOutcome.UNKNOWN);
        }
        int generation = (int) (ids.name(high, low) >>> 32);
        adjuster.begin(epochNs, periods);
        for (int spins = 0; spins < SPINS; spins++) {
            long word = word(head);
            int state = StateWord.state(word, space.stateSalt(head));
            if (StateWord.generation(word) != generation || state < StateWord.RESERVED || state >= StateWord.DAMAGED) {
                return result.set(EndOutcome.UNKNOWN);
            }
            if (StateWord.ended(state) && forgotten(head, epochNs)) {
                return result.set(EndOutcome.UNKNOWN);
            }
            EndOutcome outcome = tryEnd(head, word, state, usages, epochNs, result);
            if (outcome != null) {
                return outcome;
            }
            Thread.onSpinWait();
        }
        return result.set(EndOutcome.BUSY);
    }

    /** {@return null when the state has to be looked at again} */
    private @Nullable EndOutcome tryEnd(int head, long word, int state, int usages, long epochNs, EndResult result) {
        long nowMs = Math.floorDiv(epochNs, NS_PER_MS);
        switch (state) {
            case StateWord.RESERVED, StateWord.OVERDUE -> {
                if (nowMs >= tombstoneMs(head)) {
                    begin(head, word, StateWord.EXPIRING, nowMs);
                    return null;
                }
                if (usages < 0) {
                    begin(head, word, StateWord.RELEASING, nowMs);
                    return null;
                }
                return settled(head, word, StateWord.SETTLING, usages, nowMs, result);
            }
            case StateWord.SETTLED ->
                result.set(StateWord.has(word, StateWord.OVERRUN) ? EndOutcome.OVERRUN : EndOutcome.SETTLED);
            case StateWord.RELEASED -> result.set(EndOutcome.RELEASED);
            case StateWord.LATE_SETTLED -> {
                result.set(EndOutcome.EXPIRED);
                result.late = true;
            }
            case StateWord.EXPIRED -> {
                if (usages >= 0) {
                    return settled(head, word, StateWord.LATE, usages, nowMs, result);
                }
                result.set(EndOutcome.EXPIRED);
            }
            default -> {
                if (StateWord.has(word, StateWord.PARKED)) {
                    resume(head, word, nowMs);
                }
                return null;
            }
        }
        return result.outcome;
    }

    private @Nullable EndOutcome settled(int head, long word, int to, int usages, long nowMs, EndResult result) {
        int bad = first.read(number(head, HeadLayout.FIRST_PART))
                ? first.readTerms(units, amounts, usages)
                : PartReader.BROKEN;
        boolean owed = bad == PartReader.GOOD && usage.owed(first);
        if (owed && !usage.readSubject(first)) {
            bad = PartReader.BROKEN;
        }
        if (word(head) != word) {
            return null;
        }
        if (bad == PartReader.BROKEN) {
            damaged(head, word);
            return result.set(EndOutcome.UNKNOWN);
        }
        if (bad != PartReader.GOOD) {
            result.set(EndOutcome.UNIT_NOT_ACCEPTED);
            result.usage = bad;
            return result.outcome;
        }
        // what breaks off from here on without a record is as if it had never begun
        if (owed && !usage.hasRoom(first)) {
            return result.set(EndOutcome.JOURNAL_FULL);
        }
        if (change(head, word, to, 0)) {
            acted = true;
            writeIntent(head, usages);
            change(head, word(head), to, owed ? StateWord.INTENT | StateWord.OWED : StateWord.INTENT);
            if (owed) {
                usage.append(first, nowMs);
                change(head, word(head), to, StateWord.INTENT);
            }
            complete(head, to, nowMs);
        }
        // what it came to is read from the state
        return null;
    }

    /** Gives back what is due at a time: for the sweeper. {@return whether something was done} */
    boolean sweep(int head, long epochNs, @Nullable PeriodTable periods) {
        long nowMs = Math.floorDiv(epochNs, NS_PER_MS);
        adjuster.begin(epochNs, periods);
        long word = word(head);
        int state = StateWord.state(word, space.stateSalt(head));
        if (StateWord.has(word, StateWord.PARKED)) {
            resume(head, word, nowMs);
        } else if (state == StateWord.RESERVED || state == StateWord.OVERDUE) {
            if (nowMs >= tombstoneMs(head)) {
                begin(head, word, StateWord.EXPIRING, nowMs);
            } else if (state == StateWord.RESERVED && nowMs >= expiresMs(head)) {
                begin(head, word, StateWord.RETURNING, nowMs);
            } else {
                space.due(head, state == StateWord.RESERVED ? expiresMs(head) : tombstoneMs(head));
            }
        } else if (StateWord.ended(state)) {
            forget(head, word, nowMs);
        } else if (state == StateWord.ANSWERED) {
            keys.sweep(head, nowMs);
        } else {
            return false;
        }
        return true;
    }

    private void begin(int head, long word, int to, long nowMs) {
        if (change(head, word, to, 0)) {
            acted = true;
            complete(head, to, nowMs);
        }
    }

    private void resume(int head, long word, long nowMs) {
        int state = StateWord.state(word, space.stateSalt(head));
        int flags = StateWord.flags(word) & ~StateWord.PARKED;
        if (!change(head, word, state, flags)) {
            return;
        }
        if ((state == StateWord.SETTLING || state == StateWord.LATE) && !readIntent(head)) {
            damaged(head, word(head));
            return;
        }
        complete(head, state, nowMs);
    }

    /** Does what the state says; this thread owns the transition. */
    private void complete(int head, int state, long nowMs) {
        long newest = space.guarded(head, BlockSpace.LINK);
        if (newest == Guard.BROKEN) {
            damaged(head, word(head));
            return;
        }
        boolean done =
                switch (state) {
                    case StateWord.SETTLING, StateWord.LATE -> ender.settle(newest, first, state == StateWord.LATE);
                    case StateWord.RETURNING -> {
                        ender.returnSoft(newest);
                        yield true;
                    }
                    default -> ender.releaseAll(newest);
                };
        long word = word(head);
        if (!done) {
            space.due(head, nowMs);
            change(head, word, state, StateWord.flags(word) | StateWord.PARKED);
            return;
        }
        finish(head, word, state, newest, nowMs);
    }

    private void finish(int head, long word, int state, long newest, long nowMs) {
        int flags = state == StateWord.SETTLING && ender.overrun() ? StateWord.OVERRUN : 0;
        if (state == StateWord.RETURNING) {
            space.due(head, tombstoneMs(head));
            if (change(head, word, StateWord.OVERDUE, 0)) {
                awaited.overdue(head, StateWord.generation(word));
            }
            return;
        }
        if (state != StateWord.LATE) {
            space.putGuarded(head, HeadLayout.ENDED, nowMs & Guard.MAX_VALUE);
        }
        space.due(head, nowMs + REMEMBERED_MS);
        int ended =
                switch (state) {
                    case StateWord.SETTLING -> StateWord.SETTLED;
                    case StateWord.RELEASING -> StateWord.RELEASED;
                    case StateWord.LATE -> StateWord.LATE_SETTLED;
                    default -> StateWord.EXPIRED;
                };
        if (ended == StateWord.EXPIRED) {
            awaited.expired(head, StateWord.generation(word));
        }
        // what a late settle needs stays; of the others nobody reads the parts again, nor frees them but this thread
        if (change(head, word, ended, flags) && ended != StateWord.EXPIRED) {
            free(newest);
        }
    }

    private boolean forgotten(int head, long epochNs) {
        return Math.floorDiv(epochNs, NS_PER_MS) >= space.guarded(head, HeadLayout.ENDED) + REMEMBERED_MS;
    }

    private void forget(int head, long word, long nowMs) {
        long endedMs = space.guarded(head, HeadLayout.ENDED);
        if (nowMs < endedMs + REMEMBERED_MS) {
            space.due(head, endedMs + REMEMBERED_MS);
            return;
        }
        long newest = space.guarded(head, BlockSpace.LINK);
        space.due(head, BlockSpace.NOT_DUE);
        if (freed(head, word)) {
            if (newest > 0 && StateWord.state(word, space.stateSalt(head)) == StateWord.EXPIRED) {
                free(newest);
            }
            cache.put(head);
        } else {
            space.due(head, nowMs);
        }
    }

    /** Frees a head if its state is still this; who does so returns its blocks. */
    boolean freed(int head, long word) {
        long next = StateWord.of(StateWord.generation(word) + 1, StateWord.FREE, 0, space.stateSalt(head));
        if (!compareAndSet(head, word, next)) {
            return false;
        }
        counts.change(StateWord.state(word, space.stateSalt(head)), StateWord.FREE);
        return true;
    }

    /** Whether there is such a reservation and it is remembered. */
    boolean remembers(long high, long low, long epochMs) {
        int head = head(high, low);
        if (head == 0) {
            return false;
        }
        long word = word(head);
        int state = StateWord.state(word, space.stateSalt(head));
        return StateWord.generation(word) == (int) (ids.name(high, low) >>> 32)
                && (StateWord.open(state)
                        || state >= StateWord.SETTLED
                                && state <= StateWord.LATE_SETTLED
                                && epochMs < space.guarded(head, HeadLayout.ENDED) + REMEMBERED_MS);
    }

    /** Returns the blocks of a chain of parts that nobody refers to any more. */
    private void free(long newestPart) {
        long part = newestPart;
        while (space.intact(part)) {
            UnsafeBuffer segment = space.segment((int) part);
            int at = BlockSpace.at((int) part) + BlockSpace.PAYLOAD;
            long previous = segment.getLong(at);
            freeChain(segment.getLong(at + Long.BYTES));
            freeChain(part);
            part = previous;
        }
    }

    void freeChain(long first) {
        long block = first;
        while (space.intact(block)) {
            long next = space.segment((int) block).getLong(BlockSpace.at((int) block) + BlockSpace.LINK);
            cache.put((int) block);
            block = next;
        }
    }

    void writeIntent(int head, int usages) {
        UnsafeBuffer segment = space.segment(head);
        int at = BlockSpace.at(head) + HeadLayout.INTENT;
        segment.putLong(at, usages);
        for (int i = 0; i < usages; i++) {
            segment.putByte(at + Long.BYTES + i, (byte) first.unitOf[i]);
            segment.putLong(at + HeadLayout.INTENT_AMOUNTS + i * Long.BYTES, amounts[i]);
        }
    }

    private boolean readIntent(int head) {
        UnsafeBuffer segment = space.segment(head);
        int at = BlockSpace.at(head) + HeadLayout.INTENT;
        int usages = (int) segment.getLong(at);
        if (usages < 0 || usages > PartReader.MAX_USAGES || !first.read(number(head, HeadLayout.FIRST_PART))) {
            return false;
        }
        for (int i = 0; i < usages; i++) {
            first.unitOf[i] = segment.getByte(at + Long.BYTES + i) & 0xFF;
            amounts[i] = segment.getLong(at + HeadLayout.INTENT_AMOUNTS + i * Long.BYTES);
        }
        return first.readTerms(null, amounts, usages) == PartReader.GOOD;
    }

    /**
     * Keeps a reservation for an Extend: until {@link #extended} or {@link #notExtended} nobody ends it.
     *
     * @return null when it is kept; else why not: UNKNOWN, BUSY, or how it ended (EXPIRED also when it is overdue)
     */
    public @Nullable EndOutcome beginExtend(long high, long low, long epochNs, EndResult result) {
        int head = head(high, low);
        int generation = (int) (ids.name(high, low) >>> 32);
        for (int spins = 0; head != 0 && spins < SPINS; spins++) {
            long word = word(head);
            int state = StateWord.state(word, space.stateSalt(head));
            if (StateWord.generation(word) != generation || state < StateWord.RESERVED || state >= StateWord.DAMAGED) {
                return result.set(EndOutcome.UNKNOWN);
            }
            if (StateWord.ended(state)) {
                return result.set(
                        state == StateWord.SETTLED
                                ? EndOutcome.SETTLED
                                : state == StateWord.RELEASED ? EndOutcome.RELEASED : EndOutcome.EXPIRED);
            }
            if (state == StateWord.OVERDUE
                    || state == StateWord.RESERVED && Math.floorDiv(epochNs, NS_PER_MS) >= expiresMs(head)) {
                return result.set(EndOutcome.EXPIRED);
            }
            if (state == StateWord.RESERVED && change(head, word, StateWord.EXTENDING, 0)) {
                return null;
            }
            Thread.onSpinWait();
        }
        return result.set(head == 0 ? EndOutcome.UNKNOWN : EndOutcome.BUSY);
    }

    /** Adds who, where and what of a kept reservation to a request; false when it cannot be read (it is set aside then). */
    public boolean readFacts(long high, long low, DecisionRequest request) {
        int head = head(high, low);
        if (first.read(number(head, HeadLayout.FIRST_PART))
                && first.skipTerms()
                && request.readFacts(first.chain)
                && !first.chain.broken()) {
            return true;
        }
        damaged(head, word(head));
        return false;
    }

    /** The newest part of a kept reservation, for {@link ReservationWriter#beginPart}. */
    public long newestPart(long high, long low) {
        return Math.max(0, space.guarded(head(high, low), BlockSpace.LINK));
    }

    /** When a kept reservation expires, ms since 1970. */
    public long expiresMs(long high, long low) {
        return expiresMs(head(high, low));
    }

    /**
     * Adds a part to a kept reservation and lets go of it.
     *
     * @param part what was written, 0 = nothing was taken
     * @param expiresMs the new expiry; an earlier one than before changes nothing
     */
    public void extended(long high, long low, long part, long expiresMs) {
        int head = head(high, low);
        if (part != 0) {
            space.putGuarded(head, BlockSpace.LINK, part);
        }
        if (expiresMs > expiresMs(head)) {
            space.putGuarded(head, HeadLayout.EXPIRES, expiresMs);
            space.due(head, expiresMs);
        }
        change(head, word(head), StateWord.RESERVED, 0);
    }

    /** Lets go of a kept reservation as it was. */
    public void notExtended(long high, long low) {
        int head = head(high, low);
        change(head, word(head), StateWord.RESERVED, 0);
    }

    /** The head block of an id, or 0. */
    int head(long high, long low) {
        long name = ids.name(high, low);
        long block = name & 0xFFFF_FFFFL;
        return space.has(block) ? (int) block : 0;
    }

    /** What its blocks hold cannot be believed: it stays as it is, what it took stays counted. */
    private void damaged(int head, long word) {
        if (change(head, word, StateWord.DAMAGED, 0)) {
            space.due(head, BlockSpace.NOT_DUE);
        }
    }

    long word(int head) {
        return space.segment(head).getLongVolatile(BlockSpace.at(head));
    }

    /** Changes the state if it is still this; counts it. */
    boolean change(int head, long word, int state, int flags) {
        long next = StateWord.of(StateWord.generation(word), state, flags, space.stateSalt(head));
        if (!compareAndSet(head, word, next)) {
            return false;
        }
        counts.change(StateWord.state(word, space.stateSalt(head)), state);
        return true;
    }

    private boolean compareAndSet(int head, long word, long next) {
        return space.segment(head).compareAndSetLong(BlockSpace.at(head), word, next);
    }

    private long number(int head, int offset) {
        return space.segment(head).getLong(BlockSpace.at(head) + offset);
    }

    long expiresMs(int head) {
        // a word that fails its check: the past, so that it is looked at
        return space.guarded(head, HeadLayout.EXPIRES);
    }

    private long tombstoneMs(int head) {
        long ttlMs = number(head, HeadLayout.TTL);
        return expiresMs(head) + Math.min(MAX_MS, Math.max(TOMBSTONE_TTLS * ttlMs, MIN_TOMBSTONE_MS));
    }
}
