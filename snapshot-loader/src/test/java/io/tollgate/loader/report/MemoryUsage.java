/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.report;

import io.tollgate.loader.journal.JournalFacts;
import io.tollgate.loader.journal.Producer;
import io.tollgate.loader.journal.UsageSource;
import io.tollgate.v1.UsageRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** A journal in memory: runs in the order in which they began, records that are forgotten once they are acknowledged. */
final class MemoryUsage implements UsageSource {
    private static final class Run {
        final List<byte[]> records = new ArrayList<>();
        long acknowledged;
    }

    private final Map<Producer, Run> runs = new LinkedHashMap<>();

    synchronized void append(Producer producer, int count) {
        Run run = runs.computeIfAbsent(producer, any -> new Run());
        for (int i = 0; i < count; i++) {
            long sequence = run.records.size() + 1L;
            run.records.add(UsageRecord.newBuilder()
                    .setEventId(producer.sidecarId() + ":" + producer.bootId() + ":" + sequence)
                    .setTimestampMs(1_000 + sequence)
                    .setDimension("tokens")
                    .setAmount(sequence)
                    .build()
                    .toByteArray());
        }
    }

    synchronized long acknowledged(Producer producer) {
        Run run = runs.get(producer);
        return run == null ? 0 : run.acknowledged;
    }

    synchronized byte[] record(Producer producer, long sequence) {
        return runs.getOrDefault(producer, new Run()).records.get((int) sequence - 1);
    }

    @Override
    public synchronized @Nullable Producer oldest() {
        for (Map.Entry<Producer, Run> run : runs.entrySet()) {
            if (run.getValue().acknowledged < run.getValue().records.size()) {
                return run.getKey();
            }
        }
        return null;
    }

    @Override
    public synchronized int read(Producer producer, long after, int maxRecords, int maxBytes, RecordConsumer to) {
        Run run = runs.getOrDefault(producer, new Run());
        int given = 0;
        int bytes = 0;
        for (long sequence = Math.max(after, run.acknowledged) + 1;
                sequence <= run.records.size() && given < maxRecords;
                sequence++) {
            byte[] record = run.records.get((int) sequence - 1);
            if (given > 0 && bytes + record.length > maxBytes) {
                break;
            }
            to.onRecord(sequence, new UnsafeBuffer(record), 0, record.length);
            bytes += record.length;
            given++;
        }
        return given;
    }

    @Override
    public synchronized void acknowledged(Producer producer, long sequence) {
        Run run = runs.get(producer);
        if (run == null || sequence > run.records.size()) {
            throw new AssertionError("acknowledged " + sequence + " of " + producer + ", which was never appended");
        }
        run.acknowledged = Math.max(run.acknowledged, sequence);
    }

    @Override
    public synchronized JournalFacts facts() {
        long pending = 0;
        Run last = new Run();
        for (Run run : runs.values()) {
            pending += run.records.size() - run.acknowledged;
            last = run;
        }
        return new JournalFacts(
                true,
                JournalFacts.Durability.PROCESS,
                pending,
                0,
                0,
                last.records.size(),
                last.acknowledged,
                Math.max(0, runs.size() - 1),
                0,
                0,
                false,
                "");
    }
}
