/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.BatchMode;
import io.tollgate.core.DecideMode;
import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.Stage;
import io.tollgate.core.journal.MemoryJournal;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.reservation.EndOutcome;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.core.reservation.ReservationIds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is taken and settled is in the usage journal, once; what cannot be recorded is not taken. */
class JournalTest {
    private static final int EVENT = 2;
    private static final int SCOPE = 6;
    private static final int AMOUNT = 8;
    private static final int RESERVATION = 10;
    private static final int PROPERTIES = 11;
    private static final int DECISION = 12;
    private static final int DIMENSION = 13;

    @TempDir
    Path directory;

    private final DecisionRequest request = new DecisionRequest();
    private final Decision decision = new Decision();
    private final EndResult ended = new EndResult();

    private DecisionRequest acme(final DecideMode mode, final long tokens) {
        return request.reset()
                .mode(mode)
                .set(Field.ORGANIZATION, "acme")
                .set(Field.PROJECT, "rag")
                .set(Field.ACTOR_TYPE, "user")
                .set(Field.ACTOR_ID, "ada")
                .set(Field.PRODUCT, "llm")
                .set(Field.RESOURCE_TYPE, "chat")
                .set(Field.ACTION, "complete")
                .addUsage(tokens, "token");
    }

    private DecisionRequest consume(final long tokens) {
        return acme(DecideMode.CONSUME, tokens);
    }

    private void decide(final DecisionWorker worker, final DecisionRequest asked) {
        worker.begin();
        worker.decide(asked, decision);
        worker.end();
    }

    private EngineFixture acme(final MemoryJournal journal) {
        final EngineFixture fixture = new EngineFixture(directory, 1, journal.log);
        AcmeWorld.activate(fixture, 1);
        fixture.confirmAll();
        return fixture;
    }

    @Test
    void shouldRecordWhatWasTakenOnce() {
        final MemoryJournal journal = new MemoryJournal(2);
        try (EngineFixture fixture = acme(journal)) {
            final byte[] id = "boot-0-7f".getBytes(StandardCharsets.UTF_8);
            consume(20).note().decision(id, 0, id.length);
            decide(fixture.engine.newWorker(), request);
            assertEquals(Outcome.ALLOW, decision.outcome());
        }
        final List<MemoryJournal.Entry> entries = journal.entries();
        assertFalse(entries.isEmpty());
        final MemoryJournal.Entry first = entries.get(0);
        assertEquals("edge-1:boot-0-7f:0", first.text(EVENT));
        assertEquals("boot-0-7f", first.text(DECISION));
        assertEquals("org:acme/project:rag", first.text(SCOPE));
        assertEquals(20, first.number(AMOUNT));
        assertTrue(first.text(DIMENSION).startsWith("llm."), first::toString);
        assertEquals(
                entries.size(),
                entries.stream().map(entry -> entry.text(EVENT)).distinct().count());
    }

    @Test
    void shouldRecordNothingForCheckAndDeny() {
        final MemoryJournal journal = new MemoryJournal(2);
        try (EngineFixture fixture = acme(journal)) {
            final DecisionWorker worker = fixture.engine.newWorker();
            decide(worker, acme(DecideMode.CHECK, 20));
            assertEquals(Outcome.ALLOW, decision.outcome());
            decide(worker, consume(900_000));
            assertEquals(Outcome.DENY, decision.outcome());
        }
        assertEquals(List.of(), journal.entries());
    }

    @Test
    void shouldDenyAndTakeNothingWhenTheJournalIsFull() {
        final MemoryJournal journal = new MemoryJournal(0);
        try (EngineFixture fixture = acme(journal)) {
            final DecisionWorker worker = fixture.engine.newWorker();
            decide(worker, consume(20));
            assertEquals(Reason.JOURNAL_FULL, decision.reason());
            assertEquals(Stage.COMMIT, decision.stage());
            assertEquals(Fault.JOURNAL_FULL, decision.fault());
            decide(worker, acme(DecideMode.RESERVE, 20));
            assertEquals(Reason.JOURNAL_FULL, decision.reason());
            decide(worker, acme(DecideMode.CHECK, 20));
            assertEquals(Outcome.ALLOW, decision.outcome(), "a question needs no journal");
            decide(worker, consume(900_000));
            assertTrue(
                    decision.reason() != Reason.JOURNAL_FULL, "what does not fit anyway says so: " + decision.reason());
            assertEquals(0, used(worker), "nothing was taken");
            journal.grow();
            decide(worker, consume(20));
            assertEquals(Outcome.ALLOW, decision.outcome());
        }
        assertFalse(journal.entries().isEmpty());
    }

