/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import java.util.Arrays;

/**
 * What one request takes from which cells, and what {@link Taker} found there. One per worker, reused: {@link
 * #begin}, the {@code add} methods, then {@link Taker#check} or {@link Taker#take}, then the results.
 *
 * <p>The order of the entries is the order in which a deny is named (the first entry that does not fit) and in which
 * cells are taken. All plans should list shared cells in the same order (from the leaf up, or from the root down):
 * otherwise two workers may each hold what the other needs next and have to try again. Entries of one cell count one
 * after the other.
 *
 * <p>A plan may hold <b>choices</b> ({@link #beginChoice}), of which one entry is taken, and several requests as
 * <b>parts</b> ({@link #nextPart}).
 *
 * <p>Results of a denied or checked plan come from the reads that justify the answer; of a taken plan, from the take.
 *
 * <p>Threading: one thread. Nothing here allocates after construction or throws for full or odd input; see the codes.
 */
public final class TakePlan {
    /** Entries of a plan made by {@link #TakePlan()}. */
    public static final int DEFAULT_CAPACITY = 256;

    /** Returned by add: the amount was 0, so there is nothing to take. */
    public static final int NOTHING = -1;

    /** Returned by add: no room left; the request has to be denied. */
    public static final int FULL = -2;

    /** Returned by add: an argument makes no sense (negative amount, no cell, unknown period); deny. */
    public static final int INVALID = -3;

    /** Flag: deny what does not fit. */
    public static final int HARD = 0;

    /** Flag: count what does not fit, and say so. */
    public static final int SOFT = 1;

    /** Flag: no limit; count only. */
    public static final int UNLIMITED = 2;

    /** {@link #retryAfterNs(int)} of a gauge: waiting helps when something is released, nobody knows when. */
    public static final long WHEN_RELEASED = Long.MAX_VALUE - 1;

    /** Most entries of any plan. */
    public static final int MAX_CAPACITY = 16_384;

    private static final int NOT_REPLAYING = -1;

    final int[] kind;
    final long[] cellRef;
    final long[] limit;
    final long[] amount;
    final int[] flags;
    /** PERIOD: ordinal asked for. RATE: multiplier. */
    final long[] ordinalOrMultiplier;
    /** PERIOD: end in ms. RATE: units per token. */
    final long[] endOrUnits;

    /** PERIOD, GAUGE: used before. RATE: position before. */
    final long[] before;
    /** The same once taken; equal to before where the entry does not fit. */
    final long[] after;
    /** PERIOD: ordinal in effect. RATE: position of now. */
    final long[] clock;

    final boolean[] fits;
    /** Entry before this one in the plan that has the same cell, or -1. */
    final int[] sameCell;

    /** Not given back yet. */
    final boolean[] pending;

    final PlanShape shape;

    private final long[] tag;
    private final SameCells sameCells;
    private long nowEpochNs;
    private int size;
    private int deniedAt = -1;
    private boolean taken;
    private boolean refunded;
    /** The next entry to be added again, or NOT_REPLAYING. */
    private int replayAt = NOT_REPLAYING;

    private int replayEnd;
    private boolean overflowed;

    /** A plan of the default capacity. */
    public TakePlan() {
        this(DEFAULT_CAPACITY);
    }

    /** A plan of one part for at most {@code capacity} entries. */
    public TakePlan(int capacity) {
        this(capacity, 1);
    }

    /**
     * A plan.
     *
     * @param capacity most entries, 1 to {@link #MAX_CAPACITY}
     * @param maxParts most parts, at least 1
     */
    public TakePlan(int capacity, int maxParts) {
        if (capacity < 1 || capacity > MAX_CAPACITY || maxParts < 1) {
            throw new IllegalArgumentException("capacity is " + capacity + ", maxParts is " + maxParts
                    + "; a plan has 1 to " + MAX_CAPACITY + " entries and at least 1 part.");
        }
        kind = new int[capacity];
        cellRef = new long[capacity];
        limit = new long[capacity];
        amount = new long[capacity];
        flags = new int[capacity];
        ordinalOrMultiplier = new long[capacity];
        endOrUnits = new long[capacity];
        before = new long[capacity];
        after = new long[capacity];
        clock = new long[capacity];
        fits = new boolean[capacity];
        sameCell = new int[capacity];
        pending = new boolean[capacity];
        tag = new long[capacity];
        shape = new PlanShape(capacity, maxParts);
        sameCells = new SameCells(capacity);
    }

    /**
     * Empties the plan.
     *
     * @param epochNs now, nanoseconds since 1970; every RATE entry of the plan sees this one time
     */
    public void begin(long epochNs) {
        shape.reset(size);
        size = 0;
        deniedAt = -1;
        taken = false;
        refunded = false;
        replayAt = NOT_REPLAYING;
        overflowed = false;
        nowEpochNs = epochNs;
        sameCells.clear();
    }

