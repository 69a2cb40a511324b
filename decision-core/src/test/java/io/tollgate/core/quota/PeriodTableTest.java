/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.WindowDef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PeriodTableTest {
    private static final long NOW_MS = Instant.parse("2026-11-20T12:34:56Z").toEpochMilli();
    private static final long HOUR_MS = 3_600_000L;

    private static WindowDef window(Period period, String zone) {
        return new WindowDef(period, 0, 0, zone);
    }

    @Test
    void shouldAgreeWithTheCalendarWhereverItReaches() {
        List<WindowDef> windows = List.of(
                window(Period.HOURLY, ""),
                window(Period.DAILY, "Europe/Berlin"),
                window(Period.MONTHLY, "America/New_York"),
                new WindowDef(
                        Period.MONTHLY, 0, Instant.parse("2025-08-31T07:00:00Z").toEpochMilli(), "Asia/Tokyo"),
                window(Period.NEVER, ""));
        PeriodTable table = PeriodTable.build(windows, NOW_MS);
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            int id = random.nextInt(windows.size());
            long t = NOW_MS + random.nextLong(-400 * 24 * HOUR_MS, 400 * 24 * HOUR_MS) / (1L << random.nextInt(12));
            PeriodWindow window = PeriodWindow.of(windows.get(id));
            long ordinal = PeriodCalendar.ordinalAt(window, t);
            int place = table.locate(id, t);
            String what = window.text() + " at " + t + ", seed " + seed;
            if (place == PeriodTable.OUTSIDE) {
                long away = ordinal - PeriodCalendar.ordinalAt(window, NOW_MS);
                assertTrue(away < -1 || away > 4, what);
            } else {
                assertEquals(ordinal, table.ordinal(place), what);
                assertEquals(PeriodCalendar.startMs(window, ordinal), table.startMs(place), what);
                assertEquals(PeriodCalendar.endMs(window, ordinal), table.endMs(place), what);
            }
        }
    }

    @Test
    void shouldSayOutsideAndAskForARefreshBeforeThat() {
        PeriodTable table = PeriodTable.build(List.of(window(Period.HOURLY, ""), window(Period.ANNUAL, "")), NOW_MS);
        long hour = Math.floorDiv(NOW_MS, HOUR_MS) * HOUR_MS;
        assertFalse(table.needsRefresh(NOW_MS));
        assertFalse(table.needsRefresh(hour + 3 * HOUR_MS - 1));
        assertTrue(table.needsRefresh(hour + 3 * HOUR_MS));
        assertNotEquals(PeriodTable.OUTSIDE, table.locate(0, hour + 5 * HOUR_MS - 1));
        assertEquals(PeriodTable.OUTSIDE, table.locate(0, hour + 5 * HOUR_MS));
        assertNotEquals(PeriodTable.OUTSIDE, table.locate(0, hour - HOUR_MS));
        assertEquals(PeriodTable.OUTSIDE, table.locate(0, hour - HOUR_MS - 1));
        assertTrue(table.needsRefresh(hour - HOUR_MS - 1));
        assertNotEquals(PeriodTable.OUTSIDE, table.locate(1, hour + 5 * HOUR_MS));
        PeriodTable next = table.refreshed(hour + 3 * HOUR_MS);
        assertFalse(next.needsRefresh(hour + 3 * HOUR_MS));
        assertNotEquals(PeriodTable.OUTSIDE, next.locate(0, hour + 5 * HOUR_MS));
    }

    @Test
    void shouldRefreshToTheSameAsABuild() {
        List<WindowDef> windows = new ArrayList<>();
        for (Period period : List.of(Period.HOURLY, Period.DAILY, Period.WEEKLY, Period.MONTHLY, Period.NEVER)) {
            windows.add(window(period, "Europe/Paris"));
        }
        PeriodTable table = PeriodTable.build(windows, NOW_MS);
        for (long t = NOW_MS; t < NOW_MS + 60 * 24 * HOUR_MS; t += 7 * HOUR_MS + 1) {
            table = table.refreshed(t);
            PeriodTable built = PeriodTable.build(windows, t);
            for (int id = 0; id < windows.size(); id++) {
                assertEquals(built.ordinal(built.locate(id, t)), table.ordinal(table.locate(id, t)));
                assertEquals(built.endMs(built.locate(id, t)), table.endMs(table.locate(id, t)));
            }
        }
    }

    @Test
    void shouldFailClosedForWindowsThatAreNotPeriodsOrDoNotExist() {
        PeriodTable table = PeriodTable.build(
                List.of(new WindowDef(Period.MINUTE, 60_000, 0, ""), WindowDef.NONE, window(Period.NEVER, "")), NOW_MS);
        assertEquals(PeriodTable.OUTSIDE, table.locate(0, NOW_MS));
        assertEquals(PeriodTable.OUTSIDE, table.locate(1, NOW_MS));
        assertNotEquals(PeriodTable.OUTSIDE, table.locate(2, NOW_MS));
        assertEquals(PeriodTable.OUTSIDE, table.locate(3, NOW_MS));
        assertEquals(PeriodTable.OUTSIDE, table.locate(-1, NOW_MS));
        assertFalse(table.needsRefresh(NOW_MS));
        assertFalse(PeriodTable.build(List.of(), NOW_MS).needsRefresh(NOW_MS));
    }
}
