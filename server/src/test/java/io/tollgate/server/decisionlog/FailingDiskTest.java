/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.server.support.LogWatch;
import io.tollgate.v1.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full, broken or slow: nothing waits, everything is counted, it heals by itself. */
class FailingDiskTest {
    @TempDir
    Path folder;

    private final FailingDisk disk = new FailingDisk();

    private LogHarness harness(final String audited) {
        return new LogHarness(
                folder,
                c -> c.set("decision_log.audited", audited).set("limits.max_request_bytes", "4096"),
                "boot-1",
                disk);
    }

    @Test
    void shouldCountLossesOfAFullDiskSayItOnceAndHeal() throws IOException {
        try (LogWatch said = new LogWatch();
                LogHarness harness = harness("off")) {
            harness.decided(Outcome.OUTCOME_DENY);
            harness.turn();
            disk.room = 100; // within a line
            for (int i = 0; i < 5; i++) {
                harness.decided(Outcome.OUTCOME_DENY);
                harness.turn();
                harness.nowMs += 10_000;
            }
            assertFalse(harness.log.facts().healthy());
            assertEquals(5, harness.log.facts().dropped());
            assertEquals(1, harness.log.facts().written());
            assertTrue(
                    harness.log.facts().lastError().contains("No space left"),
                    harness.log.facts().lastError());
            assertEquals(List.of(1L), harness.sequences(), "half a line was taken away");

            disk.room = Long.MAX_VALUE;
            harness.nowMs += 1_000;
            harness.turn();
            harness.decided(Outcome.OUTCOME_DENY);
            harness.turn();
            assertTrue(harness.log.facts().healthy());
            assertEquals(List.of(1L, 7L), harness.sequences());
            assertEquals(5, harness.log.facts().dropped());
            assertEquals(2, harness.log.facts().written());
            assertEquals(
                    1,
                    said.warnings().stream()
                            .filter(line -> line.contains("cannot be written"))
                            .count(),
                    said.warnings().toString());
            assertTrue(
                    said.all().stream().anyMatch(line -> line.contains("5 entries were lost")), said.all()::toString);
        }
    }

    @Test
    void shouldCutHalfALineBeforeItWritesAgainWhenItCouldNotAtOnce() throws IOException {
        try (LogHarness harness = harness("off")) {
            disk.room = 100;
            disk.truncates = false;
            harness.decided(Outcome.OUTCOME_DENY);
            harness.turn();
            assertEquals(100, Files.size(harness.file));
            disk.room = Long.MAX_VALUE;
            harness.nowMs += 1_000;
            harness.decided(Outcome.OUTCOME_DENY);
            harness.turn();
            assertFalse(harness.log.facts().healthy(), "not before the half line is gone");
            disk.truncates = true;
            harness.nowMs += 1_000;
            harness.turn();
            harness.decided(Outcome.OUTCOME_DENY);
            harness.turn();
            assertEquals(List.of(3L), harness.sequences());
        }
    }

    @Test
    void shouldSurviveTheRealErrorOfAFullDevice() throws IOException {
        final Path full = Path.of("/dev/full");
        if (!Files.exists(full)) {
            return; // not on this system
        }
        disk.before = () -> {
            try (FileChannel channel = FileChannel.open(full, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[] {1}));
            } catch (final IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        };
        try (LogHarness harness = harness("off")) {
            harness.decided(Outcome.OUTCOME_DENY);
            harness.turn();
            assertEquals(1, harness.log.facts().dropped());
            assertTrue(harness.log.facts().lastError().contains("No space left on device"));
        }
    }

    @Test
    void shouldHoldAuditedEntriesUntilTheDiskTakesThem() throws IOException {
        try (LogHarness harness = harness("required")) {
            harness.decided(Outcome.OUTCOME_DENY);
            harness.turn();
            assertTrue(harness.lane.canAudit(LogHarness.question().build(), 1));
            disk.room = 0;
            // claimed before anybody knew
            for (int i = 0; i < 3; i++) {
                harness.decided(
                        LogHarness.question().build(),
                        LogHarness.answer(Outcome.OUTCOME_ALLOW, "audited-" + i).build(),
                        true);
            }
            harness.decided(Outcome.OUTCOME_DENY);
            harness.turn();
            assertFalse(harness.log.facts().healthy());
            assertFalse(harness.lane.canAudit(LogHarness.question().build(), 1), "no more promises");
            assertEquals(1, harness.log.facts().dropped(), "only the one that nobody promised");
            harness.nowMs += 5_000;
            harness.turn(3);
            assertEquals(1, harness.log.facts().dropped());

            disk.room = Long.MAX_VALUE;
            harness.nowMs += 1_000;
            harness.turn();
            assertEquals(List.of(1L, 2L, 3L, 4L), harness.sequences());
            assertTrue(harness.lane.canAudit(LogHarness.question().build(), 1));
        }
    }

    @Test
    void shouldForceAuditedEntriesToTheDiskWhereAsked() {
        try (LogHarness harness =
                new LogHarness(folder, c -> c.set("decision_log.audited_fsync", "true"), "boot-1", disk)) {
            harness.decided(Outcome.OUTCOME_DENY);
            harness.turn();
            assertEquals(0, disk.forced);
            harness.decided(
                    LogHarness.question().build(),
                    LogHarness.answer(Outcome.OUTCOME_ALLOW, "audited").build(),
                    true);
            harness.turn();
            assertEquals(1, disk.forced);
        }
    }

    @Test
    void shouldNotMakeAnybodyWaitForASlowDisk() throws Exception {
        final CountDownLatch writing = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);
        disk.before = () -> {
            writing.countDown();
            try {
                release.await();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        try (LogHarness harness =
                new LogHarness(folder, c -> c.set("decision_log.buffer_bytes", "65536"), "boot-1", disk)) {
            harness.log.start();
            harness.decided(Outcome.OUTCOME_DENY);
            assertTrue(writing.await(20, TimeUnit.SECONDS));
            // the disk stands still: all of these come back at once, or this test never ends
            for (int i = 0; i < 5_000; i++) {
                harness.decided(Outcome.OUTCOME_DENY);
            }
            assertTrue(harness.lane.lostCount() > 4_000);
            release.countDown();
            final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (harness.log.facts().sequence() < 5_001 && System.nanoTime() < deadlineNs) {
                Thread.sleep(5);
            }
        }
        final List<Long> sequences = LogHarness.entries(Files.readString(folder.resolve("decisions.jsonl"))).stream()
                .map(entry -> entry.getSequence())
                .toList();
        assertEquals(sequences.stream().sorted().distinct().toList(), sequences);
        assertTrue(sequences.size() > 100 && sequences.size() < 1_001, sequences.size() + " were written");
    }
}
