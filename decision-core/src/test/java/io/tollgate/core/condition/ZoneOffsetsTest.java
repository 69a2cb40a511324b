/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Local times against java.time: every zone that there is, around its changes and anywhere in the years 1 to 9999. */
class ZoneOffsetsTest {
    private static final long MAX_MS = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
    private static final long MIN_MS = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();

    private final long seed = Long.getLong("tollgate.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void shouldAgreeWithJavaTimeInEveryZone() {
        for (final String zone : ZoneId.getAvailableZoneIds()) {
            final ZoneOffsets offsets = ZoneOffsets.of(zone);
            assertNotNull(offsets, zone);
            final ZoneRules rules = ZoneId.of(zone).getRules();
            for (final ZoneOffsetTransition change : rules.getTransitions()) {
                around(zone, offsets, rules, change.toEpochSecond() * 1_000);
            }
            for (int i = 0; i < 20; i++) {
                final long any = MIN_MS + Math.floorMod(random.nextLong(), MAX_MS - MIN_MS + 1);
                same(zone, offsets, rules, any);
                final ZoneOffsetTransition next = rules.nextTransition(Instant.ofEpochMilli(any));
                if (next != null && next.toEpochSecond() * 1_000 < MAX_MS) {
                    around(zone, offsets, rules, next.toEpochSecond() * 1_000);
                }
            }
        }
    }

    private void around(final String zone, final ZoneOffsets offsets, final ZoneRules rules, final long epochMs) {
        same(zone, offsets, rules, epochMs - 1);
        same(zone, offsets, rules, epochMs);
        same(zone, offsets, rules, epochMs + 1);
    }

    private void same(final String zone, final ZoneOffsets offsets, final ZoneRules rules, final long epochMs) {
        final Instant moment = Instant.ofEpochMilli(epochMs);
        assertEquals(
                rules.getOffset(moment).getTotalSeconds() * 1_000L,
                offsets.offsetMs(epochMs),
                () -> zone + " at " + moment + ", seed " + seed);
    }

    @Test
    void shouldKnowFixedOffsetsAndRefuseWhatIsNoZone() {
        final ZoneOffsets nepal = ZoneOffsets.of("+05:45");
        assertNotNull(nepal);
        assertEquals(20_700_000, nepal.offsetMs(0));
        final ZoneOffsets utc = ZoneOffsets.of("");
        assertNotNull(utc);
        assertEquals(0, utc.offsetMs(MAX_MS));
        for (final String none : new String[] {"Mars/Olympus", "+5", "+25:00", "5:45", "europe/berlin", "+05:45:30"}) {
            assertNull(ZoneOffsets.of(none), none);
        }
    }

    @Test
    void shouldAgreeWithJavaTimeAboutDates() {
        for (int i = 0; i < 200_000; i++) {
            final long ms = MIN_MS + Math.floorMod(random.nextLong(), MAX_MS - MIN_MS + 1);
            date(i < 10 ? (i < 5 ? MIN_MS + i : MAX_MS - i) : ms);
        }
        for (int day = 0; day < 146_097; day++) {
            date(day * 86_400_000L - 200 * 31_556_952_000L);
        }
    }

    private void date(final long ms) {
        final ZonedDateTime time = Instant.ofEpochMilli(ms).atZone(ZoneOffset.UTC);
        final long[] expected = {
            time.getYear(),
            time.getMonthValue() - 1,
            time.getDayOfMonth(),
            time.getDayOfMonth() - 1,
            time.getDayOfYear() - 1,
            time.getDayOfWeek().getValue() % 7,
            time.getHour(),
            time.getMinute(),
            time.getSecond(),
            time.getNano() / 1_000_000
        };
        for (final CalendarField field : CalendarField.values()) {
            assertEquals(expected[field.ordinal()], CivilTime.field(field, ms), () -> field + " of " + time);
        }
    }
}