    /** By the first ceiling that the request is charged against. */
    private long used(final DecisionWorker worker) {
        worker.begin();
        worker.decide(acme(DecideMode.CHECK, 20), decision);
        final long used = decision.ceilings().used(0);
        worker.end();
        return used;
    }

    @Test
    void shouldRecordNothingMoreForTheSameKey() {
        final MemoryJournal journal = new MemoryJournal(2);
        try (EngineFixture fixture = acme(journal)) {
            final DecisionWorker worker = fixture.engine.newWorker();
            decide(worker, consume(20).set(Field.IDEMPOTENCY_KEY, "k"));
            final int once = journal.entries().size();
            decide(worker, consume(20).set(Field.IDEMPOTENCY_KEY, "k"));
            assertTrue(decision.isRepeated());
            assertEquals(once, journal.entries().size());
        }
    }

    @Test
    void shouldRecordWhatWasGrantedInPart() {
        final MemoryJournal journal = new MemoryJournal(2);
        try (EngineFixture fixture = acme(journal)) {
            decide(fixture.engine.newWorker(), consume(900_000).allowPartial(true));
            assertEquals(Outcome.ALLOW, decision.outcome(), () -> "" + decision.reason());
            final long granted = decision.granted(request, 0);
            assertTrue(granted > 0 && granted < 900_000);
            assertEquals(granted, journal.entries().get(0).number(AMOUNT));
        }
    }

    @Test
    void shouldRecordEachRequestOfAnAtomicBatchOrNone() {
        final MemoryJournal journal = new MemoryJournal(0);
        try (EngineFixture fixture = acme(journal)) {
            final DecisionWorker worker = fixture.engine.newWorker();
            batch(worker, 20);
            assertEquals(Reason.JOURNAL_FULL, decision.reason());
            assertEquals(0, used(worker));
            journal.grow();
            batch(worker, 20);
            assertEquals(Outcome.ALLOW, decision.outcome());
            final int two = journal.entries().size();
            assertTrue(two > 0 && two % 2 == 0, () -> "records " + two);
            batch(worker, 900_000);
            assertEquals(two, journal.entries().size());
            assertEquals(MemoryJournal.SEGMENT_BYTES > 0, journal.log.room() > 0);
        }
    }

    private void batch(final DecisionWorker worker, final long tokens) {
        worker.begin();
        final DecisionBatch batch = worker.batch();
        batch.begin(BatchMode.ATOMIC);
        batch.add(consume(20));
        batch.add(consume(tokens));
        batch.commit();
        batch.answer(consume(20), decision);
        batch.answer(consume(tokens), decision);
        batch.end();
        worker.end();
    }

    private String reserve(final DecisionWorker worker, final long tokens) {
        decide(worker, HoldingWorld.ask(request, DecideMode.RESERVE, tokens).reservationTtlNs(60_000_000_000L));
        assertEquals(Outcome.ALLOW, decision.outcome(), () -> "" + decision.reason());
        return ReservationIds.text(decision.reservationHigh(), decision.reservationLow());
    }

    private EndOutcome settle(
            final DecisionWorker worker, final String id, final long tokens, final byte[] properties) {
        worker.begin();
        final DecisionRequest actual = request.reset().addUsage(tokens, "token");
        actual.note().properties(properties, properties.length);
        final EndOutcome outcome = worker.settle(ReservationIds.high(id), ReservationIds.low(id), actual, ended);
        worker.end();
        return outcome;
    }

