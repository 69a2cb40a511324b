/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import java.lang.management.ManagementFactory;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LaneCountersTest {
    private final LaneCounters counters = new LaneCounters();

    @Test
    void shouldCountEachKindOfAnswerOnItsOwn() {
        for (final Outcome outcome : Outcome.values()) {
            for (final Reason reason : Reason.values()) {
                for (int i = 0; i < 1 + outcome.ordinal() + reason.ordinal(); i++) {
                    counters.decided(outcome, reason);
                }
            }
        }
        counters.shed(ShedCause.LAG);
        for (final Outcome outcome : Outcome.values()) {
            for (final Reason reason : Reason.values()) {
                assertEquals(
                        1 + outcome.ordinal() + reason.ordinal(),
                        counters.decided(outcome.ordinal(), reason.ordinal()),
                        outcome + " " + reason);
            }
        }
        assertEquals(1, counters.shedCount(ShedCause.LAG));
        assertEquals(0, counters.shedCount(ShedCause.DRAINING));
    }

    @Test
    void shouldTimeOneOfSixteen() {
        int timed = 0;
        for (int i = 0; i < 160; i++) {
            if (counters.isTimed()) {
                timed++;
                counters.took(1_000L * (i + 1));
            }
        }
        assertEquals(160 / LaneCounters.TIMED_ONE_OF, timed);
        final Histogram sum = new Histogram(10_000_000_000L, 2);
        counters.drainLatency(sum);
        counters.drainLatency(sum);
        assertEquals(timed, sum.getTotalCount(), "each is counted once");
        counters.took(Long.MAX_VALUE);
        counters.took(-5);
        counters.drainLatency(sum);
        assertEquals(timed + 2, sum.getTotalCount(), "what is beyond the scale counts at its end");
    }

    @Test
    void shouldAllocateNothing() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long id = Thread.currentThread().getId();
        count();
        // what the JVM itself allocates on this thread now and then is not in every round; what counting allocates
        // would be
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            final long start = threads.getThreadAllocatedBytes(id);
            count();
            least = Math.min(least, threads.getThreadAllocatedBytes(id) - start);
        }
        assertEquals(0, least);
    }

    private void count() {
        for (int i = 0; i < 10_000; i++) {
            counters.decided(Outcome.DENY, Reason.QUOTA_EXHAUSTED);
            counters.shed(ShedCause.DEADLINE);
            if (counters.isTimed()) {
                counters.took(i);
            }
        }
    }
}
