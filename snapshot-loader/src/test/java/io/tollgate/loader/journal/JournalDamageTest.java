/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.journal.JournalSegment;
import io.tollgate.loader.journal.JournalFacts.Durability;
import io.tollgate.loader.storage.Storage;
import io.tollgate.v1.UsageRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happened to the files: the start succeeds, what is whole is reported under its sequence, and nothing is made up. */
class JournalDamageTest {
    private static final int TAKES = 4;
    private static final int RECORDS = 2 * TAKES;
    private static final Producer BEFORE = new Producer("edge-1", "boot-0");

    @TempDir
    Path root;

    private byte[] whole = {};
    private Path file = Path.of("");
    private int end;
    private final java.util.logging.Logger log = java.util.logging.Logger.getLogger("tollgate.loader.journal");

    @BeforeEach
    void journalOfOneSegment() throws IOException {
        log.setLevel(java.util.logging.Level.OFF);
        Path made = root.resolve("made");
        try (JournalSite site = new JournalSite(made)) {
            for (int i = 0; i < TAKES; i++) {
                site.append("d-" + i, 2, i + 1);
            }
            site.work();
        }
        try (Stream<Path> files = Files.list(made.resolve("journal"))) {
            Path first = files.filter(path -> path.toString().contains("boot-0-00000000"))
                    .findFirst()
                    .orElseThrow();
            whole = Files.readAllBytes(first);
            file = root.resolve("run")
                    .resolve("journal")
                    .resolve(first.getFileName().toString());
        }
        end = whole.length;
        while (whole[end - 1] == 0) {
            end--;
        }
    }

    @AfterEach
    void loud() {
        log.setLevel(null);
    }

    private interface Check {
        void of(JournalSite site, List<JournalSite.Read> read) throws IOException;
    }

    /** Starts a sidecar's journal over these bytes, twice. */
    private void start(byte[] bytes, int length, Check check) throws IOException {
        Files.createDirectories(file.getParent());
        for (Path left : List.of(file.getParent(), root.resolve("run").resolve("damaged"))) {
            if (Files.isDirectory(left)) {
                try (Stream<Path> files = Files.list(left)) {
                    for (Path each : files.toList()) {
                        Files.delete(each);
                    }
                }
            }
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes, 0, length));
        }
        try (JournalSite site = new JournalSite(
                root.resolve("run"), Storage.LOCAL, JournalSite.settings(Durability.PROCESS, 8), "later-")) {
            check.of(site, site.readAll(BEFORE, 0));
        }
    }

    /** Each sequence once and in order; each record as it was, or void. */
    private static int voids(List<JournalSite.Read> read, String what) {
        int voids = 0;
        for (int i = 0; i < read.size(); i++) {
            UsageRecord record = read.get(i).record();
            assertEquals(i + 1, read.get(i).sequence(), what);
            if (record.getEventId().startsWith(UsageSource.VOID_PREFIX)) {
                voids++;
                assertEquals(0, record.getAmount(), what);
            } else {
                assertEquals("edge-1:d-" + i / 2 + ":" + i % 2, record.getEventId(), what);
                assertEquals(i / 2 + 1, record.getAmount(), what);
            }
        }
        return voids;
    }

    @Test
    void shouldReadAnUndamagedOne() throws IOException {
        start(whole, whole.length, (site, read) -> {
            assertEquals(RECORDS, read.size());
            assertEquals(0, voids(read, "undamaged"));
            assertEquals(0, site.journal.facts().damagedCount());
        });
    }

    @Test
    void shouldReadWhatACutLeft() throws IOException {
        for (int cut = 0; cut <= end; cut += cut < JournalSegment.HEADER_BYTES ? 499 : 1) {
            int length = cut;
            start(whole, length, (site, read) -> {
                String what = "cut at " + length;
                int expected = 0;
                if (length >= JournalSegment.HEADER_BYTES) {
                    expected = wholeFrames(length) * 2;
                    assertEquals(expected, read.size(), what);
                    assertEquals(0, voids(read, what), what);
                }
                assertEquals(expected == 0 ? 0 : expected, read.size(), what);
                assertEquals(1, site.journal.facts().damagedCount(), what);
                assertFalse(site.journal.facts().lastError().isEmpty(), what);
            });
        }
    }

    private int wholeFrames(int length) {
        int frames = 0;
        int at = JournalSegment.HEADER_BYTES;
        ByteBuffer bytes = ByteBuffer.wrap(whole).order(java.nio.ByteOrder.nativeOrder());
        while (at + Integer.BYTES <= length && bytes.getInt(at) > 0 && at + bytes.getInt(at) <= length) {
            at = JournalSegment.after(at, bytes.getInt(at));
            frames++;
        }
        return frames;
    }

    @Test
    void shouldReadAroundAFlippedBit() throws IOException {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int at = 0; at < end; at += at < JournalSegment.HEADER_BYTES ? 41 : 1) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            String what = "seed " + seed + ", bit flipped at " + at;
            boolean inFrames = at >= JournalSegment.HEADER_BYTES;
            start(flipped, flipped.length, (site, read) -> {
                int voids = voids(read, what);
                // a frame has two records; of the last one nobody knows that it was there
                assertTrue(voids == 0 || inFrames && voids == 2, what + ": " + voids + " voids");
                assertTrue(
                        read.size() == RECORDS || read.size() == RECORDS - 2 && inFrames || read.isEmpty() && !inFrames,
                        what + ": " + read.size() + " records");
            });
        }
    }

    @Test
    void shouldReadAroundZeroedPlaces() throws IOException {
        for (int from = JournalSegment.HEADER_BYTES; from < end; from += 64) {
            byte[] zeroed = whole.clone();
            Arrays.fill(zeroed, from, Math.min(from + 256, zeroed.length), (byte) 0);
            int at = from;
            start(zeroed, zeroed.length, (site, read) -> {
                String what = "zeroed at " + at;
                int voids = voids(read, what);
                assertTrue(RECORDS - read.size() + voids <= 6, what + ": " + voids + " voids of " + read.size());
                assertTrue(read.size() >= RECORDS - 6, what);
            });
        }
    }

    @Test
    void shouldSetAsideWhatIsDamagedWhenItWasAcknowledged() throws IOException {
        byte[] flipped = whole.clone();
        flipped[JournalSegment.HEADER_BYTES + 60] ^= 4;
        start(flipped, flipped.length, (site, read) -> {
            assertEquals(RECORDS, read.size());
            assertEquals(2, voids(read, "flipped"));
            assertTrue(Files.exists(file), "what can be read of it is not reported yet");
            site.journal.acknowledged(BEFORE, RECORDS);
            assertFalse(Files.exists(file));
            assertTrue(Files.exists(root.resolve("run").resolve("damaged").resolve(file.getFileName())));
        });
    }

    @Test
    void shouldGiveTheSameVoidAgain() throws IOException {
        byte[] flipped = whole.clone();
        flipped[JournalSegment.HEADER_BYTES + 60] ^= 4;
        start(flipped, flipped.length, (site, read) -> {
            assertEquals(read, site.readAll(BEFORE, 0));
            site.restart();
            assertEquals(read, site.readAll(BEFORE, 0));
        });
    }

    @Test
    void shouldSetAsideAForeignFile() throws IOException {
        byte[] foreign = "not a journal".repeat(1_000).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        start(foreign, foreign.length, (site, read) -> {
            assertEquals(List.of(), read);
            assertFalse(Files.exists(file));
            assertTrue(Files.exists(root.resolve("run").resolve("damaged").resolve(file.getFileName())));
            assertTrue(site.append("goes on", 1, 1));
        });
    }
}
