/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DurationsTest {
    private static final long HOUR_MS = 3_600_000;

    @Test
    void shouldNameTheTwoLargestUnits() {
        assertEquals("999 ms", Durations.text(999));
        assertEquals("8.5 s", Durations.text(8_572));
        assertEquals("25 min 3 s", Durations.text(1_503_211));
        assertEquals("11 h 25 min", Durations.text(11 * HOUR_MS + 1_503_211));
        assertEquals("41 d 11 h", Durations.text(41 * 24 * HOUR_MS + 11 * HOUR_MS + 1));
        assertEquals("-1 s", Durations.text(-1_000));
    }

    @Test
    void shouldNeverTellToWaitTooShort() {
        assertEquals("999 ms", Durations.atLeast(999));
        assertEquals("1 s", Durations.atLeast(1_000));
        assertEquals("8.6 s", Durations.atLeast(8_572));
        assertEquals("1 min", Durations.atLeast(59_901));
        assertEquals("25 min 4 s", Durations.atLeast(1_503_211));
        assertEquals("12 h", Durations.atLeast(11 * HOUR_MS + 59 * 60_000 + 1));
        assertEquals("41 d 12 h", Durations.atLeast(41 * 24 * HOUR_MS + 11 * HOUR_MS + 1));
        assertEquals(Durations.text(Long.MAX_VALUE), Durations.atLeast(Long.MAX_VALUE));
    }
}
