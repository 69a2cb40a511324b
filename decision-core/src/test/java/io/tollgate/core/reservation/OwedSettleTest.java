/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tollgate.core.journal.MemoryJournal;
import io.tollgate.core.journal.SettledBefore;
import io.tollgate.core.journal.UsageDesk;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.request.DecisionRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process was killed between the state word that promises a record and the one that says it is there: the journal decides. */
class OwedSettleTest {
    private static final byte[] KEYS = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);
    private static final long RESERVED = 20;
    private static final long USED = 15;

    @TempDir
    Path folder;

    private final EndResult result = new EndResult();
    private long high;
    private long low;

    /** Leaves a reservation in the middle of its settle: intent written, record owed. */
    private void killInBetween() throws IOException {
        try (HeldCells held = new HeldCells(folder, 2)) {
            final HeldCells.Worker worker = held.worker(0);
            worker.reserve(RESERVED);
            high = worker.high;
            low = worker.low;
            final MemoryJournal full = new MemoryJournal(0);
            final ReservationDesk desk = held.store.newDesk(
                    new Taker(held.cells.cells(), held.inFlight, 1), held.cells.cells(), new UsageDesk(full.log, 1));
            final DecisionRequest actual = new DecisionRequest().reset().addUsage(USED, "token");
            assertEquals(EndOutcome.JOURNAL_FULL, desk.settle(high, low, actual, HeldCells.NOW_NS, null, result));
            final int head = desk.head(high, low);
            desk.change(head, desk.word(head), StateWord.SETTLING, 0);
            desk.writeIntent(head, 1);
            desk.change(head, desk.word(head), StateWord.SETTLING, StateWord.INTENT | StateWord.OWED);
        }
    }

    private EndOutcome settleAfterStart(
            final SettledBefore journal, final MemoryJournal records, final boolean sweepFirst) throws IOException {
        try (CellStore cells = CellStore.open(folder.resolve("cells"), 77);
                ReservationStore store =
                        ReservationStore.open(folder.resolve("reservations"), KEYS, cells.id(), 1, 64, journal)) {
            final InFlight inFlight = new InFlight(2);
            final ReservationDesk desk =
                    store.newDesk(new Taker(cells.cells(), inFlight, 0), cells.cells(), new UsageDesk(records.log, 0));
            if (sweepFirst) {
                store.newSweeper(new Taker(cells.cells(), inFlight, 1), cells.cells())
                        .sweepAll(HeldCells.NOW_NS, null);
            }
            final DecisionRequest actual = new DecisionRequest().reset().addUsage(USED, "token");
            final EndOutcome outcome = desk.settle(high, low, actual, HeldCells.NOW_NS, null, result);
            final long period = cells.findOrAllocate(1, 1, io.tollgate.core.quota.CellKind.PERIOD);
            assertEquals(USED, cells.cells().readUsed(period, HeldCells.ORDINAL), "what was used is counted once");
            return outcome;
        }
    }

    @Test
    void shouldCompleteWhatIsInTheJournalAndRecordItNoSecondTime() throws IOException {
        killInBetween();
        final MemoryJournal records = new MemoryJournal(1);
        assertEquals(EndOutcome.SETTLED, settleAfterStart((h, l) -> h == high && l == low, records, true));
        assertEquals(0, records.entries().size());
    }

    @Test
    void shouldCompleteItWhenTheClientAsksFirst() throws IOException {
        killInBetween();
        final MemoryJournal records = new MemoryJournal(1);
        assertEquals(EndOutcome.SETTLED, settleAfterStart((h, l) -> h == high && l == low, records, false));
        assertEquals(0, records.entries().size());
    }

    @Test
    void shouldBeOpenAgainWhenItIsNotInTheJournalAndRecordTheRepeatOnce() throws IOException {
        killInBetween();
        final MemoryJournal records = new MemoryJournal(1);
        assertEquals(EndOutcome.SETTLED, settleAfterStart(SettledBefore.NOTHING, records, true));
        assertEquals(1, records.entries().size());
        assertEquals(USED, records.entries().get(0).number(8));
    }
}
