/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.settle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.server.envoy.settle.Ending.Kind;
import io.tollgate.server.envoy.settle.RetryQueue.Tried;
import io.tollgate.v1.SettleRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryQueueTest {
    private final RetryQueue queue = new RetryQueue(100);
    private final List<String> tried = new ArrayList<>();

    private static Ending ending(final String id) {
        return new Ending(
                Kind.RELEASE, SettleRequest.newBuilder().setReservationId(id).build(), 0, 0);
    }

    private int pass(final Tried result) {
        return queue.pass(ending -> {
            tried.add(ending.request().getReservationId());
            return result;
        });
    }

    @Test
    void shouldTryTheOldestFirstUntilTheyAreDone() {
        assertFalse(queue.takeSchedule(), "nothing waits");
        queue.add(ending("a"), Tried.NOT_NOW);
        queue.add(ending("b"), Tried.NOT_NOW);
        assertTrue(queue.takeSchedule());
        assertFalse(queue.takeSchedule(), "one pass is on its way");
        queue.begun();
        assertEquals(0, pass(Tried.NOT_NOW));
        assertEquals(2, queue.size());
        assertTrue(queue.takeSchedule());
        queue.begun();
        assertEquals(0, pass(Tried.DONE));
        assertEquals(List.of("a", "b", "a", "b"), tried);
        assertEquals(0, queue.size());
        assertFalse(queue.takeSchedule());
    }

    @Test
    void shouldWaitLongerWhileNothingSucceeds() {
        queue.add(ending("a"), Tried.NOT_NOW);
        queue.add(ending("b"), Tried.NOT_NOW);
        assertEquals(RetryQueue.FIRST_PAUSE_NS, queue.pauseNs());
        pass(Tried.NOT_NOW);
        assertEquals(2 * RetryQueue.FIRST_PAUSE_NS, queue.pauseNs());
        for (int i = 0; i < 20; i++) {
            pass(Tried.NOT_NOW);
        }
        assertEquals(RetryQueue.LONGEST_PAUSE_NS, queue.pauseNs());
        queue.pass(ending -> ending.request().getReservationId().equals("a") ? Tried.DONE : Tried.NOT_NOW);
        assertEquals(RetryQueue.FIRST_PAUSE_NS, queue.pauseNs(), "something went through");
    }

    @Test
    void shouldGiveUpWhatFailsForNoKnownReason() {
        queue.add(ending("a"), Tried.FAULT);
        queue.add(ending("b"), Tried.NOT_NOW);
        int givenUp = 0;
        for (int i = 1; i < RetryQueue.MAX_FAULTS; i++) {
            givenUp += pass(Tried.FAULT);
        }
        assertEquals(1, givenUp);
        assertEquals(1, queue.size());
        for (int i = 0; i < 100; i++) {
            pass(Tried.NOT_NOW);
        }
        assertEquals(1, queue.size(), "what may be tried again is, however often");
    }

    @Test
    void shouldHoldSoManyAndNoMore() {
        for (int i = 0; i < 100; i++) {
            assertTrue(queue.add(ending("x"), Tried.NOT_NOW));
        }
        assertFalse(queue.add(ending("y"), Tried.NOT_NOW));
        assertEquals(100, queue.size());
    }

    @Test
    void shouldDoALittleAtATime() {
        for (int i = 0; i < 100; i++) {
            queue.add(ending("x" + i), Tried.NOT_NOW);
        }
        pass(Tried.NOT_NOW);
        assertEquals(8, tried.size(), "the rest would fail too");
        assertEquals(100, queue.size());
        tried.clear();
        pass(Tried.DONE);
        assertEquals(RetryQueue.PASS, tried.size());
        assertEquals("x8", tried.get(0), "those that failed wait behind the others");
        assertEquals(100 - RetryQueue.PASS, queue.size());
    }
}
