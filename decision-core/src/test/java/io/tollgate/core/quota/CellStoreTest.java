/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CellStoreTest {
    private static final long STORE_ID = 0x0BAD_CAFE_1234_5678L;
    private static final long NOW_NS = 1_800_000_000_000_000_000L;
    private static final long FIRST_IDENTITY = CellHeader.BYTES + Cells.SEGMENT_BYTES + IdentityRecords.RECORD_BYTES;

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve(CellFile.NAME);
    }

    private CellStore open() throws IOException {
        return CellStore.open(folder, STORE_ID);
    }

    private static int take(Cells cells, long ref, long limit, long amount, long ordinal) {
        TakePlan plan = new TakePlan();
        plan.begin(NOW_NS);
        plan.addPeriod(ref, limit, amount, ordinal, Long.MAX_VALUE, TakePlan.HARD);
        return new Taker(cells, new InFlight(1), 0).take(plan);
    }

    @Test
    void shouldFindWhatItAllocatedAlsoAfterReopening() throws IOException {
        int count = 100_000;
        long[] refs = new long[count];
        try (CellStore store = open()) {
            assertEquals(STORE_ID, store.id());
            for (int i = 0; i < count; i++) {
                refs[i] = store.findOrAllocate(i * 31L, ~i, CellKind.PERIOD);
            }
            assertEquals(count, store.count());
            assertEquals(count, Arrays.stream(refs).distinct().count());
            assertEquals(Taker.TAKEN, take(store.cells(), refs[7], 10, 6, 9));
        }
        try (CellStore store = CellStore.open(folder, 1)) {
            assertEquals(STORE_ID, store.id());
            assertEquals(count, store.count());
            for (int i = 0; i < count; i++) {
                assertEquals(refs[i], store.findOrAllocate(i * 31L, ~i, CellKind.PERIOD));
            }
            assertEquals(count, store.count());
            assertEquals(Cells.NO_CELL, store.find(-1, -1));
            assertEquals(6, store.cells().readUsed(refs[7], 9));
            assertEquals(Taker.DENIED, take(store.cells(), refs[7], 10, 5, 9));
        }
    }

    @Test
    void shouldKeepCellsOfAGroupTogetherAndAligned() throws IOException {
        try (CellStore store = open()) {
            long single = store.findOrAllocate(1, 1, CellKind.RATE);
            assertEquals(Cells.ref(1), single);
            store.beginGroup();
            long first = store.findOrAllocate(2, 2, CellKind.RATE);
            assertEquals(0, first % 64);
            assertEquals(first + 32, store.findOrAllocate(3, 3, CellKind.RATE));
            assertEquals(first + 64, store.findOrAllocate(4, 4, CellKind.RATE));
            store.beginGroup();
            assertEquals(first, store.findOrAllocate(2, 2, CellKind.RATE));
            assertEquals(first + 128, store.findOrAllocate(5, 5, CellKind.RATE));
        }
    }

    @Test
    void shouldBeSmallWhenLittleIsInIt() throws IOException {
        try (CellStore store = open()) {
            store.findOrAllocate(1, 1, CellKind.RATE);
        }
        assertTrue(Files.size(file()) <= 2 << 20);
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void shouldLetWorkersUseOldCellsWhileItGrows() throws IOException {
        try (CellStore store = open()) {
            long ref = store.findOrAllocate(1, 1, CellKind.PERIOD);
            Taker taker = new Taker(store.cells(), new InFlight(1), 0);
            TakePlan plan = new TakePlan();
            for (long i = 2; i < 3L * Cells.CELLS_PER_SEGMENT; i++) {
                long other = store.findOrAllocate(i, i, CellKind.PERIOD);
                if (i % 1_000 == 0) {
                    plan.begin(NOW_NS);
                    plan.addPeriod(ref, 1_000, 1, 5, Long.MAX_VALUE, TakePlan.HARD);
                    plan.addPeriod(other, 1, 1, 5, Long.MAX_VALUE, TakePlan.HARD);
                    assertEquals(Taker.TAKEN, taker.take(plan));
                }
            }
            assertEquals(3 * Cells.CELLS_PER_SEGMENT / 1_000, store.cells().readUsed(ref, 5));
        }
    }

    @Test
    void shouldRefuseToBeOpenedTwice() throws IOException {
        CellStore store = open();
        assertThrows(IllegalStateException.class, this::open);
        store.close();
        open().close();
    }

    private static void assertRefused(String part, Path folder) {
        String message = String.valueOf(assertThrows(CellStoreException.class, () -> CellStore.open(folder, 1)
                        .close())
                .getMessage());
        assertTrue(message.contains(part) && message.contains(CellFile.NAME), message);
    }

    private void fill(int cells) throws IOException {
        try (CellStore store = open()) {
            for (long i = 1; i <= cells; i++) {
                store.findOrAllocate(i, i << 32, CellKind.PERIOD);
            }
        }
    }

    private void overwrite(long at, byte... bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), at);
        }
    }

    private byte[] read(long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.READ)) {
            channel.read(bytes, at);
        }
        return bytes.array();
    }

    @Test
    void shouldRefuseAForeignFile() throws IOException {
        Files.write(file(), new byte[4 << 20]);
        assertRefused("not a cell file", folder);
        Files.writeString(file(), "hello");
        assertRefused("cut off", folder);
        Files.delete(file());
        fill(10);
        overwrite(7, (byte) 9);
        assertRefused("format version 9", folder);
    }

    @Test
    void shouldRefuseAFileThatIsCutOff() throws IOException {
        fill(2 * Cells.CELLS_PER_SEGMENT);
        long size = Files.size(file());
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            channel.truncate(size - 1);
        }
        assertRefused("cut off", folder);
    }

    @Test
    void shouldNoticeAnyFlippedBitOfHeaderAndIdentities() throws IOException {
        fill(50);
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 300; i++) {
            boolean header = random.nextBoolean();
            long at = header
                    ? (random.nextBoolean() ? random.nextInt(32) : 64 + random.nextInt(32))
                    : FIRST_IDENTITY + random.nextInt(50 * IdentityRecords.RECORD_BYTES);
            byte[] before = read(at, 1);
            overwrite(at, (byte) (before[0] ^ 1 << random.nextInt(8)));
            try {
                assertRefused("", folder);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": a flipped bit of byte " + at + " went unnoticed", e);
            }
            overwrite(at, before);
        }
        try (CellStore store = open()) {
            assertEquals(Cells.ref(50), store.find(50, 50L << 32));
        }
    }

    @Test
    void shouldDropAnAllocationThatNeverReachedTheDisk() throws IOException {
        CellStore store = open();
        long kept = store.findOrAllocate(1, 1, CellKind.PERIOD);
        store.sync();
        long lost = store.findOrAllocate(2, 2, CellKind.PERIOD);
        long alsoKept = store.findOrAllocate(3, 3, CellKind.PERIOD);
        // the power goes: the record of the second is zeros, its counter is not
        byte[] synced = read(CellHeader.SYNCED, Long.BYTES);
        store.close();
        overwrite(CellHeader.SYNCED, synced);
        overwrite(FIRST_IDENTITY + IdentityRecords.RECORD_BYTES, new byte[IdentityRecords.RECORD_BYTES]);
        overwrite(CellHeader.BYTES + lost + PeriodSlots.USED, (byte) 99);
        try (CellStore again = open()) {
            assertEquals(kept, again.find(1, 1));
            assertEquals(Cells.NO_CELL, again.find(2, 2));
            assertEquals(alsoKept, again.find(3, 3));
            long anew = again.findOrAllocate(2, 2, CellKind.PERIOD);
            assertNotEquals(lost, anew);
            assertEquals(0, again.cells().readUsed(anew, 0));
        }
    }

    @Test
    void shouldTakeOverASlotThatADeadProcessWasOpening() throws IOException {
        CellStore store = open();
        long ref = store.findOrAllocate(1, 1, CellKind.PERIOD);
        assertEquals(Taker.TAKEN, take(store.cells(), ref, 10, 10, 4));
        store.close();
        // killed while it opened the slot of ordinal 6, whose used word is still that of ordinal 4
        long incarnation = ByteBuffer.wrap(read(CellHeader.INCARNATION, Long.BYTES))
                        .order(ByteOrder.nativeOrder())
                        .getLong()
                & 0xFF_FFFF_FFFFL;
        byte[] claim = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(PeriodSlots.claim(incarnation, 6))
                .array();
        overwrite(CellHeader.BYTES + ref, claim);
        try (CellStore again = open()) {
            assertEquals(6, again.cells().readOrdinal(ref));
            // also when the wall clock is back in an older period: the newer one had begun
            assertEquals(Taker.TAKEN, take(again.cells(), ref, 10, 7, 4));
            assertEquals(7, again.cells().readUsed(ref, 6));
            assertEquals(Taker.DENIED, take(again.cells(), ref, 10, 4, 6));
        }
    }

    @Test
    void shouldRememberTheLatestWallClock() throws IOException {
        try (CellStore store = open()) {
            assertEquals(0, store.lastNotedMs());
            store.noteTime(1_800_000_000_999L);
            store.noteTime(1_700_000_000_000L);
        }
        try (CellStore store = open()) {
            assertEquals(1_800_000_000_000L, store.lastNotedMs());
        }
    }

    @Test
    void shouldRefuseAnUnknownKind() throws IOException {
        try (CellStore store = open()) {
            assertThrows(IllegalArgumentException.class, () -> store.findOrAllocate(1, 1, 0));
            assertThrows(IllegalArgumentException.class, () -> store.findOrAllocate(1, 1, 4));
        }
    }

    @Test
    void shouldDenyNothingButFailOnCellsThatDoNotExist() throws IOException {
        try (CellStore store = open()) {
            for (long ref : new long[] {Cells.ref(1L << 40), 33, Long.MAX_VALUE, Cells.SEGMENT_BYTES}) {
                assertEquals(Taker.BROKEN, take(store.cells(), ref, 10, 1, 1));
                assertEquals(0, store.cells().readUsed(ref, 1));
                assertEquals(0, store.cells().readOrdinal(ref));
            }
            assertFalse(Files.exists(folder.resolve("index.tmp")));
        }
    }
}