    @Test
    void shouldRecordASettleOnceWithWhatWasUsed() {
        final MemoryJournal journal = new MemoryJournal(2);
        // field 11, a text of three bytes: what the edge makes of one property has this form
        final byte[] properties = {11 << 3 | 2, 3, 'a', 'b', 'c'};
        try (EngineFixture fixture = new EngineFixture(directory, 1, journal.log)) {
            HoldingWorld.activate(fixture, 1);
            final DecisionWorker worker = fixture.engine.newWorker();
            final String id = reserve(worker, 20);
            assertEquals(List.of(), journal.entries(), "a hold is not usage");
            assertEquals(EndOutcome.OVERRUN, settle(worker, id, 27, properties));
            assertEquals(EndOutcome.OVERRUN, settle(worker, id, 27, properties));
            final List<MemoryJournal.Entry> entries = journal.entries();
            assertEquals(
                    List.of("llm.tpm=27", "llm.tokens=27", "llm.soft=27", "llm.calls=1"),
                    entries.stream()
                            .map(entry -> entry.text(DIMENSION) + "=" + entry.number(AMOUNT))
                            .toList(),
                    "gauges are not usage");
            assertEquals("edge-1:" + id + ":1", entries.get(1).text(EVENT));
            assertEquals(id, entries.get(1).text(RESERVATION));
            assertEquals("abc", entries.get(1).text(PROPERTIES));
            assertEquals("org:acme", entries.get(1).text(SCOPE));
            assertEquals(ReservationIds.high(id), entries.get(0).high());
            final String other = reserve(worker, 20);
            worker.begin();
            worker.release(ReservationIds.high(other), ReservationIds.low(other), ended);
            worker.end();
            assertEquals(entries.size(), journal.entries().size(), "a release is not usage");
        }
    }

    @Test
    void shouldLeaveAReservationOpenThatCannotBeRecorded() {
        final MemoryJournal journal = new MemoryJournal(1);
        try (EngineFixture fixture = new EngineFixture(directory, 1, journal.log)) {
            HoldingWorld.activate(fixture, 1);
            final DecisionWorker worker = fixture.engine.newWorker();
            final String id = reserve(worker, 20);
            journal.log.fail();
            assertEquals(EndOutcome.JOURNAL_FULL, settle(worker, id, 20, new byte[0]));
            assertEquals(1, fixture.engine.reservations().reserved());
            worker.begin();
            assertEquals(
                    EndOutcome.RELEASED,
                    worker.release(ReservationIds.high(id), ReservationIds.low(id), ended),
                    "giving back needs no journal");
            worker.end();
        }
        assertEquals(List.of(), journal.entries());
    }

    @Test
    void shouldRecordALateSettleOnce() {
        final MemoryJournal journal = new MemoryJournal(2);
        try (EngineFixture fixture = new EngineFixture(directory, 1, journal.log)) {
            HoldingWorld.activate(fixture, 1);
            final DecisionWorker worker = fixture.engine.newWorker();
            final String id = reserve(worker, 20);
            fixture.clock.epochNs(fixture.clock.monotonicNs() + 700_000_000_000L);
            fixture.sweep();
            assertEquals(EndOutcome.EXPIRED, settle(worker, id, 20, new byte[0]));
            assertTrue(ended.recordedLate());
            final int once = journal.entries().size();
            assertTrue(once > 0);
            assertEquals(EndOutcome.EXPIRED, settle(worker, id, 20, new byte[0]));
            assertEquals(once, journal.entries().size());
        }
    }

    @Test
    void shouldSayHowFarTheJournalHasToBeDurable() {
        final MemoryJournal journal = new MemoryJournal(2, true);
        try (EngineFixture fixture = acme(journal)) {
            final DecisionWorker worker = fixture.engine.newWorker();
            decide(worker, consume(20).set(Field.IDEMPOTENCY_KEY, "k"));
            assertEquals(journal.entries().size(), worker.takeOwed());
            assertEquals(0, worker.takeOwed());
            decide(worker, acme(DecideMode.CHECK, 20));
            assertEquals(0, worker.takeOwed());
            decide(worker, consume(20).set(Field.IDEMPOTENCY_KEY, "k"));
            assertEquals(
                    journal.entries().size(), worker.takeOwed(), "a repeated answer rests on the first one's record");
        }
    }
}
