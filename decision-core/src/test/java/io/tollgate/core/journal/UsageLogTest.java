/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class UsageLogTest {
    private static final UnsafeBuffer TOKENS = new UnsafeBuffer("llm.tokens".getBytes(StandardCharsets.UTF_8));
    private static final int EVENT = 2;
    private static final int AMOUNT = 8;

    /** Takes: subject, room, records, append. */
    private static boolean append(final UsageDesk desk, final String decision, final int records, final long amount) {
        desk.subject().reset();
        final byte[] id = decision.getBytes(StandardCharsets.UTF_8);
        desk.subject().put(UsageSubject.DECISION, id, 0, id.length);
        if (!desk.ensure(desk.bound(records, (long) records * TOKENS.capacity(), 0))) {
            return false;
        }
        desk.begin(1_000);
        for (int i = 0; i < records; i++) {
            desk.record(i, i, TOKENS, 0, TOKENS.capacity(), amount);
        }
        desk.append();
        desk.trim();
        return true;
    }

    @Test
    void shouldNumberRecordsWithoutAGap() {
        final MemoryJournal journal = new MemoryJournal(2);
        final UsageDesk desk = new UsageDesk(journal.log, 0);
        assertEquals(0, journal.log.appendedSequence());
        assertTrue(append(desk, "d-1", 1, 5));
        assertTrue(append(desk, "d-2", 3, 6));
        assertEquals(4, journal.log.appendedSequence());
        final List<MemoryJournal.Entry> entries = journal.entries();
        assertEquals(
                List.of(1L, 2L, 3L, 4L),
                entries.stream().map(MemoryJournal.Entry::sequence).toList());
        assertEquals("edge-1:d-2:2", entries.get(3).text(EVENT));
        assertEquals(6, entries.get(3).number(AMOUNT));
        assertEquals("llm.tokens", entries.get(3).text(13));
    }

    @Test
    void shouldRefuseBeforeAnythingIsAppendedWhenThereIsNoRoom() {
        final MemoryJournal journal = new MemoryJournal(0);
        final UsageDesk desk = new UsageDesk(journal.log, 0);
        assertFalse(append(desk, "d-1", 1, 5));
        assertEquals(1, journal.log.refusedCount());
        journal.grow();
        assertTrue(append(desk, "d-2", 1, 5));
        assertEquals(1, journal.log.appendedSequence());
    }

    @Test
    void shouldFillSegmentsAndRefuseWhatFitsInNone() {
        final MemoryJournal journal = new MemoryJournal(3);
        final UsageDesk desk = new UsageDesk(journal.log, 0);
        int appended = 0;
        while (append(desk, "d-" + appended, 1 + appended % 5, 5)) {
            appended++;
        }
        assertTrue(appended > 1_000, () -> "appended " + journal.entries().size());
        for (int i = 0; i < journal.entries().size(); i++) {
            assertEquals(i + 1, journal.entries().get(i).sequence());
            i += 500;
        }
        // two segments are closed, and the third holds what its counted room holds
        assertTrue(journal.segments.get(1).end() > 0);
        assertEquals(0, journal.segments.get(2).end());
        journal.grow();
        assertTrue(append(desk, "again", 1, 5));
    }

    @Test
    void shouldGiveBackWhatWasNotUsed() {
        final MemoryJournal journal = new MemoryJournal(1);
        final UsageDesk desk = new UsageDesk(journal.log, 0);
        assertFalse(append(desk, "x", 1, 5) && journal.log.room() <= 0);
        final long before = journal.log.room();
        assertTrue(desk.ensure(64_000));
        assertEquals(before - 64_000, journal.log.room());
        desk.trim();
        assertEquals(before, journal.log.room());
    }

    @Test
    void shouldSetNothingAsideOnceItHasFailed() {
        final MemoryJournal journal = new MemoryJournal(1);
        final UsageDesk desk = new UsageDesk(journal.log, 0);
        assertTrue(desk.ensure(1_000));
        journal.log.fail();
        assertFalse(desk.ensure(500), "also not of what is in hand");
        assertFalse(desk.hasRoom(1));
    }

    @Test
    void shouldLoseNothingOfManyProducersWhileSegmentsAreAdded() throws InterruptedException {
        final long seed = System.nanoTime();
        final int producers = 4;
        final int each = 20_000;
        final MemoryJournal journal = new MemoryJournal(2);
        final List<Thread> threads = new ArrayList<>();
        final AtomicLong records = new AtomicLong();
        final AtomicLong running = new AtomicLong(producers);
        for (int p = 0; p < producers; p++) {
            final int producer = p;
            threads.add(new Thread(() -> {
                final UsageDesk desk = new UsageDesk(journal.log, producer);
                final SplittableRandom random = new SplittableRandom(seed + producer);
                for (int i = 0; i < each; i++) {
                    final int count = 1 + random.nextInt(3);
                    while (!append(desk, producer + "-" + i, count, i + 1)) {
                        Thread.onSpinWait();
                    }
                    records.addAndGet(count);
                }
                running.decrementAndGet();
            }));
        }
        threads.forEach(Thread::start);
        while (running.get() > 0) {
            if (journal.log.room() < MemoryJournal.SEGMENT_BYTES) {
                journal.grow();
            }
            Thread.onSpinWait();
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        final List<MemoryJournal.Entry> entries = journal.entries();
        assertEquals(records.get(), entries.size(), "seed " + seed);
        final long[] newest = new long[producers];
        for (int i = 0; i < entries.size(); i++) {
            final MemoryJournal.Entry entry = entries.get(i);
            assertEquals(i + 1, entry.sequence(), "seed " + seed);
            final String[] id = entry.text(EVENT).split("[:-]");
            final int producer = Integer.parseInt(id[2]);
            assertEquals(Long.parseLong(id[3]) + 1, entry.number(AMOUNT), "seed " + seed);
            assertTrue(entry.number(AMOUNT) >= newest[producer], "seed " + seed + ": order of producer " + producer);
            newest[producer] = entry.number(AMOUNT);
        }
        final long used = journal.segments.stream()
                .mapToLong(segment -> segment.end() == 0 ? 0 : segment.end() - JournalSegment.HEADER_BYTES)
                .sum();
        assertTrue(journal.log.room() >= 0 && used > 0, "room " + journal.log.room());
    }

    @Test
    void shouldRefuseForeignAndDamagedHeaders() {
        final UnsafeBuffer file = new UnsafeBuffer(new byte[JournalSegment.MIN_BYTES]);
        assertTrue(assertThrows(JournalFormatException.class, () -> JournalSegment.open(file))
                .toString()
                .contains("something else"));
        JournalSegment.create(file, 3, 99, "edge-1", "boot-1");
        assertEquals(3, JournalSegment.open(file).index());
        file.putByte(50, (byte) 1);
        assertTrue(assertThrows(JournalFormatException.class, () -> JournalSegment.open(file))
                .toString()
                .contains("checksum"));
    }

    @Test
    void shouldTellAFrameFromATextThatLooksLikeOne() {
        final MemoryJournal journal = new MemoryJournal(1);
        final UsageDesk desk = new UsageDesk(journal.log, 0);
        append(desk, "d-1", 1, 5);
        final JournalSegment segment = journal.segments.get(0);
        final int at = JournalSegment.HEADER_BYTES;
        final byte[] frame = new byte[segment.frameLength(at)];
        segment.buffer().getBytes(at, frame);
        // the same bytes elsewhere are no frame: the check is over the place too
        segment.buffer().putBytes(at + 4096, frame);
        assertTrue(segment.intact(at));
        assertFalse(segment.intact(at + 4096));
    }
}
