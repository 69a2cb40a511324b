/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/** What cells do when nothing happens at the same time. PERIOD cells: two slots of ordinal and used; else one word. */
final class SequentialLedger {
    /** The position of now; all plans of a case see one time. */
    static final long RATE_NOW = Gcra.position(Gcra.EXACT, TakerInterleavingTest.NOW_NS);

    private final int[] kinds;
    /** Four words per cell, as in memory. */
    private final long[] words;

    SequentialLedger(int[] kinds) {
        this(kinds, new long[kinds.length * 4]);
    }

    private SequentialLedger(int[] kinds, long[] words) {
        this.kinds = kinds;
        this.words = words;
    }

    SequentialLedger copy() {
        return new SequentialLedger(kinds, words.clone());
    }

    void become(SequentialLedger other) {
        System.arraycopy(other.words, 0, words, 0, words.length);
    }

    void load(UnsafeBuffer memory) {
        for (int i = 0; i < words.length; i++) {
            words[i] = read(memory, i);
        }
    }

    boolean matches(UnsafeBuffer memory) {
        for (int i = 0; i < words.length; i++) {
            // what an empty slot counted is nobody's business
            boolean unusedSlot = kinds[i / 4] == CellKind.PERIOD && i % 2 == 1 && words[i - 1] == 0;
            if (!unusedSlot && words[i] != read(memory, i)) {
                return false;
            }
        }
        return true;
    }

    /** A period whose opener died before it could begin has begun all the same, with nothing used. */
    private long read(UnsafeBuffer memory, int word) {
        long value = memory.getLong(word * Long.BYTES);
        if (kinds[word / 4] == CellKind.RATE && word % 4 == 0) {
            // positions before now all mean a full bucket
            return Math.max(value, RATE_NOW);
        }
        if (kinds[word / 4] != CellKind.PERIOD) {
            return value;
        }
        boolean dead = PeriodSlots.isClaim(memory.getLong((word & -2) * Long.BYTES));
        return word % 2 == 0 ? PeriodSlots.ordinalOf(value) : dead ? 0 : value;
    }

    private int slot(int cell, long ordinal) {
        return cell * 4 + (int) (ordinal & 1) * 2;
    }

    long ordinalInEffect(int cell, long ordinal) {
        return Math.max(ordinal, Math.max(words[cell * 4], words[cell * 4 + 2]));
    }

    /** Opens the period in effect if it is not open. */
    void open(int cell, long ordinal) {
        long inEffect = ordinalInEffect(cell, ordinal);
        int slot = slot(cell, inEffect);
        if (words[slot] != inEffect) {
            words[slot] = inEffect;
            words[slot + 1] = 0;
        }
    }

    private long used(int cell, long inEffect) {
        int slot = slot(cell, inEffect);
        return words[slot] == inEffect ? words[slot + 1] : 0;
    }

    /** Takes one entry, or says that it does not fit. */
    boolean take(TakeHistory.Entry entry) {
        boolean soft = (entry.flags() & TakePlan.SOFT) != 0;
        int word = entry.cell() * 4;
        if (entry.kind() == CellKind.RATE) {
            long now = entry.clock();
            long next = soft
                    ? Gcra.takeUnchecked(words[word], now, 1_000, entry.amount())
                    : Gcra.take(words[word], now, 1_000, entry.limit(), entry.amount());
            words[word] = next < 0 ? words[word] : next;
            return next >= 0;
        }
        if (entry.kind() == CellKind.GAUGE) {
            if (!soft && words[word] + entry.amount() > entry.limit()) {
                return false;
            }
            words[word] += entry.amount();
            return true;
        }
        long inEffect = ordinalInEffect(entry.cell(), entry.ordinal());
        if (!soft && used(entry.cell(), inEffect) + entry.amount() > entry.limit()) {
            return false;
        }
        open(entry.cell(), inEffect);
        words[slot(entry.cell(), inEffect) + 1] += entry.amount();
        return true;
    }

    void giveBack(TakeHistory.Entry entry) {
        int word = entry.cell() * 4;
        if (entry.kind() == CellKind.PERIOD) {
            int slot = slot(entry.cell(), entry.clock());
            if (words[slot] == entry.clock()) {
                words[slot + 1] = Math.max(0, words[slot + 1] - entry.amount());
            }
        } else if (entry.kind() == CellKind.RATE) {
            words[word] = Math.max(RATE_NOW, words[word] - entry.amount() * 1_000);
        } else {
            words[word] -= entry.amount();
        }
    }

    /**
     * Gives one entry back whoever took it.
     *
     * @return whether its period is in effect; and nothing is left used where that was said (of what is left otherwise, the refund may
     *     have seen a take that was only half done)
     */
    boolean refund(TakeHistory.Entry entry) {
        giveBack(entry);
        if (entry.kind() == CellKind.RATE) {
            return entry.left() > RATE_NOW || words[entry.cell() * 4] == RATE_NOW;
        }
        boolean inEffect = ordinalInEffect(entry.cell(), entry.ordinal()) == entry.clock();
        return inEffect && (entry.left() > 0 || used(entry.cell(), entry.clock()) == 0);
    }

    @Override
    public String toString() {
        return Arrays.toString(words);
    }
}
