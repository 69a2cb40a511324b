/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReservationStoreTest {
    @TempDir
    Path folder;

    @Test
    void shouldKnowItsReservationsAfterARestart() throws IOException {
        String open;
        String settled;
        String overrun;
        String released;
        try (HeldCells held = new HeldCells(folder, 1)) {
            HeldCells.Worker worker = held.worker(0);
            open = reserve(worker, 10);
            settled = reserve(worker, 10);
            overrun = reserve(worker, 10);
            released = reserve(worker, 10);
            assertEquals(EndOutcome.SETTLED, worker.settle(settled, 4));
            assertEquals(EndOutcome.OVERRUN, worker.settle(overrun, 14));
            assertEquals(EndOutcome.RELEASED, worker.release(released));
        }
        try (HeldCells held = new HeldCells(folder, 1)) {
            assertEquals(1, held.store.reserved());
            assertEquals(3, held.store.ended());
            HeldCells.Worker worker = held.worker(0);
            assertEquals(EndOutcome.SETTLED, worker.release(settled));
            assertEquals(EndOutcome.OVERRUN, worker.release(overrun));
            assertEquals(EndOutcome.RELEASED, worker.settle(released, 3));
            assertEquals(EndOutcome.SETTLED, worker.settle(open, 7));
            assertEquals(4 + 14 + 7, held.used());
            assertEquals(0, held.held());
        }
    }

    /** The state that a kill leaves, written by hand into the head of the only reservation. */
    private void leave(int state, int flags) throws IOException {
        try (HeldCells held = new HeldCells(folder, 1)) {
            HeldCells.Worker worker = held.worker(0);
            int head = worker.desk.head(worker.high, worker.low);
            for (ReservationList.Item item = held.store.list().after(0, true); item != null; ) {
                head = item.position();
                break;
            }
            long word = worker.desk.word(head);
            assertTrue(worker.desk.change(head, word, state, flags));
        }
    }

    @Test
    void shouldGoOnWithWhatWasInTheMiddle() throws IOException {
        String id = one(10);
        leave(StateWord.EXTENDING, 0);
        leave(StateWord.SETTLING, 0);
        try (HeldCells held = new HeldCells(folder, 1)) {
            assertEquals(10, held.used(), "not answered, so nothing was done");
            assertEquals(1, held.store.reserved());
            assertEquals(EndOutcome.SETTLED, held.worker(0).settle(id, 3));
            assertEquals(3, held.used());
        }
    }

    @Test
    void shouldCompleteARelease() throws IOException {
        String id = one(10);
        leave(StateWord.RELEASING, 0);
        try (HeldCells held = new HeldCells(folder, 1)) {
            held.sweep(0);
            assertEquals(0, held.used());
            assertEquals(0, held.held());
            assertEquals(EndOutcome.RELEASED, held.worker(0).settle(id, 3));
        }
    }

    @Test
    void shouldCompleteWhatIsParkedWhenSomebodyAsksBeforeTheSweeper() throws IOException {
        String id = one(10);
        leave(StateWord.EXPIRING, 0);
        try (HeldCells held = new HeldCells(folder, 1)) {
            assertEquals(EndOutcome.EXPIRED, held.worker(0).release(id));
            assertEquals(0, held.used());
        }
    }

    @Test
    void shouldForgetWhatWasNeverAnsweredAndLeaveItCounted() throws IOException {
        String id = one(10);
        leave(StateWord.FILLING, 0);
        try (HeldCells held = new HeldCells(folder, 1)) {
            assertEquals(EndOutcome.UNKNOWN, held.worker(0).release(id));
            assertEquals(10, held.used());
            assertEquals(0, held.store.reserved());
        }
    }

    @Test
    void shouldReturnSoftHoldsOnceAlsoAcrossARestart() throws IOException {
        String id = one(10);
        try (HeldCells held = new HeldCells(folder, 1)) {
            held.sweep(HeldCells.TTL_MS);
            assertEquals(0, held.softUsed());
            assertEquals(10, held.used());
        }
        leave(StateWord.RETURNING, 0);
        try (HeldCells held = new HeldCells(folder, 1)) {
            held.sweep(HeldCells.TTL_MS);
            assertEquals(0, held.softUsed(), "marked: not a second time");
            assertEquals(EndOutcome.SETTLED, held.worker(0).settle(id, 10));
            assertEquals(10, held.softUsed());
            assertEquals(10, held.used());
        }
    }

    @Test
    void shouldRefuseTheFileOfOtherCounters() throws IOException {
        one(10);
        deleteCells();
        ReservationStoreException refused =
                assertThrows(ReservationStoreException.class, () -> new HeldCells(folder, 1, 78, 1));
        assertTrue(String.valueOf(refused.getMessage()).contains("belongs to other counters"), refused::getMessage);
    }

    private void deleteCells() throws IOException {
        try (var files = Files.list(folder.resolve("cells"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void shouldRefuseTheFileThatWasOpenWhenTheMachineWentDown() throws IOException {
        one(10);
        // in order: another start of the machine may go on with it
        new HeldCells(folder, 1, 77, 2).close();
        // not in order: the flag that close sets is taken away
        patch(72, 0);
        patch(64, 2);
        new HeldCells(folder, 1, 77, 2).close();
        patch(72, 0);
        ReservationStoreException refused =
                assertThrows(ReservationStoreException.class, () -> new HeldCells(folder, 1, 77, 3));
        assertTrue(String.valueOf(refused.getMessage()).contains("when the machine went down"), refused::getMessage);
    }

    private Path file() {
        return folder.resolve("reservations").resolve(ReservationStore.FILE_NAME);
    }

    private void patch(long at, long value) throws IOException {
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, value);
            channel.write(bytes, at);
        }
    }

    @Test
    void shouldNeverGiveBackMoreThanWasHeldWhateverBitIsFlipped() throws IOException {
        List<String> ids = new ArrayList<>();
        try (HeldCells held = new HeldCells(folder, 1)) {
            HeldCells.Worker worker = held.worker(0);
            for (int i = 0; i < 20; i++) {
                ids.add(reserve(worker, 10));
            }
        }
        byte[] good = Files.readAllBytes(file());
        byte[] counters = Files.readAllBytes(folder.resolve("cells").resolve("cells.tgc"));
        List<Integer> written = new ArrayList<>();
        for (int at = ExtentFile.HEADER_BYTES; at < good.length; at++) {
            // free blocks hold nothing but their link
            if (good[at] != 0 && at % BlockSpace.BLOCK_BYTES >= 16
                    || good[at] != 0 && at % BlockSpace.BLOCK_BYTES < 8) {
                written.add(at);
            }
        }
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 60; round++) {
            int at = written.get(random.nextInt(written.size()));
            byte[] bad = good.clone();
            bad[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file(), bad);
            Files.write(folder.resolve("cells").resolve("cells.tgc"), counters);
            String run = "seed " + seed + ", byte " + at;
            try (HeldCells held = new HeldCells(folder, 1)) {
                HeldCells.Worker worker = held.worker(0);
                int released = 0;
                for (String id : ids) {
                    released += worker.release(id) == EndOutcome.RELEASED ? 1 : 0;
                }
                assertEquals(1, held.store.damaged(), run);
                assertEquals(19, released, run);
                assertEquals(10, held.used(), run);
                assertEquals(1, held.held(), run);
            }
        }
    }

    @Test
    void shouldGrowBeforeItIsFullAndKeepAllAcrossARestart() throws IOException {
        List<String> ids = new ArrayList<>();
        try (HeldCells held = new HeldCells(folder, 1)) {
            HeldCells.Worker worker = held.worker(0);
            for (int i = 0; i < 6_000; i++) {
                if (i % 500 == 0) {
                    held.store.grow();
                }
                assertTrue(worker.reserve(1), "room at " + i);
                ids.add(worker.id());
            }
            assertTrue(held.store.lengthBytes() > 4 << 20, "it grew");
        }
        try (HeldCells held = new HeldCells(folder, 1)) {
            assertEquals(6_000, held.store.reserved());
            HeldCells.Worker worker = held.worker(0);
            for (String id : ids) {
                assertEquals(EndOutcome.SETTLED, worker.settle(id, 1));
            }
            assertEquals(6_000, held.used());
            held.sweep(ReservationDesk.REMEMBERED_MS);
            assertEquals(0, held.store.ended());
            assertTrue(
                    held.store.usedShare() < 0.02,
                    () -> "all but what workers have in hand is free: " + held.store.usedShare());
        }
    }

    @Test
    void shouldListWhatIsOpen() throws IOException {
        try (HeldCells held = new HeldCells(folder, 1)) {
            HeldCells.Worker worker = held.worker(0);
            String open = reserve(worker, 10);
            worker.settle(reserve(worker, 10), 10);
            ReservationList.Item item = held.store.list().after(0, false);
            assertEquals(open, java.util.Objects.requireNonNull(item).id());
            assertEquals("RESERVED", item.state());
            assertEquals(3, item.entries());
            assertEquals(
                    "acme",
                    java.util.Objects.requireNonNull(item.request()).text(io.tollgate.core.request.Field.ORGANIZATION));
            assertEquals(null, held.store.list().after(item.position(), false));
            int all = 0;
            for (item = held.store.list().after(0, true); item != null; ) {
                all++;
                item = held.store.list().after(item.position(), true);
            }
            assertEquals(2, all);
        }
    }

    @Test
    void shouldMakeIdsThatNobodyCanMakeUp() {
        assertEquals(
                0x93F5_F579_9A93_2462L,
                ReservationIds.sip(0x0706050403020100L, 0x0F0E0D0C0B0A0908L, 0x0706050403020100L));
        ReservationIds ids = new ReservationIds(1, 2);
        long high = ids.high(3, 4);
        long low = ids.low(3, 4);
        assertEquals(3L << 32 | 4, ids.name(high, low));
        for (int bit = 0; bit < 64; bit++) {
            assertEquals(ReservationIds.NOBODY, ids.name(high ^ 1L << bit, low));
            assertEquals(ReservationIds.NOBODY, ids.name(high, low ^ 1L << bit));
        }
        assertEquals(ReservationIds.NOBODY, new ReservationIds(1, 3).name(high, low));
        String text = ReservationIds.text(high, low);
        assertTrue(ReservationIds.isId(text));
        assertEquals(high, ReservationIds.high(text));
        assertEquals(low, ReservationIds.low(text));
        assertFalse(ReservationIds.isId(text.toUpperCase(java.util.Locale.ROOT).replace('A', 'G') + "x"));
        assertFalse(ReservationIds.isId("g".repeat(32)));
    }

    private String one(long tokens) throws IOException {
        try (HeldCells held = new HeldCells(folder, 1)) {
            return reserve(held.worker(0), tokens);
        }
    }

    private static String reserve(HeldCells.Worker worker, long tokens) {
        assertTrue(worker.reserve(tokens), "room");
        return worker.id();
    }
}
