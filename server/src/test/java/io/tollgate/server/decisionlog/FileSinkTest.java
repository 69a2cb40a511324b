/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.server.lifecycle.SidecarStartException;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are full, old, too many. */
class FileSinkTest {
    @TempDir
    Path folder;

    private static void fill(final LogHarness harness, final int entries) {
        for (int i = 0; i < entries; i++) {
            harness.decided(Outcome.OUTCOME_DENY);
            if (i % 50 == 0) {
                harness.turn();
                harness.nowMs++;
            }
        }
        harness.turn(2);
    }

    @Test
    void shouldRotateBySizeCompressAndLoseNothing() throws IOException {
        try (LogHarness harness = new LogHarness(
                folder, c -> c.set("decision_log.max_file_bytes", "65536").set("decision_log.max_files", "100"))) {
            fill(harness, 1_000);
            harness.turn(200);
            final List<String> files = harness.files();
            assertTrue(files.size() > 4, files.toString());
            final List<Long> sequences = new ArrayList<>();
            for (final String name : files) {
                if (!name.equals("decisions.jsonl")) {
                    assertTrue(name.matches("decisions\\.20261121T0400[0-9]{5}Z(-[0-9]+)?\\.jsonl\\.gz"), name);
                    assertEquals(
                            "rw-r-----",
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))));
                    final String text = LogHarness.gunzip(folder.resolve(name));
                    assertTrue(text.length() <= 65_536 && text.length() > 50_000, name + " has " + text.length());
                    LogHarness.entries(text).forEach(entry -> sequences.add(entry.getSequence()));
                }
            }
            sequences.addAll(harness.sequences());
            assertEquals(LongStream.rangeClosed(1, 1_000).boxed().toList(), sequences);
            long bytes = 0;
            for (final String name : files) {
                bytes += Files.size(folder.resolve(name));
            }
            assertEquals(bytes, harness.log.facts().lengthBytes());
        }
    }

    @Test
    void shouldKeepAsManyFilesAsConfigured() throws IOException {
        try (LogHarness harness = new LogHarness(folder, c -> c.set("decision_log.max_file_bytes", "65536")
                .set("decision_log.max_files", "2")
                .set("decision_log.compress", "false"))) {
            Files.writeString(folder.resolve("decisions.txt"), "somebody else's");
            fill(harness, 1_500);
            final List<String> files = harness.files();
            assertEquals(4, files.size(), files.toString());
            final List<DecisionLogEntry> kept = LogHarness.entries(Files.readString(folder.resolve(files.get(1))));
            assertEquals(
                    harness.entries().get(0).getSequence() - 1,
                    kept.get(kept.size() - 1).getSequence(),
                    "the newest are kept");
        }
    }

    @Test
    void shouldRotateByAge() throws IOException {
        try (LogHarness harness = new LogHarness(
                folder, c -> c.set("decision_log.max_file_age_ms", "1000").set("decision_log.compress", "false"))) {
            harness.decided(Outcome.OUTCOME_DENY);
            harness.turn();
            harness.nowMs += 999;
            harness.turn();
            assertEquals(List.of("decisions.jsonl"), harness.files());
            harness.nowMs += 1;
            harness.turn();
            assertEquals(List.of("decisions.20261121T040001000Z.jsonl", "decisions.jsonl"), harness.files());
            assertEquals(List.of(), harness.entries());
            harness.nowMs += 5_000;
            harness.turn();
            assertEquals(2, harness.files().size(), "an empty file is not put away");
        }
    }

    @Test
    void shouldCompressAfterARestartWhatAnotherRunLeft() throws IOException {
        Files.writeString(folder.resolve("decisions.20261120T040001000Z.jsonl"), "{}\n");
        Files.writeString(folder.resolve("decisions.20261120T040001000Z.jsonl.gz.part"), "half");
        try (LogHarness harness = new LogHarness(folder)) {
            harness.turn(10);
            assertEquals(List.of("decisions.20261120T040001000Z.jsonl.gz", "decisions.jsonl"), harness.files());
            assertEquals("{}\n", LogHarness.gunzip(folder.resolve("decisions.20261120T040001000Z.jsonl.gz")));
        }
    }

    @Test
    void shouldBeginAgainWhenItsFileWasTakenAway() throws IOException {
        try (LogHarness harness = new LogHarness(folder)) {
            harness.decided(Outcome.OUTCOME_DENY);
            harness.turn();
            Files.move(harness.file, folder.resolve("taken"));
            harness.nowMs += 1_000;
            harness.decided(Outcome.OUTCOME_DENY);
            harness.turn();
            assertEquals(List.of(2L), harness.sequences());
        }
    }

    @Test
    void shouldRefuseAFileThatAnotherSidecarWrites() {
        try (LogHarness harness = new LogHarness(folder)) {
            final SidecarStartException refused =
                    assertThrows(SidecarStartException.class, () -> new LogHarness(folder).close());
            assertTrue(refused.getMessage().contains("another sidecar"), refused.getMessage());
            assertTrue(refused.getMessage().contains(harness.file.toString()), refused.getMessage());
        }
    }

    @Test
    void shouldRefuseAFileThatIsAFolder() throws IOException {
        Files.createDirectories(folder.resolve("decisions.jsonl"));
        assertThrows(SidecarStartException.class, () -> new LogHarness(folder).close());
    }
}
