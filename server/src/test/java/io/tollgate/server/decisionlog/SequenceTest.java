/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.v1.BatchMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.DecisionReadings;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which answers become entries, and what their numbers tell. */
class SequenceTest {
    private static final String SMALL = "65536";

    @TempDir
    Path folder;

    @Test
    void shouldWriteOneLinePerAnswerInOrder() throws IOException {
        try (LogHarness harness = new LogHarness(folder)) {
            harness.decided(Outcome.OUTCOME_DENY);
            harness.nowMs++;
            harness.decided(Outcome.OUTCOME_WARN);
            harness.decided(Outcome.OUTCOME_ALLOW);
            harness.turn();

            final List<DecisionLogEntry> entries = harness.entries();
            assertEquals(List.of(1L, 2L, 3L), harness.sequences());
            assertEquals("d-1", entries.get(0).getResponse().getDecisionId());
            assertEquals(LogHarness.question().build(), entries.get(0).getRequest());
            assertEquals("edge-1", entries.get(0).getSidecarId());
            assertEquals("boot-1", entries.get(0).getBootId());
            assertEquals("decide", entries.get(0).getFace());
            assertEquals(LogHarness.START_MS, entries.get(0).getTimestampMs());
            assertEquals(LogHarness.START_MS + 1, entries.get(1).getTimestampMs());
            assertEquals(3, harness.log.facts().written());
            assertEquals(0, harness.log.facts().dropped());
            assertEquals(Files.size(harness.file), harness.log.facts().lengthBytes());
        }
    }

    @Test
    void shouldLeaveAGapWhereEntriesWereLost() throws IOException {
        try (LogHarness harness = new LogHarness(folder, c -> c.set("decision_log.buffer_bytes", SMALL))) {
            final int offered = 2_000;
            for (int i = 0; i < offered; i++) {
                harness.decided(Outcome.OUTCOME_DENY);
            }
            harness.turn(10);
            final int kept = harness.sequences().size();
            assertTrue(kept > 100 && kept < offered, kept + " entries found room");
            assertEquals(LongStream.rangeClosed(1, kept).boxed().toList(), harness.sequences());
            assertEquals(offered - kept, harness.log.facts().dropped(), "counted before anybody asks again");
            assertEquals(offered, harness.log.facts().sequence(), "every answer had its number");

            harness.decided(Outcome.OUTCOME_DENY);
            harness.turn(2); // around the end of the ring
            assertEquals(offered + 1L, harness.sequences().get(kept), "the gap is as wide as the loss");
            assertEquals(offered - kept, harness.log.facts().dropped());
        }
    }

    @Test
    void shouldKeepRoomForDeniesWhenAllowsFlood() throws IOException {
        try (LogHarness harness = new LogHarness(folder, c -> c.set("decision_log.buffer_bytes", SMALL))) {
            for (int i = 0; i < 2_000; i++) {
                harness.decided(Outcome.OUTCOME_ALLOW);
            }
            for (int i = 0; i < 20; i++) {
                harness.decided(Outcome.OUTCOME_DENY);
            }
            harness.turn(10);
            final long denies = harness.entries().stream()
                    .filter(entry -> entry.getResponse().getOutcome() == Outcome.OUTCOME_DENY)
                    .count();
            assertEquals(20, denies);
            assertTrue(harness.log.facts().dropped() > 1_000);
        }
    }

    @Test
    void shouldGiveShedsAQuarterOfTheRoom() throws IOException {
        try (LogHarness harness = new LogHarness(folder, c -> c.set("decision_log.buffer_bytes", SMALL))) {
            for (int i = 0; i < 5_000; i++) {
                harness.lane.logShed(
                        Face.DECIDE,
                        LogHarness.question().build(),
                        LogHarness.answer(Outcome.OUTCOME_DENY, "d-" + i).build());
            }
            harness.turn(10);
            final int sheds = harness.entries().size();
            final long each = harness.lane.lostCount();
            assertEquals(5_000, sheds + each);
            // an entry of this size takes 48 + 8 bytes of headers and some 100 of its own
            assertTrue(sheds > 60 && sheds < 16_384 / 100, sheds + " in a quarter of 64 KiB");
        }
    }

    @Test
    void shouldSampleAllowsByTheirIdAlone() throws IOException {
        try (LogHarness harness = new LogHarness(folder, c -> c.set("decision_log.allow_percent", "25"))) {
            final Sampling sampling = new Sampling(25);
            int chosen = 0;
            for (int i = 0; i < 4_000; i++) {
                final String id = "boot-0-" + Integer.toHexString(i);
                chosen += sampling.chooses(id) ? 1 : 0;
                harness.decided(
                        LogHarness.question().build(),
                        LogHarness.answer(Outcome.OUTCOME_ALLOW, id).build(),
                        false);
                harness.turn();
            }
            assertTrue(chosen > 900 && chosen < 1_100, chosen + " of 4,000");
            final List<DecisionLogEntry> entries = harness.entries();
            assertEquals(chosen, entries.size());
            assertTrue(entries.stream()
                    .allMatch(entry -> sampling.chooses(entry.getResponse().getDecisionId())));
            assertEquals(0, harness.log.facts().dropped(), "what is not sampled is not lost");
        }
    }

