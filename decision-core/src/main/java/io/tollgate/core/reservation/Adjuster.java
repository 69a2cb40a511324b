/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import io.tollgate.core.quota.CellKind;
import io.tollgate.core.quota.Cells;
import io.tollgate.core.quota.Gcra;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Changes the counter of one entry after the take: gives back, or counts what was used beyond it, unchecked. Belongs to one thread.
 *
 * <pre>
 *   entry, 7 words:   cell | shape | amount | receipt | end ms or units per token | window key or multiplier | 0
 *   shape:            charge(8) role(8) flags(8) kind(8)
 * </pre>
 */
final class Adjuster {
    /** A ceiling of the chain. */
    static final int CEILING = 0;

    /** The wallet: its amount is the cost. */
    static final int WALLET = 1;

    /** A pool of capacity. */
    static final int POOL = 2;

    static final int WORDS = 7;
    static final int BYTES = WORDS * Long.BYTES;
    static final int PER_BLOCK = BlockSpace.PAYLOAD_WORDS / WORDS;

    private static final int DEBT_TRIES = 64;
    private static final long NS_PER_MS = 1_000_000L;

    private final Taker taker;
    private final Cells cells;
    private final TakePlan debt = new TakePlan(1);
    private long nowEpochNs;
    private @Nullable PeriodTable periods;

    private long cell;
    private int kind;
    private int flags;
    private int role;
    private int charge;
    private long amount;
    private long receipt;
    private long endOrUnits;
    private long windowOrMultiplier;

    Adjuster(Taker taker, Cells cells) {
        this.taker = taker;
        this.cells = cells;
    }

    /** Sets the time of what follows, and the periods that hold it, if any are known. */
    void begin(long epochNs, @Nullable PeriodTable table) {
        nowEpochNs = epochNs;
        periods = table;
    }

    static void write(ChainWriter to, TakePlan plan, int entry, int role, int charge, long windowKey) {
        int kind = plan.kind(entry);
        int flags = (plan.soft(entry) ? TakePlan.SOFT : 0) | (plan.unlimited(entry) ? TakePlan.UNLIMITED : 0);
        boolean rate = kind == CellKind.RATE;
        to.put(plan.cellRef(entry));
        to.put((long) charge << 24 | role << 16 | flags << 8 | kind);
        to.put(plan.amount(entry));
        to.put(plan.receipt(entry));
        to.put(rate ? plan.unitsPerToken(entry) : plan.resetEpochMs(entry));
        to.put(rate ? plan.multiplier(entry) : windowKey);
        to.put(0);
    }

    /**
     * Writes an entry that took nothing: should more be used than was reserved, it says where that counts.
     *
     * @param receipt of a period its ordinal; else 0
     * @param endOrUnits of a period its end, ms; of a rate its units per token
     * @param windowOrMultiplier of a period the key of its window; of a rate its multiplier
     */
    static void writeNothing(
            ChainWriter to,
            long cell,
            int entryKind,
            int charge,
            long receipt,
            long endOrUnits,
            long windowOrMultiplier) {
        to.put(cell);
        to.put((long) charge << 24 | CEILING << 16 | entryKind);
        to.put(0);
        to.put(receipt);
        to.put(endOrUnits);
        to.put(windowOrMultiplier);
        to.put(0);
    }

    void load(UnsafeBuffer segment, int at) {
        cell = segment.getLong(at);
        long shape = segment.getLong(at + 8);
        kind = (int) shape & 0xFF;
        flags = (int) (shape >>> 8) & 0xFF;
        role = (int) (shape >>> 16) & 0xFF;
        charge = (int) (shape >>> 24) & 0xFF;
        amount = segment.getLong(at + 16);
        receipt = segment.getLong(at + 24);
        endOrUnits = segment.getLong(at + 32);
        windowOrMultiplier = segment.getLong(at + 40);
    }

    long amount() {
        return amount;
    }

    int role() {
        return role;
    }

    int charge() {
        return charge;
    }

    boolean soft() {
        return (flags & TakePlan.SOFT) != 0;
    }

    /** Comes back in full whatever was used. */
    boolean concurrency() {
        return kind == CellKind.GAUGE && role != WALLET;
    }

    /** Gives back a part of what the entry took; what belongs to a period that is over is gone. */
    void giveBack(long tokens) {
        if (tokens <= 0) {
            return;
        }
        switch (kind) {
            case CellKind.PERIOD -> taker.giveBackPeriod(cell, receipt, tokens);
            case CellKind.RATE ->
                taker.giveBackRate(cell, Gcra.position(windowOrMultiplier, nowEpochNs), endOrUnits, tokens, receipt);
            default -> taker.giveBackGauge(cell, tokens);
        }
    }

    /**
     * Counts more, whether it fits or not; what would overflow saturates.
     *
     * @return false when others were in the way for too long: nothing was counted, come again
     */
    boolean charge(long tokens) {
        if (tokens <= 0) {
            return true;
        }
        long asked = tokens;
        for (int tries = 0; tries < DEBT_TRIES; tries++) {
            debt.begin(nowEpochNs);
            int code = add(asked) < 0 ? Taker.BROKEN : taker.take(debt);
            if (code == Taker.TAKEN || code == Taker.BROKEN) {
                // a cell that does not exist has nothing to count
                return true;
            }
            if (code == Taker.DENIED) {
                asked = room();
                if (asked <= 0) {
                    return true;
                }
            }
        }
        return false;
    }

    private int add(long tokens) {
        return switch (kind) {
            case CellKind.PERIOD -> debt.addPeriod(cell, 0, tokens, ordinalNow(), Long.MAX_VALUE, TakePlan.UNLIMITED);
            case CellKind.RATE -> debt.addRate(cell, windowOrMultiplier, endOrUnits, 0, tokens, TakePlan.SOFT);
            default -> debt.addGauge(cell, 0, tokens, TakePlan.UNLIMITED);
        };
    }

    /** What still can be counted. */
    private long room() {
        if (kind != CellKind.RATE) {
            return Long.MAX_VALUE - Math.max(0, debt.used(0));
        }
        long start = Math.max(Gcra.position(windowOrMultiplier, nowEpochNs), cells.readPosition(cell));
        return start < 0 ? 0 : (Long.MAX_VALUE - start) / endOrUnits;
    }

    /** The period that the take was counted in while it is open, else the one of now. */
    private long ordinalNow() {
        long nowMs = Math.floorDiv(nowEpochNs, NS_PER_MS);
        PeriodTable table = periods;
        long ordinal = table == null || nowMs < endOrUnits ? 0 : table.ordinalOf(windowOrMultiplier, nowMs);
        // without the window: the newest that the cell has seen; a cell never goes back
        return Math.max(receipt, ordinal != 0 ? ordinal : cells.readOrdinal(cell));
    }
}
