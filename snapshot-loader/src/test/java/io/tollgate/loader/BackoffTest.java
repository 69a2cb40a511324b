/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final long FIRST_NS = 200;
    private static final long LONGEST_NS = 5_000;

    @Test
    void shouldDoubleUpToTheLongestWaitWithinTheUpperHalf() {
        Backoff backoff = new Backoff(FIRST_NS, LONGEST_NS, new Random(1));
        long wholeNs = FIRST_NS;
        for (int i = 0; i < 100; i++) {
            long waitNs = backoff.onFailureNs();
            assertTrue(waitNs >= wholeNs / 2 && waitNs <= wholeNs, waitNs + " after " + i + " failures");
            wholeNs = Math.min(LONGEST_NS, wholeNs * 2);
        }
        assertEquals(100, backoff.failures());
    }

    @Test
    void shouldStartAnewAfterASuccess() {
        Backoff backoff = new Backoff(FIRST_NS, LONGEST_NS, new Random(1));
        for (int i = 0; i < 10; i++) {
            backoff.onFailureNs();
        }
        backoff.onSuccess();
        assertEquals(0, backoff.failures());
        assertTrue(backoff.onFailureNs() <= FIRST_NS);
    }

    @Test
    void shouldNotComeBackAtTheSameInstantAsOthers() {
        Backoff one = new Backoff(1_000_000, 1_000_000, new Random(1));
        Backoff other = new Backoff(1_000_000, 1_000_000, new Random(2));
        assertNotEquals(one.onFailureNs(), other.onFailureNs());
    }

    @Test
    void shouldNotOverflow() {
        Backoff backoff = new Backoff(Long.MAX_VALUE / 4, Long.MAX_VALUE / 2, new Random(3));
        for (int i = 0; i < 200; i++) {
            assertTrue(backoff.onFailureNs() > 0);
        }
    }
}
