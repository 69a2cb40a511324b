/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The window of a PERIOD ceiling: the same definition always has the same ordinals. Immutable; equal when all parts
 * are.
 *
 * @param period how long
 * @param anchorMs milliseconds since 1970 at which one of the periods starts (an anniversary), or {@link #CALENDAR}
 * @param zone whose days, weeks, months are meant
 */
public record PeriodWindow(Period period, long anchorMs, ZoneId zone) {
    /** No anchor: periods start where the calendar's do. */
    public static final long CALENDAR = 0;

    /** First and last instant that anchors may have and that periods are computed for: 1970 to 2200. */
    static final long MIN_EPOCH_MS = 0;

    static final long MAX_EPOCH_MS = 7_258_118_400_000L;

    /**
     * Checks a window.
     *
     * @param zoneName IANA name; empty is UTC
     * @throws IllegalArgumentException naming what is wrong, its value and what is allowed
     */
    public static PeriodWindow of(Period period, long anchorMs, String zoneName) {
        if (anchorMs < MIN_EPOCH_MS || anchorMs >= MAX_EPOCH_MS) {
            throw new IllegalArgumentException("anchor of a " + period + " period is " + anchorMs
                    + " ms; it must lie between 1970 and 2200, or be 0 for the calendar's periods.");
        }
        return new PeriodWindow(period, anchorMs, zone(zoneName));
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

    /** One line that names the window; part of its cells' identities. */
    public String text() {
        return period + "@" + anchorMs + " " + zone.getId();
    }
}
