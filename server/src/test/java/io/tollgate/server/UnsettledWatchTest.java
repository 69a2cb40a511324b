/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UnsettledWatchTest {
    private final AtomicLong nowNs = new AtomicLong(5);
    private final List<String> lines = new ArrayList<>();
    private final UnsettledWatch watch = new UnsettledWatch(nowNs::get, lines::add);

    @Test
    void shouldTellTheFirstAtOnceAndMoreOnceAMinute() {
        watch.look(0, 0);
        assertEquals(List.of(), lines);
        watch.look(2, 0);
        assertEquals(1, lines.size());
        assertTrue(lines.get(0).startsWith("2 reservations"), lines.get(0));
        watch.look(3, 1);
        nowNs.addAndGet(59_000_000_000L);
        watch.look(7, 1);
        assertEquals(1, lines.size());
        nowNs.addAndGet(2_000_000_000L);
        watch.look(7, 2);
        assertTrue(lines.get(1).startsWith("5 reservations"), lines.get(1));
        assertTrue(lines.get(1).contains("7 since the start, 2 of them"), lines.get(1));
        nowNs.addAndGet(120_000_000_000L);
        watch.look(7, 7);
        assertEquals(2, lines.size(), "nothing new is overdue");
    }
}
