/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.WindowDef;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PeriodCalendarTest {
    private static final long HOUR_MS = 3_600_000L;
    private static final List<Period> PERIODS = List.of(
            Period.HOURLY,
            Period.DAILY,
            Period.WEEKLY,
            Period.MONTHLY,
            Period.QUARTERLY,
            Period.HALF_YEARLY,
            Period.ANNUAL,
            Period.NEVER);
    private static final List<String> ZONES = List.of(
            "",
            "Europe/Berlin",
            "America/New_York",
            "Asia/Kolkata",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "America/St_Johns",
            "America/Sao_Paulo",
            "Africa/Casablanca",
            "Pacific/Kiritimati");

    private static long at(String instant) {
        return Instant.parse(instant).toEpochMilli();
    }

    /** Start and end of the period that contains an instant, as instants. */
    private static String around(Period period, long anchorMs, String zone, String instant) {
        PeriodWindow window = PeriodWindow.of(period, anchorMs, zone);
        long ordinal = PeriodCalendar.ordinalAt(window, at(instant));
        return Instant.ofEpochMilli(PeriodCalendar.startMs(window, ordinal)) + " "
                + Instant.ofEpochMilli(PeriodCalendar.endMs(window, ordinal));
    }

    private static String calendar(Period period, String zone, String instant) {
        return around(period, PeriodWindow.CALENDAR, zone, instant);
    }

    @Test
    void shouldCountHoursOfUtcAlsoAcrossDaylightSaving() {
        assertEquals(
                "2026-10-25T00:00:00Z 2026-10-25T01:00:00Z",
                calendar(Period.HOURLY, "Europe/Berlin", "2026-10-25T00:59:59.999Z"));
        assertEquals(
                "2026-10-25T01:00:00Z 2026-10-25T02:00:00Z",
                calendar(Period.HOURLY, "Asia/Kolkata", "2026-10-25T01:00:00Z"));
    }

    @Test
    void shouldHaveDaysOf23And25Hours() {
        assertEquals(
                "2026-03-28T23:00:00Z 2026-03-29T22:00:00Z",
                calendar(Period.DAILY, "Europe/Berlin", "2026-03-29T12:00:00Z"));
        assertEquals(
                "2026-10-24T22:00:00Z 2026-10-25T23:00:00Z",
                calendar(Period.DAILY, "Europe/Berlin", "2026-10-25T12:00:00Z"));
        assertEquals("2026-11-20T00:00:00Z 2026-11-21T00:00:00Z", calendar(Period.DAILY, "", "2026-11-20T00:00:00Z"));
    }

    @Test
    void shouldStartADayThatHasNoMidnightAtItsFirstInstant() {
        // Sao Paulo, 4 November 2018: the clock went from 00:00 to 01:00
        assertEquals(
                "2018-11-04T03:00:00Z 2018-11-05T02:00:00Z",
                calendar(Period.DAILY, "America/Sao_Paulo", "2018-11-04T12:00:00Z"));
    }

    @Test
    void shouldSkipADayThatNeverWas() {
        // Samoa had no 30 December 2011
        PeriodWindow window = PeriodWindow.of(Period.DAILY, PeriodWindow.CALENDAR, "Pacific/Apia");
        long before = PeriodCalendar.ordinalAt(window, at("2011-12-30T09:59:59Z"));
        long after = PeriodCalendar.ordinalAt(window, at("2011-12-30T10:00:00Z"));
        assertEquals(2, after - before);
        assertEquals(PeriodCalendar.endMs(window, before), PeriodCalendar.startMs(window, after));
        PeriodTable table = PeriodTable.build(
                List.of(new WindowDef(Period.DAILY, 0, 0, "Pacific/Apia")), at("2011-12-30T09:00:00Z"));
        assertEquals(before, table.ordinal(table.locate(0, at("2011-12-30T09:59:59.999Z"))));
        assertEquals(after, table.ordinal(table.locate(0, at("2011-12-30T10:00:00Z"))));
    }

    @Test
    void shouldStayInTheNewDayWhenClocksGoBackAcrossMidnight() {
        // St. John's, 7 November 2010: at 00:01 the clock went back to 23:01 of the day before
        PeriodWindow window = PeriodWindow.of(Period.DAILY, PeriodWindow.CALENDAR, "America/St_Johns");
        long midnight = at("2010-11-07T02:30:00Z");
        long day = PeriodCalendar.ordinalAt(window, midnight);
        assertEquals(midnight, PeriodCalendar.startMs(window, day));
        assertEquals(day, PeriodCalendar.ordinalAt(window, midnight + 30 * 60_000));
        assertEquals(day - 1, PeriodCalendar.ordinalAt(window, midnight - 1));
    }

    @Test
    void shouldStartWeeksOnMonday() {
        assertEquals("2026-11-16T00:00:00Z 2026-11-23T00:00:00Z", calendar(Period.WEEKLY, "", "2026-11-20T12:00:00Z"));
        assertEquals("2026-11-16T00:00:00Z 2026-11-23T00:00:00Z", calendar(Period.WEEKLY, "", "2026-11-22T23:59:59Z"));
        assertEquals("2026-11-23T00:00:00Z 2026-11-30T00:00:00Z", calendar(Period.WEEKLY, "", "2026-11-23T00:00:00Z"));
    }

    @Test
    void shouldKnowMonthsQuartersHalvesAndYears() {
        assertEquals("2028-02-01T00:00:00Z 2028-03-01T00:00:00Z", calendar(Period.MONTHLY, "", "2028-02-29T12:00:00Z"));
        assertEquals(
                "2026-10-01T00:00:00Z 2027-01-01T00:00:00Z", calendar(Period.QUARTERLY, "", "2026-11-20T12:00:00Z"));
        assertEquals(
                "2026-07-01T00:00:00Z 2027-01-01T00:00:00Z", calendar(Period.HALF_YEARLY, "", "2026-11-20T12:00:00Z"));
        assertEquals("2026-01-01T00:00:00Z 2027-01-01T00:00:00Z", calendar(Period.ANNUAL, "", "2026-11-20T12:00:00Z"));
        assertEquals(
                "2026-10-31T23:00:00Z 2026-11-30T23:00:00Z",
                calendar(Period.MONTHLY, "Europe/Berlin", "2026-10-31T23:00:00Z"));
    }

    @Test
    void shouldClampAnAnniversaryOnThe31stAndComeBackToIt() {
        long anchor = at("2026-01-31T10:00:00Z");
        PeriodWindow window = PeriodWindow.of(Period.MONTHLY, anchor, "");
        List<String> starts = new ArrayList<>();
        long first = PeriodCalendar.ordinalAt(window, anchor);
        for (long ordinal = first - 2; ordinal < first + 5; ordinal++) {
            starts.add(Instant.ofEpochMilli(PeriodCalendar.startMs(window, ordinal))
                    .toString()
                    .substring(0, 10));
        }
        assertEquals(
                List.of(
                        "2025-11-30",
                        "2025-12-31",
                        "2026-01-31",
                        "2026-02-28",
                        "2026-03-31",
                        "2026-04-30",
                        "2026-05-31"),
                starts);
    }

    @Test
    void shouldKeepALeapDayAnniversary() {
        long anchor = at("2024-02-29T00:00:00Z");
        assertEquals(
                "2027-02-28T00:00:00Z 2028-02-29T00:00:00Z", around(Period.ANNUAL, anchor, "", "2027-12-31T00:00:00Z"));
    }

    @Test
    void shouldKeepTheLocalTimeOfAnAnniversaryAcrossDaylightSaving() {
        long anchor = at("2026-01-15T08:00:00Z"); // 09:00 in Berlin
        assertEquals(
                "2026-06-15T07:00:00Z 2026-07-15T07:00:00Z",
                around(Period.MONTHLY, anchor, "Europe/Berlin", "2026-06-15T07:00:00Z"));
        // 02:30 does not exist on 29 March: moved to 03:30
        long night = at("2026-03-22T01:30:00Z");
        assertEquals(
                "2026-03-29T01:30:00Z 2026-04-05T00:30:00Z",
                around(Period.WEEKLY, night, "Europe/Berlin", "2026-03-29T02:00:00Z"));
        // an anchor in the second 02:30 of 25 October is that instant, not the one an hour before
        long second = at("2026-10-25T01:30:00Z");
        PeriodWindow window = PeriodWindow.of(Period.DAILY, second, "Europe/Berlin");
        assertEquals(second, PeriodCalendar.startMs(window, PeriodCalendar.ordinalAt(window, second)));
    }

    @Test
    void shouldCountAnHourlyAnniversaryInElapsedTime() {
        long anchor = at("2026-10-25T00:17:00Z");
        assertEquals(
                "2026-10-25T02:17:00Z 2026-10-25T03:17:00Z",
                around(Period.HOURLY, anchor, "Europe/Berlin", "2026-10-25T02:20:00Z"));
        assertEquals(
                "2026-10-24T23:17:00Z 2026-10-25T00:17:00Z",
                around(Period.HOURLY, anchor, "Europe/Berlin", "2026-10-25T00:16:59.999Z"));
    }

    @Test
    void shouldHaveOnePeriodThatNeverEnds() {
        PeriodWindow window = PeriodWindow.of(Period.NEVER, PeriodWindow.CALENDAR, "");
        long ordinal = PeriodCalendar.ordinalAt(window, at("2026-11-20T00:00:00Z"));
        assertEquals(ordinal, PeriodCalendar.ordinalAt(window, at("2199-01-01T00:00:00Z")));
        assertEquals(Long.MIN_VALUE, PeriodCalendar.startMs(window, ordinal));
        assertEquals(Long.MAX_VALUE, PeriodCalendar.endMs(window, ordinal));
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertThrows(IllegalArgumentException.class, () -> PeriodWindow.of(Period.MINUTE, 0, ""));
        assertThrows(IllegalArgumentException.class, () -> PeriodWindow.of(Period.DAILY, -1, ""));
        assertThrows(
                IllegalArgumentException.class, () -> PeriodWindow.of(Period.DAILY, PeriodWindow.MAX_EPOCH_MS, ""));
        IllegalArgumentException zone =
                assertThrows(IllegalArgumentException.class, () -> PeriodWindow.of(Period.DAILY, 0, "Europe/Bärlin"));
        assertTrue(String.valueOf(zone.getMessage()).contains("Europe/Bärlin"));
        PeriodWindow window = PeriodWindow.of(Period.DAILY, 0, "");
        assertThrows(IllegalArgumentException.class, () -> PeriodCalendar.ordinalAt(window, -1));
        assertThrows(IllegalArgumentException.class, () -> PeriodCalendar.ordinalAt(window, PeriodWindow.MAX_EPOCH_MS));
    }

    @Test
    void shouldTileTimeWithPeriodsWhateverTheWindow() {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 4_000; i++) {
            Period period = PERIODS.get(random.nextInt(PERIODS.size()));
            String zone = ZONES.get(random.nextInt(ZONES.size()));
            long anchor =
                    random.nextBoolean() ? 0 : random.nextLong(1, 200L * 365 * 24) * HOUR_MS + random.nextInt(999);
            PeriodWindow window = PeriodWindow.of(period, anchor, zone);
            long t = random.nextLong(PeriodWindow.MAX_EPOCH_MS);
            String what = window.text() + " at " + t + ", seed " + seed;
            long ordinal = PeriodCalendar.ordinalAt(window, t);
            long start = PeriodCalendar.startMs(window, ordinal);
            long end = PeriodCalendar.endMs(window, ordinal);
            assertTrue(start <= t && t < end, what);
            assertTrue(ordinal >= PeriodCalendar.MIN_ORDINAL && ordinal <= PeriodCalendar.MAX_ORDINAL, what);
            if (period != Period.NEVER) {
                assertEquals(end, PeriodCalendar.startMs(window, ordinal + 1), what);
                assertTrue(PeriodCalendar.startMs(window, ordinal - 1) <= start, what);
                if (start >= 0 && end < PeriodWindow.MAX_EPOCH_MS) {
                    assertEquals(ordinal, PeriodCalendar.ordinalAt(window, start), what);
                    assertEquals(ordinal, PeriodCalendar.ordinalAt(window, end - 1), what);
                    assertTrue(PeriodCalendar.ordinalAt(window, end) > ordinal, what);
                }
                assertLocalStart(window, start, what);
            }
        }
    }

    /** What the start looks like on the zone's own calendar. */
    private static void assertLocalStart(PeriodWindow window, long start, String what) {
        if (window.anchorMs() != PeriodWindow.CALENDAR || window.period() == Period.HOURLY) {
            return;
        }
        LocalDateTime local = Instant.ofEpochMilli(start).atZone(window.zone()).toLocalDateTime();
        ZoneId zone = window.zone();
        assertTrue(
                local.toLocalDate().atStartOfDay(zone).toInstant().toEpochMilli() == start, what + " starts " + local);
        switch (window.period()) {
            case WEEKLY -> assertEquals(1, local.getDayOfWeek().getValue(), what);
            case MONTHLY -> assertEquals(1, local.getDayOfMonth(), what);
            case QUARTERLY -> assertEquals(0, (local.getMonthValue() - 1) % 3, what);
            case HALF_YEARLY -> assertEquals(0, (local.getMonthValue() - 1) % 6, what);
            case ANNUAL -> assertEquals(1, local.getDayOfYear(), what);
            default -> assertEquals(Period.DAILY, window.period());
        }
    }
}
