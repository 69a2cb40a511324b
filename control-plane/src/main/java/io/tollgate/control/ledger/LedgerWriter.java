/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import com.google.protobuf.ByteString;
import io.tollgate.v1.RejectedUsage;
import io.tollgate.v1.UsageBatch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts batches into the tables, several in one transaction. Of each producer only what comes next is taken, so its watermark alone says
 * what was there before: at or below it a record is a repetition, and is compared with what is kept. Ledger's thread.
 */
final class LedgerWriter implements AutoCloseable {
    private static final Logger LOG = System.getLogger("tollgate.control.ledger");
    private static final int MAX_REMEMBERED_PRODUCERS = 10_000;

    private final LedgerTables tables;
    private final RecordReader reader;
    private final InstantSource clock;
    private final boolean passLost;
    private final Totals totals = new Totals();
    private final Map<String, ProducerRow> producers = new LinkedHashMap<>(16, 0.75f, true);
    private long ledgerSequence;
    private long producerId;
    private long rejectedId;
    private LedgerCounts counts;
    private String lastTrouble = "";

    /**
     * Reads where the numbers stand.
     *
     * @param passLost whether what an older ledger acknowledged and this one never had is passed over, and noted as lost
     * @param before what was done until now
     */
    LedgerWriter(LedgerTables tables, RecordReader reader, InstantSource clock, boolean passLost, LedgerCounts before)
            throws SQLException {
        this.tables = tables;
        this.reader = reader;
        this.clock = clock;
        this.passLost = passLost;
        ledgerSequence = tables.newest("ledger_sequence", "usage_event");
        producerId = tables.newest("producer_id", "producer");
        rejectedId = tables.newest("rejected_id", "usage_rejected");
        tables.connection().rollback();
        counts = before.plus(new LedgerCounts(0, 0, 0, 0, 0, ledgerSequence));
    }

    LedgerCounts counts() {
        return counts;
    }

    /**
     * Applies batches and commits. After a failure this writer is of no use any more: close it and open another one, because some databases
     * end a transaction by themselves when a statement fails, and what the driver believes is then wrong.
     *
     * @return what became of each, in their order
     * @throws SQLException when nothing of any was taken
     */
    List<Receipt> apply(List<UsageBatch> batches) throws SQLException {
        List<Receipt> receipts = new ArrayList<>(batches.size());
        for (UsageBatch batch : batches) {
            receipts.add(apply(batch));
        }
        totals.write(tables.connection());
        tables.connection().commit();
        return receipts;
    }

    private Receipt apply(UsageBatch batch) throws SQLException {
        long nowMs = clock.millis();
        ProducerRow producer = producer(batch, nowMs);
        String trouble = makeGood(producer, batch, nowMs);
        if (trouble != null) {
            if (!trouble.equals(lastTrouble)) {
                lastTrouble = trouble;
                LOG.log(Level.ERROR, trouble);
            }
            return new Receipt(Receipt.Result.REFUSED, 0, List.of(), trouble);
        }
        producer.appendedSequence = Math.max(producer.appendedSequence, batch.getAppendedSequence());
        producer.lastReportMs = nowMs;
        long first = batch.getFirstSequence();
        if (batch.getRecordsCount() > 0 && first > producer.acceptedSequence + 1) {
            tables.update(producer);
            return new Receipt(
                    Receipt.Result.GAP,
                    producer.acceptedSequence,
                    List.of(),
                    "sequence " + first + " of " + producer + " came, and " + (producer.acceptedSequence + 1)
                            + " is expected next");
        }
        List<RejectedUsage> rejected = new ArrayList<>();
        for (int i = 0; i < batch.getRecordsCount(); i++) {
            long sequence = first + i;
            ByteString record = batch.getRecords(i);
            String cause = sequence <= producer.acceptedSequence
                    ? repeated(producer, sequence, record, nowMs)
                    : accept(producer, sequence, record, nowMs);
            if (cause != null) {
                rejected.add(RejectedUsage.newBuilder()
                        .setSequence(sequence)
                        .setCause(cause)
                        .build());
            }
        }
        producer.appendedSequence = Math.max(producer.appendedSequence, producer.acceptedSequence);
        tables.update(producer);
        if (!rejected.isEmpty()) {
            // One line for a batch: a broken sender must not fill the log.
            LOG.log(
                    Level.ERROR,
                    rejected.size() + " usage records of " + producer
                            + " are rejected, and kept in usage_rejected; the first is "
                            + rejected.get(0).getSequence() + ": "
                            + rejected.get(0).getCause());
        }
        return new Receipt(Receipt.Result.ACCEPTED, producer.acceptedSequence, List.copyOf(rejected), "");
    }

    private ProducerRow producer(UsageBatch batch, long nowMs) throws SQLException {
        String sidecarId = batch.getProducer().getSidecarId();
        String bootId = batch.getProducer().getBootId();
        String key = sidecarId.length() + ":" + sidecarId + bootId;
        ProducerRow producer = producers.get(key);
        if (producer == null) {
            producer = tables.producer(sidecarId, bootId);
            if (producer == null) {
                producer = tables.insertProducer(++producerId, sidecarId, bootId, nowMs);
            }
            producers.put(key, producer);
            if (producers.size() > MAX_REMEMBERED_PRODUCERS) {
                producers.remove(producers.keySet().iterator().next());
            }
        }
        return producer;
    }

