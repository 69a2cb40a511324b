/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.loader.transfer.SectionFacts;
import io.tollgate.v1.Section;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SectionMapTest {
    @TempDir
    Path folder;

    private static byte[] key(int i) {
        return ("org:acme/user:" + i).getBytes(StandardCharsets.UTF_8);
    }

    private static SectionFacts measure(byte[][] values) {
        long keyBytes = 0;
        long valueBytes = 0;
        int longestKey = 0;
        int longestValue = 0;
        for (int i = 0; i < values.length; i++) {
            keyBytes += key(i).length;
            valueBytes += values[i].length;
            longestKey = Math.max(longestKey, key(i).length);
            longestValue = Math.max(longestValue, values[i].length);
        }
        return new SectionFacts(
                Section.SECTION_DIRECTORY, values.length, keyBytes, valueBytes, longestKey, longestValue);
    }

    private InstalledMarker.SectionEntry entry(int records) throws IOException {
        Path file = folder.resolve("directory.chm");
        return new InstalledMarker.SectionEntry(
                Section.SECTION_DIRECTORY, records, 0, "directory.chm", Files.size(file), ChronicleHeader.crc32c(file));
    }

    private void roundTrip(byte[][] values, String what) throws IOException {
        ContentSum written = new ContentSum();
        try (SectionMap map = SectionMap.create(folder, measure(values))) {
            for (int i = 0; i < values.length; i++) {
                assertTrue(map.add(key(i), values[i]), what);
                written.add(key(i), values[i]);
            }
        }
        try (SectionMap map = SectionMap.open(folder, entry(values.length))) {
            assertEquals(values.length, map.size(), what);
            for (int i = 0; i < values.length; i++) {
                assertArrayEquals(values[i], map.get(key(i)), what);
            }
            assertNull(map.get(key(-1)), what);
            ContentSum read = new ContentSum();
            map.<RuntimeException>forEach(read::add);
            assertEquals(written.sum(), read.sum(), what);
            assertEquals(values.length, read.records(), what);
        }
    }

    @Test
    void shouldHoldExactlyTheRecordsThatItWasSizedForHoweverSkewedTheyAre() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            byte[][] values = new byte[random.nextInt(2_000)][];
            for (int i = 0; i < values.length; i++) {
                int length =
                        random.nextInt(100) == 0 ? random.nextInt(200_000) : random.nextInt(1 << random.nextInt(10));
                values[i] = new byte[length];
                random.nextBytes(values[i]);
            }
            roundTrip(values, "seed " + seed + ", round " + round);
        }
    }

    @Test
    void shouldHoldOneHugeRecordAmongManySmallOnes() throws Exception {
        byte[][] values = new byte[5_000][20];
        values[1_234] = new byte[8 << 20];
        Arrays.fill(values[1_234], (byte) 7);
        roundTrip(values, "one of 8 MiB");
    }

    @Test
    void shouldHoldARecordWithoutAValue() throws Exception {
        roundTrip(new byte[][] {new byte[0]}, "empty");
    }

    @Test
    void shouldTakeAKeyOnce() throws Exception {
        try (SectionMap map = SectionMap.create(folder, measure(new byte[2][5]))) {
            assertTrue(map.add(key(1), new byte[5]));
            assertFalse(map.add(key(1), new byte[4]));
            assertArrayEquals(new byte[5], map.get(key(1)));
        }
    }

    @Test
    void shouldEndTheWalkWithWhatTheVisitorThrows() throws Exception {
        try (SectionMap map = SectionMap.create(folder, measure(new byte[3][5]))) {
            for (int i = 0; i < 3; i++) {
                map.add(key(i), new byte[5]);
            }
            IOException thrown = assertThrows(
                    IOException.class,
                    () -> map.<RuntimeException>forEach((key, value) -> {
                        throw new IOException("enough");
                    }));
            assertEquals("enough", thrown.getMessage());
            assertThrows(
                    IllegalStateException.class,
                    () -> map.<RuntimeException>forEach((key, value) -> {
                        throw new IllegalStateException("enough");
                    }));
        }
    }

    @Test
    void shouldNotLetChronicleOpenAFileWhoseHeadOrLengthHasChanged() throws Exception {
        roundTrip(new byte[100][30], "whole");
        InstalledMarker.SectionEntry entry = entry(100);
        Path file = folder.resolve("directory.chm");
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < 300; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(file, damaged);
            assertThrows(IOException.class, () -> SectionMap.open(folder, entry), "byte " + at);
        }
        Files.write(file, new byte[whole.length]);
        assertThrows(IOException.class, () -> SectionMap.open(folder, entry));
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        assertThrows(IOException.class, () -> SectionMap.open(folder, entry));
        Files.delete(file);
        assertThrows(IOException.class, () -> SectionMap.open(folder, entry));
        Files.write(file, whole);
        SectionMap.open(folder, entry).close();
    }

    @Test
    void shouldSumTheSameInAnyOrderAndDifferentlyForAnyChange() {
        byte[][] records = new byte[50][];
        for (int i = 0; i < 50; i++) {
            records[i] = new byte[] {(byte) i, 1, 2};
        }
        ContentSum up = new ContentSum();
        ContentSum down = new ContentSum();
        ContentSum changed = new ContentSum();
        for (int i = 0; i < 50; i++) {
            up.add(key(i), records[i]);
            down.add(key(49 - i), records[49 - i]);
            byte[] value = records[i].clone();
            value[1] ^= (byte) (i == 17 ? 4 : 0);
            changed.add(key(i), value);
        }
        assertEquals(up.sum(), down.sum());
        assertTrue(up.sum() != changed.sum());
    }

    @Test
    void shouldGiveEveryRecordInArraysOfItsOwn() throws Exception {
        byte[][] values = new byte[50][8];
        for (int i = 0; i < values.length; i++) {
            values[i][0] = (byte) i;
        }
        roundTrip(values, "records of one length");
        java.util.Set<Byte> seen = new java.util.HashSet<>();
        java.util.List<byte[]> kept = new java.util.ArrayList<>();
        try (SectionMap map = SectionMap.open(folder, entry(50))) {
            map.<RuntimeException>forEach((key, value) -> kept.add(value));
        }
        kept.forEach(value -> seen.add(value[0]));
        assertEquals(50, seen.size(), "Chronicle uses an array again unless told not to");
    }
}
