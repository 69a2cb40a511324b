/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CheckpointScheduleTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final CheckpointSchedule schedule = new CheckpointSchedule();

    @Test
    void shouldWaitUntilChangesHaveComeToRest() {
        assertFalse(schedule.isDue(0, 0), "nothing has changed");
        schedule.changed(0);
        assertFalse(schedule.isDue(SECOND_NS - 1, 1));
        assertTrue(schedule.isDue(SECOND_NS, 1));
        schedule.changed(SECOND_NS - 1);
        assertFalse(schedule.isDue(SECOND_NS, 2), "one more");
    }

    @Test
    void shouldNotWaitForEver() {
        long nowNs = 0;
        for (; nowNs < 10 * SECOND_NS; nowNs += SECOND_NS / 2) {
            assertFalse(schedule.isDue(nowNs, 1));
            schedule.changed(nowNs);
        }
        assertTrue(schedule.isDue(nowNs, 20));
        schedule.begin();
        schedule.changed(nowNs);
        assertFalse(schedule.isDue(nowNs, 1));
        assertTrue(schedule.isDue(nowNs, CheckpointSchedule.MOST_PENDING));
    }

    @Test
    void shouldRestTenTimesAsLongAsItTook() {
        schedule.changed(0);
        schedule.begin();
        schedule.changed(SECOND_NS);
        schedule.done(0, 3 * SECOND_NS);
        assertFalse(schedule.isDue(32 * SECOND_NS, 1_000), "it takes long, so it is done rarely");
        schedule.hurry();
        assertFalse(schedule.isDue(32 * SECOND_NS, 1_000));
        assertTrue(schedule.isDue(33 * SECOND_NS, 1_000));
        schedule.wanted();
        assertTrue(schedule.isDue(4 * SECOND_NS, 1), "somebody cannot go on without");
        schedule.begin();
        assertFalse(schedule.isDue(4 * SECOND_NS, 1));
    }

    @Test
    void shouldNotWaitForQuietWhenSomebodyIsHelped() {
        schedule.changed(0);
        schedule.hurry();
        assertTrue(schedule.isDue(1, 1));
    }

    @Test
    void shouldTryAgainAfterAFailure() {
        schedule.changed(0);
        schedule.begin();
        schedule.failed(SECOND_NS);
        assertFalse(schedule.isDue(5 * SECOND_NS, 1));
        schedule.changed(6 * SECOND_NS);
        assertTrue(schedule.isDue(7 * SECOND_NS, 2));
    }

    @Test
    void shouldFindWhatWasLeftBeforeARestart() {
        assertFalse(schedule.isDue(5, 3));
        assertTrue(schedule.isDue(5 + SECOND_NS, 3));
    }
}
