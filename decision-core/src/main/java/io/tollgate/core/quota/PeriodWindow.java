/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.WindowDef;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The window of a PERIOD ceiling: the same definition always has the same ordinals. Immutable; equal when all parts
 * are.
 *
 * @param period how long: HOURLY to NEVER
 * @param anchorMs milliseconds since 1970 at which one of the periods starts (an anniversary), or {@link #CALENDAR}
 * @param zone whose days, weeks, months are meant
 */
public record PeriodWindow(Period period, long anchorMs, ZoneId zone) {
    /** No anchor: periods start where the calendar's do. */
    public static final long CALENDAR = 0;

    /** First and last instant that anchors may have and that periods are computed for: 1970 to 2200. */
    static final long MIN_EPOCH_MS = 0;

    static final long MAX_EPOCH_MS = 7_258_118_400_000L;

    /** Checks the anchor and the period. */
    public PeriodWindow {
        if (period.code() < Period.HOURLY.code()) {
            throw new IllegalArgumentException(
                    "period of a PERIOD ceiling is " + period + "; it must be HOURLY or longer, or NEVER.");
        }
        if (anchorMs < MIN_EPOCH_MS || anchorMs >= MAX_EPOCH_MS) {
            throw new IllegalArgumentException("anchor of a " + period + " period is " + anchorMs
                    + " ms; it must lie between 1970 and 2200, or be 0 for the calendar's periods.");
        }
    }

    /**
     * Checks a window.
     *
     * @param zoneName IANA name; empty is UTC
     * @throws IllegalArgumentException naming what is wrong, its value and what is allowed
     */
    public static PeriodWindow of(Period period, long anchorMs, String zoneName) {
        return new PeriodWindow(period, anchorMs, zone(zoneName));
    }

    /** The same for a window of a world. */
    public static PeriodWindow of(WindowDef window) {
        return of(window.period(), window.anchorMs(), window.timeZone());
    }

    /** Whether a window of a world is one of PERIOD ceilings, not of rates or of nothing. */
    public static boolean isPeriod(WindowDef window) {
        return window.lengthMs() == 0 && window.period().code() >= Period.HOURLY.code();
    }

    private static ZoneId zone(String name) {
        if (name.isEmpty()) {
            return ZoneOffset.UTC;
        }
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "time zone '" + name + "' is unknown; give an IANA name such as Europe/Berlin, or nothing for UTC.",
                    e);
        }
    }

    /** Months of one period, 0 where months do not matter. */
    int months() {
        return switch (period) {
            case MONTHLY -> 1;
            case QUARTERLY -> 3;
            case HALF_YEARLY -> 6;
            case ANNUAL -> 12;
            default -> 0;
        };
    }

    /** One line that names the window; part of its cells' identities. */
    public String text() {
        return period + "@" + anchorMs + " " + zone.getId();
    }
}
