/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.server.support.LogWatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultLogTest {
    private final LogWatch log = new LogWatch();
    private long nowNs;
    private final FaultLog faults = new FaultLog(System.getLogger("test.faults"), () -> nowNs);

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void shouldLogTheFirstOfAKindAndCountTheRestOnceAMinute() {
        for (int i = 0; i < 1_000; i++) {
            faults.note(broken("a", i));
        }
        assertEquals(1, log.warnings().size());
        nowNs += TimeUnit.MINUTES.toNanos(1);
        faults.note(broken("a", 0));
        faults.note(broken("a", 0));
        assertEquals(2, log.warnings().size());
        assertTrue(
                log.warnings().get(1).contains("1000 more decisions"),
                log.warnings().get(1));
        assertEquals(1_002, faults.count());
    }

    @Test
    void shouldTellKindsApartByWhereTheyCameFrom() {
        faults.note(broken("a", 1));
        faults.note(broken("b", 1));
        faults.note(new IllegalArgumentException("x"));
        assertEquals(3, log.warnings().size());
    }

    @Test
    void shouldNotRememberKindsWithoutEnd() {
        for (int i = 0; i < 1_000; i++) {
            faults.note(broken("method" + i, 1));
        }
        assertEquals(256, log.warnings().size());
    }

    private static Throwable broken(final String method, final int number) {
        final Throwable fault = new IllegalStateException("number " + number);
        fault.setStackTrace(new StackTraceElement[] {new StackTraceElement("Some", method, "Some.java", 7)});
        return fault;
    }
}
