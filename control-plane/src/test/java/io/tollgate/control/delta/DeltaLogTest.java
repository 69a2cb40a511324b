/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.tollgate.v1.SignedDelta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was appended is there, in order and without a gap, or the log says that it is not. */
class DeltaLogTest {
    private static final long EPOCH = 1_700_000_000_000L;
    private static final int SMALL = 1_000;

    @TempDir
    Path dir;

    private static SignedDelta delta(long sequence, int bytes) {
        byte[] content = new byte[bytes];
        new Random(sequence).nextBytes(content);
        return SignedDelta.newBuilder()
                .setDelta(ByteString.copyFromUtf8(sequence + " ").concat(ByteString.copyFrom(content)))
                .build();
    }

    private DeltaLog open(long base) throws IOException {
        return DeltaLog.open(dir, EPOCH, base, SMALL);
    }

    private static void append(DeltaLog log, long from, long to) throws IOException {
        for (long sequence = from; sequence <= to; sequence++) {
            log.append(delta(sequence, 100));
        }
    }

    private static List<Long> sequences(DeltaLog log, long after) throws IOException {
        List<Long> sequences = new ArrayList<>();
        long at = after;
        for (List<SignedDelta> some = log.read(at, 500); !some.isEmpty(); some = log.read(at, 500)) {
            for (SignedDelta delta : some) {
                String text = delta.getDelta()
                        .substring(0, delta.getDelta().size() - 100)
                        .toStringUtf8();
                sequences.add(Long.parseLong(text.strip()));
                assertEquals(delta(++at, 100), delta);
            }
        }
        return sequences;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.sorted().toList();
        }
    }

    private Path last() throws IOException {
        List<DeltaLog.Named> files = DeltaLog.files(dir);
        return files.get(files.size() - 1).file();
    }

    @Test
    void shouldGiveBackWhatWasAppendedAlsoAfterARestart() throws IOException {
        try (DeltaLog log = open(4)) {
            append(log, 5, 40);
            assertEquals(40, log.newest());
            assertEquals(4, log.oldest());
            assertEquals(36, sequences(log, 4).size());
            assertEquals(List.of(39L, 40L), sequences(log, 38));
            assertTrue(files().size() > 3, "in several files");
        }
        for (long base : new long[] {4, 20, 40}) {
            try (DeltaLog log = open(base)) {
                assertFalse(log.isLost());
                assertEquals(40, log.newest());
                assertEquals(36, sequences(log, 4).size(), "from disk now");
            }
        }
        try (DeltaLog log = open(40)) {
            append(log, 41, 42);
            assertEquals(List.of(41L, 42L), sequences(log, 40));
        }
    }

    @Test
    void shouldSendNoMoreAtOnceThanAsked() throws IOException {
        try (DeltaLog log = open(0)) {
            append(log, 1, 10);
            assertEquals(1, log.read(0, 1).size(), "at least one");
            int one = log.read(0, 1).get(0).getSerializedSize();
            assertEquals(3, log.read(2, 3L * one + 3).size());
            assertEquals(List.of(), log.read(10, 1_000));
            assertThrows(IOException.class, () -> log.read(-1, 1_000));
        }
    }

    /** At every byte where a crash can have ended the last write: what is whole stays, the rest goes, and the log goes on. */
    @Test
    void shouldCutATornTailOffAtEveryByte() throws IOException {
        try (DeltaLog log = DeltaLog.open(dir, EPOCH, 0, 1 << 20)) {
            append(log, 1, 3);
        }
        byte[] whole = Files.readAllBytes(last());
        int frame = (whole.length - 28) / 3;
        for (int length = whole.length - 1; length > whole.length - frame; length--) {
            Files.write(last(), Arrays.copyOf(whole, length));
            try (DeltaLog log = open(0)) {
                assertFalse(log.isLost(), "cut at " + length);
                assertEquals(2, log.newest(), "cut at " + length);
                log.append(delta(3, 100));
                assertEquals(List.of(1L, 2L, 3L), sequences(log, 0));
            }
            assertEquals(whole.length, Files.size(last()), "nothing of the torn one is left");
        }
        // The length was on disk, the content was not.
        byte[] zeros = whole.clone();
        Arrays.fill(zeros, whole.length - frame, whole.length, (byte) 0);
        Files.write(last(), zeros);
        try (DeltaLog log = open(0)) {
            assertFalse(log.isLost());
            assertEquals(2, log.newest());
        }
        // A file that was only begun.
        Files.write(dir.resolve(EPOCH + "-3.tgd"), Arrays.copyOf(whole, 11));
        try (DeltaLog log = open(0)) {
            assertFalse(log.isLost());
            assertEquals(2, log.newest());
            append(log, 3, 5);
            assertEquals(5, sequences(log, 0).size());
        }
    }

    @Test
    void shouldSayThatItIsLostWhenADeltaThatWasSeenIsDamaged() throws IOException {
        try (DeltaLog log = open(0)) {
            append(log, 1, 40);
        }
        for (Path file : files()) {
            byte[] whole = Files.readAllBytes(file);
            boolean last = file.equals(last());
            for (int at = 0; at < whole.length - (last ? 150 : 0); at += 7) {
                byte[] damaged = whole.clone();
                damaged[at] ^= 0x10;
                Files.write(file, damaged);
                try (DeltaLog log = open(0)) {
                    assertTrue(log.isLost(), file + " byte " + at);
                    assertEquals(log.newest(), log.oldest(), "nothing of it is served");
                }
                try (DeltaLog log = open(40)) {
                    assertTrue(last || !log.isLost(), "a snapshot holds what is damaged: " + file + " byte " + at);
                }
            }
            Files.write(file, whole);
        }
        Files.delete(files().get(2));
        try (DeltaLog log = open(0)) {
            assertTrue(log.isLost(), "a file is gone");
        }
    }

    @Test
    void shouldBeginAnewBehindASnapshotThatNoDeltaLeadsTo() throws IOException {
        try (DeltaLog log = open(0)) {
            append(log, 1, 5);
            log.skip(6);
            assertEquals(6, log.newest());
            assertEquals(6, log.oldest());
            assertThrows(IOException.class, () -> log.read(4, 100));
            append(log, 7, 8);
            assertEquals(List.of(7L, 8L), sequences(log, 6));
        }
        try (DeltaLog log = open(6)) {
            assertEquals(8, log.newest());
            assertEquals(6, log.oldest(), "not over the cut");
            assertFalse(log.isLost());
        }
        try (DeltaLog log = open(9)) {
            assertEquals(9, log.newest(), "a snapshot cut it before the first delta after it came");
            assertEquals(9, log.oldest());
        }
    }

    @Test
    void shouldKeepAtLeastAThousandDeltas() throws IOException {
        try (DeltaLog log = open(0)) {
            append(log, 1, 1_500);
            int before = files().size();
            log.clean(last -> false);
            assertTrue(files().size() < before);
            long oldest = log.oldest();
            assertTrue(oldest <= 500 && oldest > 400, "kept from " + oldest);
            assertEquals(1_500 - oldest, sequences(log, oldest).size());
            log.clean(last -> false);
            assertEquals(oldest, log.oldest());
        }
        try (DeltaLog log = open(1_500)) {
            assertEquals(1_500, log.newest());
            assertTrue(log.oldest() <= 500);
            append(log, 1_501, 1_502);
            int all = files().size();
            log.clean(last -> true);
            assertEquals(all, files().size(), "archived");
        }
    }

    @Test
    void shouldReadAnArchiveOfSeveralEpochs() throws IOException {
        try (DeltaLog log = DeltaLog.open(dir, 7, 0, SMALL)) {
            append(log, 1, 20);
        }
        try (DeltaLog log = open(0)) {
            append(log, 1, 9);
            log.skip(10);
            append(log, 11, 12);
        }
        List<DeltaFiles.Range> ranges = new DeltaFiles(dir).ranges();
        assertTrue(DeltaFiles.cover(ranges, 7, 0, 20));
        assertFalse(DeltaFiles.cover(ranges, 7, 0, 21));
        assertTrue(DeltaFiles.cover(ranges, EPOCH, 3, 9));
        assertFalse(DeltaFiles.cover(ranges, EPOCH, 3, 11), "no delta leads over the cut");
        assertTrue(DeltaFiles.cover(ranges, EPOCH, 10, 12));
        assertThrows(IOException.class, () -> new DeltaFiles(dir).forEach(EPOCH, 8, 12, delta -> {}));
    }
}