    /**
     * Adds a PERIOD ceiling.
     *
     * @param ceiling the most that may be used; at least 0; ignored when UNLIMITED
     * @param tokens at least 0
     * @param ordinal of the period now, from {@link PeriodTable}
     * @param endMs of the period now, from {@link PeriodTable}
     * @param entryFlags HARD, SOFT, UNLIMITED
     * @return the entry's index, or {@link #NOTHING}, {@link #FULL}, {@link #INVALID}
     */
    public int addPeriod(long cell, long ceiling, long tokens, long ordinal, long endMs, int entryFlags) {
        if (ordinal < PeriodCalendar.MIN_ORDINAL || ordinal > PeriodCalendar.MAX_ORDINAL || ceiling < 0) {
            return INVALID;
        }
        int index = add(CellKind.PERIOD, cell, ceiling, tokens, entryFlags);
        if (index >= 0) {
            ordinalOrMultiplier[index] = ordinal;
            endOrUnits[index] = endMs;
        }
        return index;
    }

    /**
     * Adds a RATE ceiling; the three longs of its {@link RateSpec}.
     *
     * @param tokens at least 0
     * @param entryFlags HARD or SOFT
     * @return the entry's index, or {@link #NOTHING}, {@link #FULL}, {@link #INVALID}
     */
    public int addRate(long cell, long multiplier, long unitsPerToken, long burst, long tokens, int entryFlags) {
        if (multiplier < 0 || unitsPerToken < 1 || burst < 0 || (entryFlags & UNLIMITED) != 0) {
            return INVALID;
        }
        int index = add(CellKind.RATE, cell, burst, tokens, entryFlags);
        if (index >= 0) {
            ordinalOrMultiplier[index] = multiplier;
            endOrUnits[index] = unitsPerToken;
            clock[index] = Gcra.position(multiplier, nowEpochNs);
        }
        return index;
    }

    /**
     * Adds a GAUGE ceiling; what is taken stays taken until {@link Taker#giveBackGauge}.
     *
     * @param ceiling the most that may be held at once; at least 0; ignored when UNLIMITED
     * @param tokens at least 0
     * @param entryFlags HARD, SOFT, UNLIMITED
     * @return the entry's index, or {@link #NOTHING}, {@link #FULL}, {@link #INVALID}
     */
    public int addGauge(long cell, long ceiling, long tokens, int entryFlags) {
        return ceiling < 0 ? INVALID : add(CellKind.GAUGE, cell, ceiling, tokens, entryFlags);
    }

    /**
     * Adds what a wallet pays: a gauge of money, held until it is given back or the ledger takes it over.
     *
     * @param spendable the most that may be spent at once; below 0 nothing fits
     * @param cost at least 0; one of 0 always fits and takes nothing, but is an entry, so that the balance is read
     * @param entryFlags HARD or SOFT
     * @return the entry's index, or {@link #FULL}, {@link #INVALID}
     */
    public int addBalance(long cell, long spendable, long cost, int entryFlags) {
        return put(CellKind.GAUGE, cell, spendable, cost, cost == 0 ? SOFT : entryFlags);
    }

    private int add(int entryKind, long cell, long ceiling, long tokens, int entryFlags) {
        return tokens == 0 && cell > Cells.NO_CELL && (!taken || replayAt >= 0)
                ? NOTHING
                : put(entryKind, cell, ceiling, tokens, entryFlags);
    }

    private int put(int entryKind, long cell, long ceiling, long tokens, int entryFlags) {
        if (replayAt >= 0) {
            return again(entryKind, cell, tokens);
        }
        if (tokens < 0 || cell <= Cells.NO_CELL || taken || refunded) {
            return INVALID;
        }
        if (size == kind.length) {
            overflowed = true;
            return FULL;
        }
        int index = size++;
        kind[index] = entryKind;
        cellRef[index] = cell;
        limit[index] = ceiling;
        amount[index] = tokens;
        flags[index] = entryFlags;
        tag[index] = 0;
        sameCell[index] = sameCells.put(cell, index, cellRef);
        before[index] = 0;
        after[index] = 0;
        clock[index] = 0;
        fits[index] = false;
        if (shape.shaped()) {
            shape.added(sameCell[index]);
        }
        return index;
    }

    /** {@return the entry that was added at this point, with its results; INVALID when another one is added now} */
    private int again(int entryKind, long cell, long tokens) {
        boolean same = replayAt < replayEnd
                && kind[replayAt] == entryKind
                && cellRef[replayAt] == cell
                && amount[replayAt] == tokens;
        return same ? replayAt++ : INVALID;
    }

    /**
     * After a check or take: lets whoever added a part add it again, and get the same entries with their results. Until the next {@link
     * #begin} nothing else can be added, checked or taken.
     */
    public void replay(int part) {
        replayAt = shape.partStart(part);
        replayEnd = partEnd(part);
    }

