/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import io.tollgate.core.world.def.Period;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/**
 * Where the periods of a {@link PeriodWindow} start. Every start is computed from the window itself, never from the
 * start before, so an anniversary on the 31st is clamped in short months and comes back to the 31st.
 *
 * <ul>
 *   <li>HOURLY counts elapsed hours (of UTC, or since the anchor): a change to daylight saving does not touch it.
 *   <li>Longer periods start at a local time of the zone: the first instant of the local day, or the anchor's local
 *     time. A local time that daylight saving skips is moved forward by the length of the gap; of one that happens
 *     twice the first is meant (the anchor's own where the anchor lies there).
 *   <li>A local day that never was (Samoa, 30 December 2011) is a period of length 0.
 * </ul>
 *
 * A period contains its start and not its end. Ordinals grow by one from period to period, are at least
 * {@link #MIN_ORDINAL} and at most {@link #MAX_ORDINAL}, and depend on the definition of the window only.
 *
 * <p>Off the decision path; allocates. Pure functions.
 */
public final class PeriodCalendar {
    /** Of no period before. */
    public static final long MIN_ORDINAL = 1;

    /** Of no period after. */
    public static final long MAX_ORDINAL = (1L << 40) - 1;

    /** Ordinal of index 0, so that ordinals are positive also for periods before an anchor. */
    private static final long BIAS = 1L << 32;

    private static final long HOUR_MS = 3_600_000L;

    private PeriodCalendar() {}

    /**
     * The ordinal of the period that contains an instant.
     *
     * @param epochMs milliseconds since 1970
     * @throws IllegalArgumentException outside of 1970 to 2200
     */
    public static long ordinalAt(PeriodWindow window, long epochMs) {
        if (epochMs < PeriodWindow.MIN_EPOCH_MS || epochMs >= PeriodWindow.MAX_EPOCH_MS) {
            throw new IllegalArgumentException(
                    "the clock says " + epochMs + " ms since 1970; periods are known from 1970 to 2200.");
        }
        long index = guess(window, epochMs);
        // the guess is by local date: near a boundary, and where clocks go back across midnight, the neighbour is right
        while (startOf(window, index) > epochMs) {
            index--;
        }
        while (startOf(window, index + 1) <= epochMs) {
            index++;
        }
        return index + BIAS;
    }

    /** Start of a period in milliseconds since 1970; {@code Long.MIN_VALUE} for the only period of NEVER. */
    public static long startMs(PeriodWindow window, long ordinal) {
        return startOf(window, ordinal - BIAS);
    }

    /** End (start of the next) in milliseconds since 1970; {@code Long.MAX_VALUE} for NEVER. */
    public static long endMs(PeriodWindow window, long ordinal) {
        return startOf(window, ordinal - BIAS + 1);
    }

    private static long guess(PeriodWindow window, long epochMs) {
        if (window.period() == Period.NEVER) {
            return 0;
        }
        long originMs = window.anchorMs();
        if (window.period() == Period.HOURLY) {
            return Math.floorDiv(epochMs - originMs, HOUR_MS);
        }
        LocalDate day = Instant.ofEpochMilli(epochMs).atZone(window.zone()).toLocalDate();
        LocalDate origin = originMs == PeriodWindow.CALENDAR
                ? LocalDate.EPOCH
                : Instant.ofEpochMilli(originMs).atZone(window.zone()).toLocalDate();
        int months = window.months();
        if (months > 0) {
            long passed = (day.getYear() - origin.getYear()) * 12L + day.getMonthValue() - origin.getMonthValue();
            return Math.floorDiv(passed, (long) months);
        }
        long days = day.toEpochDay() - firstDay(window, origin);
        return window.period() == Period.WEEKLY ? Math.floorDiv(days, 7L) : days;
    }

    private static long firstDay(PeriodWindow window, LocalDate origin) {
        // the ISO week of 1 January 1970, a Thursday, began on Monday 29 December 1969
        boolean calendarWeek = window.period() == Period.WEEKLY && window.anchorMs() == PeriodWindow.CALENDAR;
        return calendarWeek ? -3 : origin.toEpochDay();
    }

    private static long startOf(PeriodWindow window, long index) {
        return switch (window.period()) {
            case NEVER -> index <= 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
            case HOURLY -> window.anchorMs() + index * HOUR_MS;
            default ->
                window.anchorMs() == PeriodWindow.CALENDAR ? calendarStart(window, index) : anniversary(window, index);
        };
    }

    private static long calendarStart(PeriodWindow window, long index) {
        int months = window.months();
        LocalDate day;
        if (months > 0) {
            day = LocalDate.EPOCH.plusMonths(index * months);
        } else if (window.period() == Period.WEEKLY) {
            day = LocalDate.ofEpochDay(-3 + 7 * index);
        } else {
            day = LocalDate.ofEpochDay(index);
        }
        return day.atStartOfDay(window.zone()).toInstant().toEpochMilli();
    }

    private static long anniversary(PeriodWindow window, long index) {
        ZonedDateTime anchor = Instant.ofEpochMilli(window.anchorMs()).atZone(window.zone());
        ZoneOffset offset = anchor.getOffset();
        LocalDateTime local = anchor.toLocalDateTime();
        int months = window.months();
        LocalDateTime start;
        if (months > 0) {
            start = local.plusMonths(index * months);
        } else {
            start = local.plusDays(window.period() == Period.WEEKLY ? 7 * index : index);
        }
        return ZonedDateTime.ofLocal(start, window.zone(), offset).toInstant().toEpochMilli();
    }
}
