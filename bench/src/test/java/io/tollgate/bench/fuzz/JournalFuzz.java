/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import io.tollgate.core.journal.UsageDesk;
import io.tollgate.core.journal.UsageSubject;
import io.tollgate.loader.journal.JournalFacts.Durability;
import io.tollgate.loader.journal.JournalSettings;
import io.tollgate.loader.journal.Producer;
import io.tollgate.loader.journal.UsageJournal;
import io.tollgate.loader.storage.Storage;
import io.tollgate.v1.UsageRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;

/** Segments of the journal that were changed on the disk: it opens, and what it gives out are whole records of that run, in order. */
final class JournalFuzz implements FuzzTarget {
    private static final int RECORDS = 20;
    private static final int SEGMENT_BYTES = 512 * 1024;
    private static final JournalSettings SETTINGS =
            new JournalSettings(Durability.PROCESS, 4L * SEGMENT_BYTES, SEGMENT_BYTES);
    private static final Path FOLDER = SmallSnapshot.scratch();
    private static byte[] segment = {};
    private static String segmentName = "";

    public static void fuzzerTestOneInput(final byte[] data) throws Exception {
        new JournalFuzz().run(data);
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(new byte[] {0, 0, 16, 0, 1, 9}, new byte[] {0, 0, 16, 64, 2, 9, 9, 0, 0, 0, (byte) 250, 1, 1});
    }

    private static UsageJournal open(final Path folder, final String boot) throws IOException {
        return UsageJournal.open(
                Storage.LOCAL,
                folder.resolve("journal"),
                folder.resolve("damaged"),
                SETTINGS,
                new Producer("edge", boot),
                new Random(42),
                System::nanoTime);
    }

    private static void prepare() throws IOException {
        final Path folder = SmallSnapshot.scratch();
        final UnsafeBuffer name = new UnsafeBuffer("llm.tokens".getBytes(StandardCharsets.UTF_8));
        try (UsageJournal journal = open(folder, "boot-1")) {
            final UsageDesk desk = new UsageDesk(journal.log(), 0);
            for (int i = 0; i < RECORDS; i++) {
                final byte[] scope = ("org:acme/project:p" + i).getBytes(StandardCharsets.UTF_8);
                desk.subject().reset();
                desk.subject().put(UsageSubject.SCOPE, scope, 0, scope.length);
                desk.nameDecision();
                if (!desk.ensure(desk.bound(1, name.capacity(), 0))) {
                    throw new IllegalStateException("the journal is full");
                }
                desk.begin(1_000 + i);
                desk.record(0, 1, name, 0, name.capacity(), 100 + i);
                desk.append();
            }
        }
        try (Stream<Path> files = Files.list(folder.resolve("journal"))) {
            final Path first = files.filter(file -> file.toString().endsWith(".tgj"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
            segment = Files.readAllBytes(first);
            segmentName = first.getFileName().toString();
        }
    }

    @Override
    public void run(final byte[] data) throws Exception {
        if (segment.length == 0) {
            prepare();
        }
        Storage.LOCAL.delete(FOLDER.resolve("journal"));
        Storage.LOCAL.delete(FOLDER.resolve("damaged"));
        Files.createDirectories(FOLDER.resolve("journal"));
        Files.createDirectories(FOLDER.resolve("damaged"));
        Files.write(FOLDER.resolve("journal").resolve(segmentName), FileChanges.apply(segment, data, 0));
        try (UsageJournal journal = open(FOLDER, "boot-2")) {
            final Producer oldest = journal.oldest();
            if (oldest != null) {
                final long[] last = {0};
                journal.read(oldest, 0, RECORDS * 2, SEGMENT_BYTES, (sequence, bytes, offset, length) -> {
                    if (sequence <= last[0]) {
                        throw new IllegalStateException("sequence " + sequence + " after " + last[0]);
                    }
                    last[0] = sequence;
                    final byte[] record = new byte[length];
                    bytes.getBytes(offset, record);
                    expectWhole(record);
                });
            }
        }
    }

    private static void expectWhole(final byte[] record) {
        try {
            final UsageRecord read = UsageRecord.parseFrom(record);
            // Where something is missing, a void record keeps its place in the sequence.
            final boolean isVoid = read.getEventId().startsWith("void:") && read.getAmount() == 0;
            if (!isVoid && (read.getAmount() < 100 || read.getAmount() >= 100 + RECORDS)) {
                throw new IllegalStateException("a record that nobody wrote: " + read);
            }
        } catch (final com.google.protobuf.InvalidProtocolBufferException ex) {
            throw new IllegalStateException("no record", ex);
        }
    }
}
