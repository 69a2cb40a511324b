/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.world.def.WindowDef;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

/** The period that a moment lies in. */
record ReferencePeriods(long startMs, long endMs) {
    static final long NEVER_ENDS = 0;

    static ReferencePeriods at(final WindowDef window, final long epochMs) {
        final ZoneId zone = window.timeZone().isEmpty() ? ZoneOffset.UTC : ZoneId.of(window.timeZone());
        if (window.anchorMs() != 0) {
            return anniversary(window, zone, epochMs);
        }
        final Instant now = Instant.ofEpochMilli(epochMs);
        final LocalDate today = now.atZone(zone).toLocalDate();
        return switch (window.period()) {
            case HOURLY -> {
                final long start = now.truncatedTo(ChronoUnit.HOURS).toEpochMilli();
                yield new ReferencePeriods(start, start + 3_600_000L);
            }
            case DAILY -> days(today, today.plusDays(1), zone);
            case WEEKLY -> {
                final LocalDate monday = today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                yield days(monday, monday.plusWeeks(1), zone);
            }
            case MONTHLY -> months(today, 1, zone);
            case QUARTERLY -> months(today, 3, zone);
            case HALF_YEARLY -> months(today, 6, zone);
            case ANNUAL -> months(today, 12, zone);
            case NEVER -> new ReferencePeriods(Long.MIN_VALUE, NEVER_ENDS);
            default -> throw new AssertionError(window);
        };
    }

    private static ReferencePeriods months(final LocalDate today, final int length, final ZoneId zone) {
        final int month = (today.getMonthValue() - 1) / length * length + 1;
        final LocalDate start = LocalDate.of(today.getYear(), month, 1);
        return days(start, start.plusMonths(length), zone);
    }

    private static ReferencePeriods days(final LocalDate start, final LocalDate end, final ZoneId zone) {
        return new ReferencePeriods(
                start.atStartOfDay(zone).toInstant().toEpochMilli(),
                end.atStartOfDay(zone).toInstant().toEpochMilli());
    }

    /** Always counted from the anchor, so that the 31st does not wander; slow and plain. */
    private static ReferencePeriods anniversary(final WindowDef window, final ZoneId zone, final long epochMs) {
        long n = 0;
        final int step = epochMs >= window.anchorMs() ? 1 : -1;
        while (!(boundary(window, zone, n) <= epochMs && epochMs < boundary(window, zone, n + 1))) {
            n += step;
        }
        return new ReferencePeriods(boundary(window, zone, n), boundary(window, zone, n + 1));
    }

    private static long boundary(final WindowDef window, final ZoneId zone, final long n) {
        final var anchor = Instant.ofEpochMilli(window.anchorMs()).atZone(zone);
        return switch (window.period()) {
            case HOURLY -> window.anchorMs() + n * 3_600_000L;
            case DAILY -> anchor.plusDays(n).toInstant().toEpochMilli();
            case WEEKLY -> anchor.plusWeeks(n).toInstant().toEpochMilli();
            case MONTHLY -> anchor.plusMonths(n).toInstant().toEpochMilli();
            case QUARTERLY -> anchor.plusMonths(3 * n).toInstant().toEpochMilli();
            case HALF_YEARLY -> anchor.plusMonths(6 * n).toInstant().toEpochMilli();
            case ANNUAL -> anchor.plusMonths(12 * n).toInstant().toEpochMilli();
            default -> throw new AssertionError(window);
        };
    }
}
