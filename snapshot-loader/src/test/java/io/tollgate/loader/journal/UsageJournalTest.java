/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.journal.UsageDesk;
import io.tollgate.core.journal.UsageSubject;
import io.tollgate.loader.fixture.FaultyStorage;
import io.tollgate.loader.journal.JournalFacts.Durability;
import io.tollgate.loader.storage.LocalStorage;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.UsageRecord;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageJournalTest {
    private static final int MUCH = 10_000_000;

    @TempDir
    Path root;

    private List<String> files() throws IOException {
        try (Stream<Path> found = Files.list(root.resolve("journal"))) {
            return found.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void shouldFreezeTheWireBytesOfTheRecord() throws IOException {
        try (JournalSite site = new JournalSite(root)) {
            UsageSubject subject = site.desk.subject().reset();
            put(subject, UsageSubject.CUSTOMER, "cust-ü");
            put(subject, UsageSubject.FEATURE, "chat");
            put(subject, UsageSubject.SCOPE, "org:acme/project:rag");
            put(subject, UsageSubject.DECISION, "b-0-1");
            UsageRecord expected = UsageRecord.newBuilder()
                    .setEventId("edge-1:0123456789abcdeffedcba9876543210:2")
                    .setTimestampMs(1_795_132_800_123L)
                    .setCustomerExternalId("cust-ü")
                    .setFeature("chat")
                    .setScopePath("org:acme/project:rag")
                    .setDimensionId(300)
                    .setAmount(Long.MAX_VALUE)
                    .setReservationId("0123456789abcdeffedcba9876543210")
                    .putProperties(
                            "model",
                            AttributeValue.newBuilder().setStringValue("x").build())
                    .setDecisionId("b-0-1")
                    .setDimension("llm.tokens")
                    .build();
            byte[] properties = UsageRecord.newBuilder()
                    .putAllProperties(expected.getPropertiesMap())
                    .build()
                    .toByteArray();
            UnsafeBuffer name = new UnsafeBuffer("llm.tokens".getBytes(StandardCharsets.UTF_8));
            UsageDesk desk = site.desk;
            assertTrue(desk.ensure(desk.bound(1, name.capacity(), properties.length)));
            desk.begin(
                    1_795_132_800_123L, 0x0123_4567_89AB_CDEFL, 0xFEDC_BA98_7654_3210L, properties, properties.length);
            desk.record(2, 300, name, 0, name.capacity(), Long.MAX_VALUE);
            desk.append();
            site.work();
            site.journal.read(site.producer(), 0, 1, MUCH, (sequence, bytes, offset, length) -> {
                byte[] copy = new byte[length];
                bytes.getBytes(offset, copy);
                assertEquals(expected.toByteString(), com.google.protobuf.ByteString.copyFrom(copy));
            });
            assertEquals(expected, site.readAll(site.producer(), 0).get(0).record());
        }
    }

    private static void put(UsageSubject subject, int text, String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        subject.put(text, utf8, 0, utf8.length);
    }

    @Test
    void shouldGiveWhatWasAppendedOnceInOrderAndWithinLimits() throws IOException {
        try (JournalSite site = new JournalSite(root)) {
            assertNull(site.journal.oldest());
            for (int i = 0; i < 100; i++) {
                site.append("d-" + i, 3, i + 1);
            }
            assertNull(site.journal.oldest(), "nothing is durable before the journal's thread has looked");
            site.work();
            Producer me = site.producer();
            assertEquals(me, site.journal.oldest());
            assertEquals(2, site.read(me, 0, 2, MUCH).size());
            assertEquals(1, site.read(me, 2, 5, 1).size(), "always one");
            assertEquals(
                    "edge-1:d-0:2", site.read(me, 2, 1, MUCH).get(0).record().getEventId());
            List<JournalSite.Read> rest = site.readAll(me, 3);
            assertEquals(297, rest.size());
            assertEquals(4, rest.get(0).sequence());
            assertEquals(100, rest.get(296).record().getAmount());
            assertEquals(300, site.readAll(me, 0).size(), "again from the start: a retry");
            assertEquals(300, site.journal.facts().pendingCount());
            assertEquals(300, site.journal.facts().appendedSequence());
            site.journal.acknowledged(me, 120);
            assertEquals(180, site.journal.facts().pendingCount());
            assertEquals(121, site.read(me, 0, 1, MUCH).get(0).sequence());
            site.journal.acknowledged(me, 5);
            assertEquals(120, site.journal.facts().acknowledgedSequence(), "a watermark never goes back");
            site.journal.acknowledged(me, 300);
            assertNull(site.journal.oldest());
            assertEquals(List.of(), site.readAll(me, 300));
        }
    }

    @Test
    void shouldDeleteSegmentsThatAreWhollyAcknowledgedAndGoOnWhenThereIsRoomAgain() throws IOException {
        try (JournalSite site =
                new JournalSite(root, new LocalStorage(), JournalSite.settings(Durability.PROCESS, 4))) {
            int appended = 0;
            while (site.append("d-" + appended, 1, 1)) {
                appended++;
                site.work();
            }
            assertTrue(appended > 3_000, "appended " + appended);
            assertEquals(4, files().size());
            assertTrue(site.journal.facts().lengthBytes() <= 4L * JournalSite.SEGMENT);
            assertEquals(1, site.journal.facts().appendFailedCount());
            Producer me = site.producer();
            assertEquals(appended, site.readAll(me, 0).size());
            site.journal.acknowledged(me, appended / 2);
            assertTrue(files().size() < 4, () -> "files are left");
            site.work();
            assertTrue(site.append("again", 1, 1));
            site.work();
            List<JournalSite.Read> rest = site.readAll(me, appended / 2);
            assertEquals(appended - appended / 2 + 1, rest.size());
            assertEquals("edge-1:again:0", rest.get(rest.size() - 1).record().getEventId());
            site.journal.acknowledged(me, appended + 1);
            assertFalse(files().isEmpty(), "the one in use stays");
        }
    }

    @Test
    void shouldKeepWhatEarlierRunsLeftUntilItIsAcknowledged() throws IOException {
        try (JournalSite site = new JournalSite(root)) {
            Producer first = site.producer();
            for (int i = 0; i < 50; i++) {
                site.append("a-" + i, 1, 1);
            }
            site.work();
            site.journal.acknowledged(first, 20);
            site.restart();
            Producer second = site.producer();
            site.append("b-0", 1, 1);
            site.work();
            assertEquals(first, site.journal.oldest());
            assertEquals(1, site.journal.facts().oldRunCount());
            assertEquals(31, site.journal.facts().pendingCount());
            assertEquals(21, site.read(first, 0, 1, MUCH).get(0).sequence(), "the watermark was remembered");
            site.restart();
            assertEquals(30, site.readAll(first, 20).size(), "also after another restart");
            assertEquals(1, site.readAll(second, 0).size());
            site.journal.acknowledged(first, 50);
            assertEquals(second, site.journal.oldest());
            site.journal.acknowledged(second, 1);
            assertNull(site.journal.oldest());
            site.restart();
            assertNull(site.journal.oldest());
            assertTrue(files().stream().noneMatch(file -> file.startsWith("boot-0") || file.startsWith("boot-1")));
        }
    }

    @Test
    void shouldGiveTheDiskBackWhatAKilledRunDidNotUse() throws IOException {
        try (JournalSite site = new JournalSite(root)) {
            for (int run = 0; run < 20; run++) {
                assertTrue(site.append("d-" + run, 1, 1), "run " + run);
                site.work();
                site.restart();
            }
            assertEquals(20, site.journal.facts().pendingCount());
            assertTrue(
                    site.journal.facts().lengthBytes() < 4L * JournalSite.SEGMENT,
                    "bytes " + site.journal.facts().lengthBytes());
        }
    }

    @Test
    void shouldKnowWhichReservationsWereSettled() throws IOException {
        try (JournalSite site = new JournalSite(root)) {
            site.settle(17, 4, 5);
            site.append("d", 1, 1);
            site.restart();
            assertTrue(site.journal.settled().contains(17, 4));
            assertFalse(site.journal.settled().contains(17, 5));
            assertFalse(site.journal.settled().contains(0, 0));
            site.journal.forgetSettled();
            assertFalse(site.journal.settled().contains(17, 4));
        }
    }

    @Test
    void shouldStartOnAFullDiskAndGoOnWhenThereIsRoom() throws IOException {
        FaultyStorage disk = new FaultyStorage();
        disk.failAfter = 3;
        try (JournalSite site = new JournalSite(root, disk, JournalSite.settings(Durability.PROCESS, 8))) {
            assertFalse(site.append("d-0", 1, 1), "no room, no record");
            assertTrue(site.journal.facts().lastError().contains("No space left"), site.journal.facts()::lastError);
            assertEquals(List.of(), files(), "nothing half-made stays");
            site.work();
            assertFalse(site.append("d-0", 1, 1), "it tries again after a while only");
            site.nowNs += 2_000_000_000L;
            site.work();
            assertTrue(site.append("d-0", 1, 1));
            site.work();
            assertEquals(1, site.readAll(site.producer(), 0).size());
        }
    }

    @Test
    void shouldSurviveADiskThatIsFullAtAnyStepOfMakingASegment() throws IOException {
        for (int step = 0; step < 24; step += 2) {
            FaultyStorage disk = new FaultyStorage();
            Path folder = Files.createDirectories(root.resolve("step-" + step));
            try (JournalSite site = new JournalSite(folder, disk, JournalSite.settings(Durability.POWER, 4))) {
                disk.failAfter = step;
                int appended = 0;
                for (int i = 0; i < 6_000; i++) {
                    if (site.append("d-" + i, 1, 1)) {
                        appended++;
                    }
                    if (i % 250 == 0) {
                        site.nowNs += 2_000_000_000L;
                        site.journal.work();
                    }
                }
                site.work();
                assertFalse(site.journal.log().failed(), "step " + step);
                List<JournalSite.Read> read = site.readAll(site.producer(), 0);
                assertEquals(appended, read.size(), "step " + step);
                assertEquals(appended, read.get(appended - 1).sequence(), "step " + step);
            }
        }
    }

    /** A disk whose syncs fail when told so. */
    private static final class Unsyncable extends LocalStorage {
        boolean fails;
        int forced;

        @Override
        public void force(FileChannel channel) throws IOException {
            if (fails) {
                throw new IOException("Input/output error");
            }
            forced++;
            super.force(channel);
        }
    }

    @Test
    void shouldSyncManyRecordsAtOnceAndSayHowFar() throws IOException {
        Unsyncable disk = new Unsyncable();
        try (JournalSite site = new JournalSite(root, disk, JournalSite.settings(Durability.POWER, 8))) {
            AtomicInteger told = new AtomicInteger();
            site.journal.onDurable(told::incrementAndGet);
            for (int i = 0; i < 10; i++) {
                site.append("d-" + i, 1, 1);
            }
            assertEquals(10, site.desk.takeOwed());
            assertEquals(0, site.journal.log().durableSequence());
            site.journal.work();
            assertEquals(1, disk.forced, "one sync for all of them");
            assertEquals(10, site.journal.log().durableSequence());
            assertEquals(1, told.get());
            site.journal.work();
            assertEquals(1, disk.forced, "nothing new, nothing synced");
        }
    }

    @Test
    void shouldFailForGoodWhenASyncFails() throws IOException {
        Unsyncable disk = new Unsyncable();
        try (JournalSite site = new JournalSite(root, disk, JournalSite.settings(Durability.POWER, 8))) {
            AtomicInteger told = new AtomicInteger();
            site.journal.onDurable(told::incrementAndGet);
            site.append("d-0", 1, 1);
            site.journal.work();
            site.append("d-1", 1, 1);
            disk.fails = true;
            site.journal.work();
            assertTrue(site.journal.log().failed());
            assertEquals(2, told.get(), "who waits is told");
            disk.fails = false;
            site.work();
            assertEquals(1, site.journal.log().durableSequence(), "a later sync that succeeds proves nothing");
            assertFalse(site.append("d-2", 1, 1));
            assertTrue(site.journal.facts().failed());
            assertTrue(site.journal.facts().lastError().contains("Input/output error"));
            assertEquals(1, site.readAll(site.producer(), 0).size(), "what is not durable is not reported");
        }
    }

    @Test
    void shouldRefuseSettingsThatMakeNoJournal() {
        assertThrows(IllegalArgumentException.class, () -> new JournalSettings(Durability.POWER, 1 << 20, 1 << 20));
        assertThrows(IllegalArgumentException.class, () -> new JournalSettings(Durability.POWER, 1 << 20, 1_000));
    }
}
