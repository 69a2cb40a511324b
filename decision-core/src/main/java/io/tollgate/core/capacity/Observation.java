/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.capacity;

import io.tollgate.core.quota.PeriodCalendar;

/**
 * When a pool was observed, as the ordinal of a PERIOD cell: what was taken since counts, a newer observation starts at zero, and an older
 * one never comes back.
 *
 * <pre>
 *   observed at          ordinal
 *   0 (not known)        1
 *   2020-01-01 + n ms    n + 2        n from 0 to 2^40 - 4: until October 2054
 * </pre>
 *
 * So no two instants that are accepted share an ordinal. Pure functions.
 */
public final class Observation {
    /** In place of an instant. */
    public static final long UNKNOWN = 0;
    /** 2020-01-01T00:00:00Z, the first instant that is accepted, milliseconds since 1970. */
    public static final long FIRST_MS = 1_577_836_800_000L;

    private static final long FIRST_ORDINAL = PeriodCalendar.MIN_ORDINAL + 1;

    /** The last instant that is accepted, milliseconds since 1970. */
    public static final long LAST_MS = FIRST_MS + PeriodCalendar.MAX_ORDINAL - 1 - FIRST_ORDINAL;

    private Observation() {}

    /** {@return whether pools may be observed then} */
    public static boolean isAccepted(final long epochMs) {
        return epochMs == UNKNOWN || epochMs >= FIRST_MS && epochMs <= LAST_MS;
    }

    /**
     * {@return the ordinal of an observation}
     *
     * @param epochMs an instant that {@link #isAccepted}
     */
    public static long ordinal(final long epochMs) {
        return epochMs == UNKNOWN ? PeriodCalendar.MIN_ORDINAL : epochMs - FIRST_MS + FIRST_ORDINAL;
    }

    /**
     * {@return when it was, milliseconds since 1970, or {@link #UNKNOWN}}
     *
     * @param ordinal of {@link #ordinal}
     */
    public static long epochMs(final long ordinal) {
        return ordinal <= PeriodCalendar.MIN_ORDINAL ? UNKNOWN : ordinal - FIRST_ORDINAL + FIRST_MS;
    }
}
