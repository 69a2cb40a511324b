/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ledger;

import io.tollgate.loader.journal.JournalFacts;
import io.tollgate.loader.journal.Producer;
import io.tollgate.loader.journal.UsageSource;
import io.tollgate.v1.UsageRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A sidecar's journal in memory that outlives the restarts which a test makes up, and knows all that was ever appended. It objects
 * when more is acknowledged than there is.
 */
final class SurvivingJournal implements UsageSource {
    private final String sidecarId;
    private final Map<Producer, Run> runs = new LinkedHashMap<>();
    private Producer running;

    private static final class Run {
        final List<byte[]> records = new ArrayList<>();
        long acknowledged;
    }

    SurvivingJournal(String sidecarId) {
        this.sidecarId = sidecarId;
        running = new Producer(sidecarId, "boot-0");
        runs.put(running, new Run());
    }

    /** A new run begins. */
    synchronized void restart() {
        running = new Producer(sidecarId, "boot-" + runs.size());
        runs.put(running, new Run());
    }

    /** {@return the amount that was journaled} */
    synchronized long append(Random random) {
        Run run = runs.getOrDefault(running, new Run());
        long amount = random.nextInt(1_000);
        run.records.add(UsageRecord.newBuilder()
                .setEventId(sidecarId + ":" + running.bootId() + ":" + run.records.size())
                .setTimestampMs(1_795_219_200_000L + random.nextInt(300_000_000))
                .setCustomerExternalId(random.nextBoolean() ? "acme" : "lumen")
                .setScopePath("org:acme/project:p" + random.nextInt(3))
                .setDimension(random.nextBoolean() ? "tokens" : "requests")
                .setAmount(amount)
                .build()
                .toByteArray());
        return amount;
    }

    /** {@return event id and amount of everything that was ever appended} */
    synchronized Map<String, Long> everything() throws Exception {
        Map<String, Long> all = new LinkedHashMap<>();
        for (Run run : runs.values()) {
            for (byte[] bytes : run.records) {
                UsageRecord record = UsageRecord.parseFrom(bytes);
                all.put(record.getEventId(), record.getAmount());
            }
        }
        return all;
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
        for (long sequence = Math.max(after, run.acknowledged) + 1;
                sequence <= run.records.size() && given < maxRecords;
                sequence++) {
            byte[] record = run.records.get((int) sequence - 1);
            to.onRecord(sequence, new UnsafeBuffer(record), 0, record.length);
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
        return new JournalFacts(true, JournalFacts.Durability.PROCESS, 0, 0, 0, 0, 0, runs.size() - 1, 0, 0, false, "");
    }
}
