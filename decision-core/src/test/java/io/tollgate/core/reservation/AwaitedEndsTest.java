/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reservations whose end somebody reports who may be lost: those that nobody reported are counted. */
class AwaitedEndsTest {
    private static final long AFTER_TTL_MS = HeldCells.TTL_MS + 1;
    private static final long AFTER_ALL_MS = HeldCells.TTL_MS * 20 + 2 * ReservationDesk.MIN_TOMBSTONE_MS;

    @TempDir
    Path folder;

    private static String reserve(final HeldCells.Worker worker) {
        assertTrue(worker.reserve(10));
        return worker.id();
    }

    private static String awaited(final HeldCells.Worker worker) {
        final String id = reserve(worker);
        worker.desk.expectEnd(worker.high, worker.low, true);
        return id;
    }

    @Test
    void shouldCountWhatNobodyReportedAcrossRestarts() throws IOException {
        try (HeldCells held = new HeldCells(folder, 1)) {
            awaited(held.worker(0));
            reserve(held.worker(0));
            held.sweep(0);
            assertEquals(0, held.store.awaitedOverdue());
        }
        try (HeldCells held = new HeldCells(folder, 1)) {
            held.sweep(AFTER_TTL_MS);
            assertEquals(1, held.store.awaitedOverdue(), "the other one is the application's");
            assertEquals(0, held.store.awaitedExpired(), "it may still be reported");
        }
        try (HeldCells held = new HeldCells(folder, 1)) {
            held.sweep(AFTER_ALL_MS);
            assertEquals(0, held.store.awaitedOverdue(), "counted before the restart");
            assertEquals(1, held.store.awaitedExpired());
            held.sweep(AFTER_ALL_MS + 2 * ReservationDesk.REMEMBERED_MS);
            assertEquals(1, held.store.awaitedExpired());
        }
    }

    @Test
    void shouldCountBothWhereNobodySweptInBetween() throws IOException {
        try (HeldCells held = new HeldCells(folder, 1)) {
            awaited(held.worker(0));
            held.sweep(AFTER_ALL_MS);
            assertEquals(1, held.store.awaitedOverdue());
            assertEquals(1, held.store.awaitedExpired());
        }
    }

    @Test
    void shouldNotCountWhatWasReported() throws IOException {
        try (HeldCells held = new HeldCells(folder, 1)) {
            final HeldCells.Worker worker = held.worker(0);
            assertEquals(EndOutcome.SETTLED, worker.settle(awaited(worker), 4));
            assertEquals(EndOutcome.RELEASED, worker.release(awaited(worker)));
            awaited(worker);
            // reported, and left to expire on purpose
            worker.desk.expectEnd(worker.high, worker.low, false);
            held.sweep(AFTER_TTL_MS);
            held.sweep(AFTER_ALL_MS);
            assertEquals(0, held.store.awaitedOverdue());
            assertEquals(0, held.store.awaitedExpired());
        }
    }

    @Test
    void shouldCountOnceWhatIsSettledAfterItsTime() throws IOException {
        try (HeldCells held = new HeldCells(folder, 1)) {
            final HeldCells.Worker worker = held.worker(0);
            final String id = awaited(worker);
            held.sweep(AFTER_TTL_MS);
            assertEquals(EndOutcome.SETTLED, worker.settle(id, 4));
            held.sweep(AFTER_ALL_MS);
            assertEquals(1, held.store.awaitedOverdue());
            assertEquals(0, held.store.awaitedExpired());
        }
    }

    @Test
    void shouldNotTakeTheNextReservationOfABlockForTheOneBefore() throws IOException {
        // a file that is found hands out its blocks in another order than one that is made
        new HeldCells(folder, 1).close();
        final long high;
        final long low;
        final int head;
        try (HeldCells held = new HeldCells(folder, 1)) {
            final HeldCells.Worker worker = held.worker(0);
            final String id = awaited(worker);
            high = worker.high;
            low = worker.low;
            head = worker.desk.head(high, low);
            assertEquals(EndOutcome.SETTLED, worker.settle(id, 4));
            held.sweep(2 * ReservationDesk.REMEMBERED_MS);
        }
        try (HeldCells held = new HeldCells(folder, 1)) {
            final HeldCells.Worker worker = held.worker(0);
            do {
                reserve(worker);
            } while (worker.desk.head(worker.high, worker.low) != head);
            worker.desk.expectEnd(high, low, true);
            worker.desk.expectEnd(1, 2, true);
            held.sweep(AFTER_ALL_MS);
            assertEquals(0, held.store.awaitedOverdue());
        }
    }

    @Test
    void shouldTellTheFirstEndFromItsRepetition() throws IOException {
        try (HeldCells held = new HeldCells(folder, 1)) {
            final HeldCells.Worker worker = held.worker(0);
            final String id = reserve(worker);
            worker.settle(id, 4);
            assertFalse(worker.result.repeated());
            worker.settle(id, 4);
            assertTrue(worker.result.repeated());
            assertEquals(EndOutcome.SETTLED, worker.release(id));
            assertTrue(worker.result.repeated());
            assertEquals(EndOutcome.UNKNOWN, worker.release("0".repeat(32)));
            assertFalse(worker.result.repeated());
        }
    }
}