    @Test
    void shouldLogDeniesWarningsAndAuditedAllowsWhateverTheShare() throws IOException {
        try (LogHarness harness = new LogHarness(folder, c -> c.set("decision_log.allow_percent", "0"))) {
            harness.decided(Outcome.OUTCOME_ALLOW);
            harness.decided(Outcome.OUTCOME_DENY);
            harness.decided(Outcome.OUTCOME_WARN);
            harness.decided(
                    LogHarness.question().build(),
                    LogHarness.answer(Outcome.OUTCOME_ALLOW, "audited").build(),
                    true);
            harness.turn();
            assertEquals(
                    List.of("d-2", "d-3", "audited"),
                    harness.entries().stream()
                            .map(entry -> entry.getResponse().getDecisionId())
                            .toList());
            assertTrue(harness.entries().get(2).getAudited());
        }
    }

    @Test
    void shouldGoOnInTheSameFileAfterARestartWithAnotherBootId() throws IOException {
        try (LogHarness first = new LogHarness(folder)) {
            first.decided(Outcome.OUTCOME_DENY);
            first.decided(Outcome.OUTCOME_DENY);
            // not a turn of the log: closing writes what is left
        }
        final Path file = folder.resolve("decisions.jsonl");
        Files.writeString(file, "{\"sequence\":\"3\",\"bo", StandardOpenOption.APPEND); // killed within a line
        try (LogHarness second = new LogHarness(folder, c -> c, "boot-2", DiskLogFile::open)) {
            second.decided(Outcome.OUTCOME_DENY);
            second.turn();
            assertEquals(List.of(1L, 2L, 1L), second.sequences());
            assertEquals("boot-2", second.entries().get(2).getBootId());
        }
    }

    @Test
    void shouldLogAQuestionThatIsLongerThanAnEntryWithoutIt() throws IOException {
        try (LogHarness harness = new LogHarness(folder, c -> c.set("decision_log.buffer_bytes", SMALL))) {
            final DecideRequest huge =
                    LogHarness.question().setIdempotencyKey("x".repeat(20_000)).build();
            harness.decided(
                    huge, LogHarness.answer(Outcome.OUTCOME_DENY, "d-huge").build(), false);
            harness.turn();
            final DecisionLogEntry entry = harness.entries().get(0);
            assertFalse(entry.hasRequest());
            assertEquals("d-huge", entry.getResponse().getDecisionId());
            assertTrue(entry.getMaskedList().contains(EntryReader.QUESTION_TOO_LONG), entry.toString());
        }
    }

    @Test
    void shouldSayHowABatchStoodTogetherAndWhatWasRead() throws IOException {
        try (LogHarness harness = new LogHarness(folder)) {
            final DecisionReadings readings = DecisionReadings.newBuilder()
                    .setSnapshotVersion(7)
                    .setDecidedAtNs(9)
                    .build();
            harness.lane.inBatch(BatchMode.BATCH_MODE_ATOMIC, 4, 5);
            harness.lane.log(
                    Face.BATCH,
                    LogHarness.question().build(),
                    LogHarness.answer(Outcome.OUTCOME_DENY, "d").build(),
                    false,
                    readings);
            harness.lane.endBatch();
            harness.lane.log(
                    Face.EXTEND,
                    ExtendRequest.newBuilder().setReservationId("r-1").build(),
                    LogHarness.answer(Outcome.OUTCOME_DENY, "e").build(),
                    false,
                    null);
            harness.turn();
            final DecisionLogEntry batched = harness.entries().get(0);
            assertEquals("batch", batched.getFace());
            assertEquals(BatchMode.BATCH_MODE_ATOMIC, batched.getBatchMode());
            assertEquals(4, batched.getBatchIndex());
            assertEquals(5, batched.getBatchSize());
            assertEquals(readings, batched.getReadings());
            final DecisionLogEntry extend = harness.entries().get(1);
            assertEquals("extend", extend.getFace());
            assertEquals("r-1", extend.getExtend().getReservationId());
            assertEquals(0, extend.getBatchSize());
            assertFalse(extend.hasRequest());
        }
    }

    @Test
    void shouldLeaveTheExplanationOut() throws IOException {
        try (LogHarness harness = new LogHarness(folder)) {
            final var answer = LogHarness.answer(Outcome.OUTCOME_DENY, "d");
            answer.getExplanationBuilder().addStagesBuilder().setDetail("long");
            harness.decided(LogHarness.question().build(), answer.build(), false);
            harness.turn();
            assertFalse(harness.entries().get(0).getResponse().hasExplanation());
        }
    }

    @Test
    void shouldNotBeWantedByAnybodyUnlessConfigured() {
        final LaneLog lane = LaneLog.none();
        assertFalse(lane.isActive());
        assertFalse(lane.wants(LogHarness.answer(Outcome.OUTCOME_DENY, "d").build(), true));
    }
}
