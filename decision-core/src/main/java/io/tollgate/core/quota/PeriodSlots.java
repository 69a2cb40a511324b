/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import org.agrona.concurrent.UnsafeBuffer;

/** The two slots of a PERIOD cell; layout and words as drawn in {@link Cells}. */
final class PeriodSlots {
    /** Offset of the used word in a slot. */
    static final int USED = 8;

    private static final int ODD_SLOT = 16;

    private PeriodSlots() {}

    /** Offset of the slot that counts an ordinal. */
    static int slot(int cellOffset, long ordinal) {
        return cellOffset + ((int) (ordinal & 1) * ODD_SLOT);
    }

    /** The ordinal that a word stands for, open or being opened. */
    static long ordinalOf(long word) {
        return word & PeriodCalendar.MAX_ORDINAL;
    }

    /** The newest ordinal of the cell, open or being opened; 0 for none. */
    static long newest(UnsafeBuffer segment, int cellOffset) {
        return Math.max(
                ordinalOf(segment.getLongVolatile(cellOffset)),
                ordinalOf(segment.getLongVolatile(cellOffset + ODD_SLOT)));
    }

    static boolean isClaim(long word) {
        return word < 0;
    }

    static long claim(long incarnation, long ordinal) {
        return Long.MIN_VALUE | (incarnation << 40) | ordinal;
    }

    static boolean isClaimOf(long word, long incarnation) {
        return isClaim(word) && ((word & Long.MAX_VALUE) >>> 40) == incarnation;
    }
}
