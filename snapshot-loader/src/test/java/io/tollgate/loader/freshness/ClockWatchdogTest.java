/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.freshness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.loader.fixture.FakeClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClockWatchdogTest {
    private final FakeClock clock = new FakeClock();
    private final List<Long> steps = new ArrayList<>();
    private final List<Long> silences = new ArrayList<>();
    private final ClockWatchdog watchdog = new ClockWatchdog(clock, jump -> {
        if (jump.stepped()) {
            steps.add(jump.wallStepNs());
        }
        if (jump.paused()) {
            silences.add(jump.silenceNs());
        }
    });

    private long epochMs() {
        return TimeUnit.NANOSECONDS.toMillis(clock.monotonicNs() + clock.epochOffsetNs());
    }

    @Test
    void shouldLeaveTheOffsetAloneWhileBothClocksGoTogether() {
        long offsetNs = clock.epochOffsetNs();
        for (int i = 0; i < 1_000; i++) {
            clock.advanceMs(7);
            watchdog.tick();
        }
        assertEquals(offsetNs, clock.epochOffsetNs());
        assertEquals(0, watchdog.steps());
    }

    @Test
    void shouldFollowAWallClockThatIsSetForward() {
        clock.advanceMs(10);
        clock.stepWallMs(3_600_000);
        watchdog.tick();
        assertEquals(clock.wallMs(), epochMs());
        assertEquals(List.of(TimeUnit.HOURS.toNanos(1)), steps);
    }

    @Test
    void shouldFollowAWallClockThatIsSetBack() {
        clock.stepWallMs(-5_000);
        watchdog.tick();
        assertEquals(clock.wallMs(), epochMs());
        assertEquals(List.of(TimeUnit.SECONDS.toNanos(-5)), steps);
    }

    @Test
    void shouldFollowASlewedClockQuietly() {
        for (int i = 0; i < 100; i++) {
            clock.advanceMs(1_000);
            clock.stepWallMs(20);
            watchdog.tick();
            assertTrue(Math.abs(clock.wallMs() - epochMs()) <= 100);
        }
        assertEquals(0, watchdog.steps());
    }

    @Test
    void shouldTellThatTheProcessStoodStill() {
        watchdog.tick();
        clock.advanceMs(4_900);
        watchdog.tick();
        assertEquals(List.of(), silences);
        clock.advanceMs(60_000);
        watchdog.tick();
        watchdog.tick();
        assertEquals(List.of(TimeUnit.MINUTES.toNanos(1)), silences);
        assertEquals(1, watchdog.pauses());
        assertEquals(0, watchdog.steps(), "both clocks went together");
    }
}
