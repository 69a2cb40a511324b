/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.tollgate.core.DecideMode;
import io.tollgate.core.Outcome;
import io.tollgate.core.journal.MemoryJournal;
import io.tollgate.core.journal.UsageLog;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.reservation.EndOutcome;
import io.tollgate.core.reservation.EndResult;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reserving, extending, settling, releasing and asking again allocate nothing. Exact, so a unit test can say it. */
class ReservationAllocationTest {
    private static final int ROUNDS = 30;
    private static final int ROUND = 300;
    private static final long SECOND_NS = 1_000_000_000L;

    @TempDir
    Path directory;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final DecisionRequest request = new DecisionRequest();
    private final DecisionRequest actual = new DecisionRequest();
    private final Decision decision = new Decision();
    private final EndResult result = new EndResult();
    private final Set<EndOutcome> seen = EnumSet.noneOf(EndOutcome.class);

    @Test
    void shouldAllocateNothing() {
        run(null);
    }

    @Test
    void shouldAllocateNothingWithAJournal() {
        final MemoryJournal journal = new MemoryJournal(64);
        run(journal.log);
        assertTrue(journal.log.appendedSequence() > ROUND, "settles were journaled");
    }

    private void run(final @Nullable UsageLog journal) {
        try (EngineFixture fixture = new EngineFixture(directory, 1, journal)) {
            HoldingWorld.activate(fixture, 1);
            final DecisionWorker worker = fixture.engine.newWorker();
            long least = Long.MAX_VALUE;
            for (int i = 0; i < ROUNDS; i++) {
                fixture.clock.epochNs(fixture.clock.monotonicNs() + 90_000 * SECOND_NS);
                fixture.refreshPeriods();
                fixture.sweep();
                final long before =
                        threads.getThreadAllocatedBytes(Thread.currentThread().getId());
                round(fixture, worker);
                least = Math.min(
                        least,
                        threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
            }
            assertEquals(0, least, "bytes allocated by the best of " + ROUNDS + " rounds");
        }
        assertEquals(EnumSet.of(EndOutcome.SETTLED, EndOutcome.OVERRUN, EndOutcome.RELEASED, EndOutcome.UNKNOWN), seen);
    }

    private void round(final EngineFixture fixture, final DecisionWorker worker) {
        for (int i = 0; i < ROUND; i++) {
            fixture.clock.epochNs(fixture.clock.monotonicNs() + SECOND_NS);
            fixture.confirmAll();
            worker.end();
            worker.begin();
            HoldingWorld.ask(request, DecideMode.RESERVE, 20).reservationTtlNs(60 * SECOND_NS);
            if (i % 3 == 0) {
                request.set(Field.IDEMPOTENCY_KEY, "key");
            }
            worker.decide(request, decision);
            if (decision.outcome() == Outcome.DENY) {
                throw new AssertionError(decision.reason());
            }
            final long high = decision.reservationHigh();
            final long low = decision.reservationLow();
            worker.expectEnd(high, low, i % 5 != 0);
            if (i % 4 == 1) {
                request.reset().addUsage(5, "token");
                worker.extend(high, low, request, decision);
            }
            seen.add(
                    switch (i % 3) {
                        case 0 -> worker.release(high, low, result);
                        case 1 -> worker.settle(high, low, actual.reset().addUsage(7, "token"), result);
                        default -> worker.settle(high, low, actual.reset().addUsage(27, "token"), result);
                    });
            seen.add(worker.release(high ^ 1, low, result));
        }
    }
}