    /** Whether something was {@link #FULL}. */
    public boolean overflowed() {
        return overflowed;
    }

    /** The index that the next entry gets. */
    public int position() {
        return replayAt < 0 ? size : replayAt;
    }

    /**
     * Starts a choice: of the entries added from here to {@link #endChoice} exactly one is taken, the first that fits; when none fits, the
     * choice does not. The others are {@link #skipped}. A choice lies within one part.
     */
    public void beginChoice() {
        if (replayAt < 0) {
            shape.beginChoice(size);
        }
    }

    /** Ends the choice; one of no entry is none. */
    public void endChoice() {
        if (replayAt < 0) {
            shape.endChoice(size, sameCell);
        }
    }

    /**
     * Starts the next part: another request, which is judged as if the parts before it that fit had been taken. A part that does not
     * fit, or
     * is refused, counts nothing for later ones. {@link Taker#take} takes all parts or none; {@link Taker#check} says FITS when all fit.
     *
     * @return false when there is no room for one more
     */
    public boolean nextPart() {
        return shape.nextPart(size);
    }

    /** The part being added is denied for another reason, whatever fits. */
    public void refusePart() {
        shape.refusePart();
    }

    /** How many parts there are; at least 1. */
    public int parts() {
        return shape.parts();
    }

    /** Its first entry. */
    public int partStart(int part) {
        return shape.partStart(part);
    }

    /** Behind its last entry. */
    public int partEnd(int part) {
        return shape.partEnd(part, size);
    }

    /** Whether all of a part fits, by the last check or take; and nobody refused it. */
    public boolean partFits(int part) {
        return partDeniedAt(part) < 0 && !shape.refused(part);
    }

    /** The first entry of a part that does not fit (of a choice, its first), or -1. */
    public int partDeniedAt(int part) {
        return shape.shaped() ? shape.partDeniedAt[part] : deniedAt;
    }

    /** Whether the last check or take passed over this entry, because another one of its choice is the one. */
    public boolean skipped(int entry) {
        return shape.skipped[entry];
    }

    /** Lets the caller find again what an entry is for; 0 until set. */
    public void setTag(int entry, long value) {
        tag[entry] = value;
    }

    /** What {@link #setTag} set. */
    public long tag(int entry) {
        return tag[entry];
    }

    /** Changes an amount before the take, for a partial grant; at least 1. */
    public void setAmount(int entry, long tokens) {
        amount[entry] = taken ? amount[entry] : Math.max(1, tokens);
    }

    /** Entries added. */
    public int size() {
        return size;
    }

    /** Of {@link CellKind}. */
    public int kind(int entry) {
        return kind[entry];
    }

    /** The cell of an entry. */
    public long cellRef(int entry) {
        return cellRef[entry];
    }

    /** What the entry takes. */
    public long amount(int entry) {
        return amount[entry];
    }

    /** The ceiling: of a RATE entry its burst. */
    public long limit(int entry) {
        return limit[entry];
    }

    /** Whether the entry counts beyond its limit instead of denying. */
    public boolean soft(int entry) {
        return (flags[entry] & SOFT) != 0;
    }

    /** Whether the entry has no limit. */
    public boolean unlimited(int entry) {
        return (flags[entry] & UNLIMITED) != 0;
    }

    /** Whether the last check or take took, or could have taken, this entry; a soft one fits unless it overflows. */
    public boolean fits(int entry) {
        return fits[entry];
    }

    /** Whether all that the entry asked for (or took) lies above the limit in part: what a soft ceiling warns of. */
    public boolean overLimit(int entry) {
        if (unlimited(entry)) {
            return false;
        }
        if (kind[entry] == CellKind.RATE) {
            return Gcra.take(before[entry], clock[entry], endOrUnits[entry], limit[entry], amount[entry]) < 0;
        }
        return amount[entry] > limit[entry] || before[entry] > limit[entry] - amount[entry];
    }

    /** What was found before anything was taken: used, or of a RATE entry the position. */
    public long found(int entry) {
        return before[entry];
    }

    /** Used of the ceiling, what this plan has taken included; of a RATE entry, tokens missing in its bucket. */
    public long used(int entry) {
        return kind[entry] == CellKind.RATE ? limit[entry] - remaining(entry) : state(entry);
    }

    /** Used of a PERIOD or GAUGE before this plan took; of a RATE its position. */
    public long before(int entry) {
        return before[entry];
    }

