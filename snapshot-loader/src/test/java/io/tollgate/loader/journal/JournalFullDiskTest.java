/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tollgate.loader.journal.JournalFacts.Durability;
import io.tollgate.loader.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full: a small file system of its own, where this process may mount one. */
class JournalFullDiskTest {
    @TempDir
    Path directory;

    private static int run(String... command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    @Test
    void shouldDenyInsteadOfDyingAndGoOnWhenThereIsRoom() throws IOException {
        Path disk = Files.createDirectories(directory.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk.toString()) == 0,
                "may not mount a file system here");
        try {
            fill(disk);
        } finally {
            assertEquals(0, run("umount", disk.toString()));
        }
    }

    private static void fill(Path disk) throws IOException {
        try (JournalSite site = new JournalSite(disk, Storage.LOCAL, JournalSite.settings(Durability.POWER, 100))) {
            int appended = 0;
            for (int tries = 0; tries < 40_000; tries++) {
                if (site.append("d-" + tries, 1, 1)) {
                    appended++;
                } else {
                    site.nowNs += 2_000_000_000L;
                }
                if (tries % 200 == 0) {
                    site.work();
                }
            }
            site.work();
            JournalFacts facts = site.journal.facts();
            assertTrue(appended > 5_000 && facts.appendFailedCount() > 0, "appended " + appended);
            assertTrue(facts.lastError().contains("No space left"), facts::lastError);
            assertFalse(facts.failed());
            List<JournalSite.Read> read = site.readAll(site.producer(), 0);
            assertEquals(appended, read.size());
            site.journal.acknowledged(site.producer(), appended);
            site.nowNs += 2_000_000_000L;
            site.work();
            assertTrue(site.append("again", 1, 1), "acknowledged segments make room");
            site.restart();
            assertEquals(
                    1, site.readAll(new Producer("edge-1", "boot-0"), appended).size());
        }
    }
}
