/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.journal;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.core.journal.UsageDesk;
import io.tollgate.core.journal.UsageSubject;
import io.tollgate.loader.journal.JournalFacts.Durability;
import io.tollgate.loader.storage.Storage;
import io.tollgate.v1.UsageRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;

/** A journal in a folder, opened run after run; its thread is the test's own: {@link #work}. */
final class JournalSite implements AutoCloseable {
    static final int SEGMENT = 512 * 1024;
    private static final UnsafeBuffer TOKENS = new UnsafeBuffer("llm.tokens".getBytes(StandardCharsets.UTF_8));

    final Path root;
    UsageJournal journal;
    UsageDesk desk;
    long nowNs;
    private int runs;
    private final String name;

    /** One record as it was read. */
    record Read(long sequence, UsageRecord record) {}

    JournalSite(Path root, Storage storage, JournalSettings settings) throws IOException {
        this(root, storage, settings, "boot-");
    }

    JournalSite(Path root, Storage storage, JournalSettings settings, String name) throws IOException {
        this.root = root;
        this.name = name;
        journal = open(storage, settings);
        desk = new UsageDesk(journal.log(), 0);
    }

    JournalSite(Path root) throws IOException {
        this(root, Storage.LOCAL, settings(Durability.PROCESS, 8));
    }

    static JournalSettings settings(Durability durability, int segments) {
        return new JournalSettings(durability, (long) segments * SEGMENT, SEGMENT);
    }

    private UsageJournal open(Storage storage, JournalSettings settings) throws IOException {
        return UsageJournal.open(
                storage,
                root.resolve("journal"),
                root.resolve("damaged"),
                settings,
                new Producer("edge-1", name + runs++),
                new Random(runs),
                () -> nowNs);
    }

    /** The process ends, in order or not: the files are as they are. */
    void restart(Storage storage, JournalSettings settings) throws IOException {
        journal.close();
        journal = open(storage, settings);
        desk = new UsageDesk(journal.log(), 0);
    }

    void restart() throws IOException {
        restart(Storage.LOCAL, settings(Durability.PROCESS, 8));
    }

    Producer producer() {
        return new Producer("edge-1", journal.log().bootId());
    }

    boolean append(String decision, int records, long amount) {
        desk.subject().reset();
        byte[] id = decision.getBytes(StandardCharsets.UTF_8);
        desk.subject().put(UsageSubject.DECISION, id, 0, id.length);
        byte[] scope = "org:acme".getBytes(StandardCharsets.UTF_8);
        desk.subject().put(UsageSubject.SCOPE, scope, 0, scope.length);
        if (!desk.ensure(desk.bound(records, (long) records * TOKENS.capacity(), 0))) {
            return false;
        }
        desk.begin(1_795_132_800_000L);
        for (int i = 0; i < records; i++) {
            desk.record(i, i, TOKENS, 0, TOKENS.capacity(), amount);
        }
        desk.append();
        desk.trim();
        return true;
    }

    void settle(long high, long low, long amount) {
        desk.subject().reset();
        if (!desk.ensure(desk.bound(1, TOKENS.capacity(), 0))) {
            throw new AssertionError("full");
        }
        desk.begin(1_795_132_800_000L, high, low, new byte[0], 0);
        desk.record(0, 1, TOKENS, 0, TOKENS.capacity(), amount);
        desk.append();
        desk.trim();
    }

    void work() {
        for (int i = 0; i < 4; i++) {
            journal.work();
        }
    }

    List<Read> read(Producer producer, long after, int maxRecords, int maxBytes) {
        List<Read> read = new ArrayList<>();
        int given = journal.read(producer, after, maxRecords, maxBytes, (sequence, bytes, offset, length) -> {
            byte[] copy = new byte[length];
            bytes.getBytes(offset, copy);
            try {
                read.add(new Read(sequence, UsageRecord.parseFrom(copy)));
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError("record " + sequence + " is no UsageRecord", e);
            }
        });
        if (given != read.size()) {
            throw new AssertionError(given + " said, " + read.size() + " given");
        }
        return read;
    }

    List<Read> readAll(Producer producer, long after) {
        List<Read> all = new ArrayList<>();
        List<Read> some = read(producer, after, 700, 100_000);
        while (!some.isEmpty()) {
            all.addAll(some);
            some = read(producer, all.get(all.size() - 1).sequence(), 700, 100_000);
        }
        return all;
    }

    @Override
    public void close() {
        journal.close();
    }
}