    /**
     * Sees to sequences that will never come. Returns why nothing can be taken; null = all is well.
     */
    private @Nullable String makeGood(ProducerRow producer, UsageBatch batch, long nowMs) throws SQLException {
        long acknowledged = batch.getAcknowledgedSequence();
        if (acknowledged > producer.acceptedSequence) {
            if (!passLost) {
                return "this ledger has " + producer + " up to sequence " + producer.acceptedSequence
                        + ", and its sidecar was told that "
                        + acknowledged
                        + " is accepted: this ledger is older than one that was used before, or is another one. Put"
                        + " the newer one back; or, when it is gone for good, set ledger.lost_reports: pass, which notes what is"
                        + " missing as lost and goes on";
            }
            lose(producer, acknowledged, "acknowledged by a ledger that is gone", nowMs);
        }
        long damagedFrom = batch.getDamagedFromSequence();
        long last = batch.getFirstSequence() - 1;
        if (damagedFrom > 0 && damagedFrom <= producer.acceptedSequence + 1 && last > producer.acceptedSequence) {
            lose(producer, last, "damaged in the sidecar's journal", nowMs);
        }
        return null;
    }

    private void lose(ProducerRow producer, long last, String cause, long nowMs) throws SQLException {
        long first = producer.acceptedSequence + 1;
        tables.insertLost(producer, first, last, cause, nowMs);
        producer.lostCount += last - first + 1;
        producer.acceptedSequence = last;
        counts = counts.plus(new LedgerCounts(0, 0, 0, 0, last - first + 1, 0));
        LOG.log(Level.ERROR, "usage of " + producer + " is LOST, sequences " + first + " to " + last + ": " + cause);
    }

    /** Takes what comes next. Returns why it was rejected; null = it is in the ledger, from now on or already. */
    private @Nullable String accept(ProducerRow producer, long sequence, ByteString record, long nowMs)
            throws SQLException {
        producer.acceptedSequence = sequence;
        return take(producer, sequence, record, nowMs);
    }

    private @Nullable String take(ProducerRow producer, long sequence, ByteString record, long nowMs)
            throws SQLException {
        if (RecordReader.isVoid(record)) {
            if (tables.insertLost(producer, sequence, sequence, "void in the sidecar's journal", nowMs)) {
                producer.lostCount++;
                counts = counts.plus(new LedgerCounts(0, 0, 0, 0, 1, 0));
            }
            return null;
        }
        UsageEntry entry;
        try {
            entry = reader.read(record, nowMs);
        } catch (RecordReader.RejectedException e) {
            return reject(producer, sequence, record, e.why(), false, nowMs);
        }
        if (tables.insertEvent(ledgerSequence + 1, producer, sequence, nowMs, entry, record)) {
            ledgerSequence++;
            producer.eventCount++;
            totals.add(entry);
            counts = counts.plus(new LedgerCounts(1, 0, 0, 0, 0, ledgerSequence));
            return null;
        }
        ByteString kept = tables.event(entry.eventId());
        if (kept != null && (kept.equals(record) || isSameUse(kept, entry, nowMs))) {
            counts = counts.plus(new LedgerCounts(0, 1, 0, 0, 0, 0));
            return null;
        }
        String cause = "event " + entry.eventId() + " is in the ledger with other content: one of the two is wrong";
        return reject(producer, sequence, record, cause, true, nowMs);
    }

    private boolean isSameUse(ByteString kept, UsageEntry entry, long nowMs) {
        try {
            return reader.read(kept, nowMs).samesUse(entry);
        } catch (RecordReader.RejectedException e) {
            return false;
        }
    }

    /**
     * A record at or below the watermark: as it was kept, or somebody must look. One that was given up as lost and comes after all is
     * taken.
     */
    private @Nullable String repeated(ProducerRow producer, long sequence, ByteString record, long nowMs)
            throws SQLException {
        ByteString kept = tables.eventAt(producer, sequence);
        if (kept != null && (kept.equals(record) || RecordReader.isVoid(record))) {
            counts = counts.plus(new LedgerCounts(0, 1, 0, 0, 0, 0));
            return null;
        }
        String rejection = tables.rejection(producer, sequence, record);
        if (rejection != null) {
            return rejection;
        }
        if (kept == null && !tables.isRejected(producer, sequence)) {
            return take(producer, sequence, record, nowMs);
        }
        String cause = "sequence " + sequence + " of " + producer + " came before with other content";
        return reject(producer, sequence, record, cause, true, nowMs);
    }

    private String reject(
            ProducerRow producer, long sequence, ByteString record, String cause, boolean conflict, long nowMs)
            throws SQLException {
        if (tables.insertRejected(rejectedId + 1, producer, sequence, cause, nowMs, record)) {
            rejectedId++;
        }
        producer.rejectedCount++;
        counts = counts.plus(new LedgerCounts(0, 0, 1, conflict ? 1 : 0, 0, 0));
        return cause;
    }

    @Override
    public void close() {
        tables.close();
    }
}