    /** Left of the ceiling, negative when overdrawn; {@code Long.MAX_VALUE} without a limit. */
    public long remaining(int entry) {
        if (unlimited(entry)) {
            return Long.MAX_VALUE;
        }
        if (kind[entry] == CellKind.RATE) {
            return Gcra.remaining(state(entry), clock[entry], endOrUnits[entry], limit[entry]);
        }
        long left = limit[entry] - state(entry);
        // only a balance has a limit below 0
        return limit[entry] < 0 && left > 0 ? Long.MIN_VALUE : left;
    }

    /**
     * What {@link #remaining} says before it is rounded down to whole tokens, as a floating point number: without the 64-bit division that
     * a RATE needs, which costs more than the take. Off by less than 1 plus one part in 2^50; infinite without a limit.
     */
    public double roughRemaining(int entry) {
        if (unlimited(entry)) {
            return Double.POSITIVE_INFINITY;
        }
        if (kind[entry] != CellKind.RATE) {
            return (double) limit[entry] - state(entry);
        }
        long units = endOrUnits[entry];
        return (double) (limit[entry] * units - Math.max(0, state(entry) - clock[entry])) / units;
    }

    private long state(int entry) {
        return taken || refunded ? after[entry] : before[entry];
    }

    /**
     * How long until the same entry could fit if nothing else arrives: exact for a RATE; for a PERIOD until its end.
     *
     * @return nanoseconds; 0 if it fits now; {@link #WHEN_RELEASED}; {@link Gcra#NEVER}
     */
    public long retryAfterNs(int entry) {
        if (fits[entry]) {
            return 0;
        }
        if (kind[entry] == CellKind.RATE) {
            return Gcra.retryAfterNs(
                    before[entry],
                    nowEpochNs,
                    ordinalOrMultiplier[entry],
                    endOrUnits[entry],
                    limit[entry],
                    amount[entry]);
        }
        if (amount[entry] > limit[entry]) {
            return Gcra.NEVER;
        }
        return kind[entry] == CellKind.GAUGE ? WHEN_RELEASED : untilReset(entry);
    }

    private long untilReset(int entry) {
        long endMs = endOrUnits[entry];
        if (endMs > Long.MAX_VALUE / 1_000_000) {
            return Gcra.NEVER;
        }
        return Math.max(0, endMs * 1_000_000 - nowEpochNs);
    }

    /** The longest of the entries that do not fit, 0 if all do: in a plan without choices, waiting less cannot help. */
    public long retryAfterNs() {
        long longest = 0;
        for (int entry = 0; entry < size; entry++) {
            longest = shape.skipped[entry] ? longest : Math.max(longest, retryAfterNs(entry));
        }
        return longest;
    }

    /**
     * How long until the bucket of a RATE entry is full if nothing else arrives, exact.
     *
     * @return nanoseconds, {@link Gcra#NEVER} when the year 2120 comes first or the entry is none of a RATE
     */
    public long fullAfterNs(int entry) {
        return kind[entry] == CellKind.RATE
                ? Gcra.fullAfterNs(state(entry), nowEpochNs, ordinalOrMultiplier[entry])
                : Gcra.NEVER;
    }

    /** End of the period of a PERIOD entry, milliseconds since 1970; {@code Long.MAX_VALUE} for NEVER and others. */
    public long resetEpochMs(int entry) {
        return kind[entry] == CellKind.PERIOD ? endOrUnits[entry] : Long.MAX_VALUE;
    }

    /**
     * What a reservation has to keep of a taken entry besides cell and amount: of a PERIOD the ordinal it was counted
     * in, of a RATE the position after the take; see the give-back methods of {@link Taker}.
     */
    public long receipt(int entry) {
        return kind[entry] == CellKind.RATE ? after[entry] : clock[entry];
    }

    /** Of a RATE entry what a token costs, see {@link RateSpec}. */
    public long unitsPerToken(int entry) {
        return endOrUnits[entry];
    }

    /** Of a RATE entry how its clock runs, see {@link RateSpec}. */
    public long multiplier(int entry) {
        return ordinalOrMultiplier[entry];
    }

    /** The first entry that does not fit (of a choice, its first), or -1. */
    public int deniedAt() {
        return deniedAt;
    }

    /** Whether the plan has been taken and not given back. */
    public boolean taken() {
        return taken;
    }

    /** Whether its amounts have been given back by {@link Taker#refund}; then the results show what is left used. */
    public boolean refunded() {
        return refunded;
    }

    boolean replaying() {
        return replayAt >= 0;
    }

    /** The time given to {@link #begin}. */
    public long nowEpochNs() {
        return nowEpochNs;
    }

    void deniedAt(int entry) {
        deniedAt = entry;
    }

    void taken(boolean value) {
        taken = value;
    }

    void refunded(boolean value) {
        refunded = value;
    }

    void allPending() {
        for (int entry = 0; entry < size; entry++) {
            pending[entry] = !shape.skipped[entry];
        }
    }

    void forget() {
        Arrays.fill(fits, 0, size, false);
        deniedAt = -1;
    }
}
