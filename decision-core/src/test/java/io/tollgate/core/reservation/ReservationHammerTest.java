/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real threads end one reservation in two ways at once: it reaches one terminal state, which both see, and the counters agree with it. */
class ReservationHammerTest {
    private static final int ROUNDS = 4_000;
    private static final long RESERVED = 100;

    @TempDir
    Path folder;

    /** One way to end a reservation. */
    private interface Ending {
        EndOutcome end(HeldCells.Worker worker, long high, long low);
    }

    /** What two threads are about to end: written before the round is announced. */
    private volatile int round;

    private long high;
    private long low;
    private final AtomicReferenceArray<EndOutcome> outcomes = new AtomicReferenceArray<>(2);
    private final AtomicInteger done = new AtomicInteger();

    @Test
    void shouldSettleOnceWhenTwoSettle() throws IOException, InterruptedException {
        hammer(
                (worker, idHigh, idLow) -> worker.settle(idHigh, idLow, 30),
                (worker, idHigh, idLow) -> worker.settle(idHigh, idLow, 50),
                Map.of(EndOutcome.SETTLED, Set.of(30L, 50L)));
    }

    @Test
    void shouldEitherSettleOrRelease() throws IOException, InterruptedException {
        hammer(
                (worker, idHigh, idLow) -> worker.settle(idHigh, idLow, 150),
                (worker, idHigh, idLow) -> worker.desk.release(idHigh, idLow, HeldCells.NOW_NS, null, worker.result),
                Map.of(EndOutcome.OVERRUN, Set.of(150L), EndOutcome.RELEASED, Set.of(0L)));
    }

    @Test
    void shouldEitherSettleOrExpireAndThenSettleLate() throws IOException, InterruptedException {
        long tombstone = HeldCells.NOW_NS + 12 * HeldCells.TTL_MS * 1_000_000;
        hammer(
                (worker, idHigh, idLow) -> worker.settle(idHigh, idLow, 40),
                (worker, idHigh, idLow) -> {
                    worker.desk.release(idHigh, idLow, tombstone, null, worker.result);
                    return worker.settle(idHigh, idLow, 40);
                },
                Map.of(EndOutcome.SETTLED, Set.of(40L), EndOutcome.EXPIRED, Set.of(40L)));
    }

    private void hammer(Ending first, Ending second, Map<EndOutcome, Set<Long>> expected)
            throws IOException, InterruptedException {
        try (HeldCells held = new HeldCells(folder, 3)) {
            HeldCells.Worker maker = held.worker(2);
            Thread one = start(held.worker(0), first, 0);
            Thread two = start(held.worker(1), second, 1);
            long before = 0;
            for (int i = 1; i <= ROUNDS; i++) {
                assertTrue(maker.reserve(RESERVED), "room");
                high = maker.high;
                low = maker.low;
                done.set(0);
                round = i;
                while (done.get() < 2) {
                    Thread.yield();
                }
                EndOutcome outcome = outcomes.get(0);
                assertEquals(outcome, outcomes.get(1), "round " + i);
                long used = held.used() - before;
                before = held.used();
                assertTrue(
                        expected.getOrDefault(outcome, Set.of()).contains(used),
                        "round " + i + ": " + outcome + " and " + used + " counted");
                assertEquals(held.used(), held.softUsed());
                assertEquals(0, held.held());
                if (i % 1_000 == 0) {
                    held.sweep(12 * HeldCells.TTL_MS + ReservationDesk.REMEMBERED_MS);
                }
            }
            round = -1;
            one.join();
            two.join();
        }
    }

    private Thread start(HeldCells.Worker worker, Ending ending, int number) {
        Thread thread = new Thread(() -> {
            for (int next = 1; await(next); next++) {
                EndOutcome outcome = ending.end(worker, high, low);
                while (outcome == EndOutcome.BUSY) {
                    Thread.yield();
                    outcome = ending.end(worker, high, low);
                }
                outcomes.set(number, outcome);
                done.incrementAndGet();
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private boolean await(int wanted) {
        while (round != wanted) {
            if (round < 0) {
                return false;
            }
            Thread.yield();
        }
        return true;
    }
}
