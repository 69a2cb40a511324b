/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** The writer's statements, prepared once. Ledger's thread; the transaction is the caller's. */
final class LedgerTables implements AutoCloseable {
    private static final String INSERT_EVENT =
            """
            INSERT INTO usage_event (ledger_sequence, event_id, producer_id, sequence, timestamp_ms, received_ms, customer, feature,
                scope_path, dimension, amount, lease_id, reservation_id, decision_id, remarks, record)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (event_id) DO NOTHING
            """;
    private static final String INSERT_REJECTED =
            """
            INSERT INTO usage_rejected (rejected_id, producer_id, sequence, sha256, cause, received_ms, record)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (producer_id, sequence, sha256) DO NOTHING
            """;

    private final Connection connection;
    private final PreparedStatement insertEvent;
    private final PreparedStatement insertRejected;
    private final PreparedStatement insertLost;
    private final PreparedStatement findProducer;
    private final PreparedStatement insertProducer;
    private final PreparedStatement updateProducer;
    private final PreparedStatement findEvent;
    private final PreparedStatement findPlace;
    private final PreparedStatement findRejected;
    private final PreparedStatement findAnyRejected;

    LedgerTables(Connection connection) throws SQLException {
        this.connection = connection;
        insertEvent = connection.prepareStatement(INSERT_EVENT);
        insertRejected = connection.prepareStatement(INSERT_REJECTED);
        insertLost = connection.prepareStatement(
                "INSERT INTO usage_lost (producer_id, first_sequence, last_sequence, cause, noticed_ms)"
                        + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (producer_id, first_sequence) DO NOTHING");
        findProducer = connection.prepareStatement(
                "SELECT producer_id, accepted_sequence, appended_sequence, event_count,"
                        + " rejected_count, lost_count, last_report_ms FROM producer WHERE sidecar_id = ? AND boot_id = ?");
        insertProducer =
                connection.prepareStatement("INSERT INTO producer (producer_id, sidecar_id, boot_id, accepted_sequence,"
                        + " appended_sequence, event_count, rejected_count, lost_count, first_report_ms, last_report_ms)"
                        + " VALUES (?, ?, ?, 0, 0, 0, 0, 0, ?, ?)");
        updateProducer = connection.prepareStatement(
                "UPDATE producer SET accepted_sequence = ?, appended_sequence = ?, event_count = ?,"
                        + " rejected_count = ?, lost_count = ?, last_report_ms = ? WHERE producer_id = ?");
        findEvent = connection.prepareStatement("SELECT record FROM usage_event WHERE event_id = ?");
        findPlace =
                connection.prepareStatement("SELECT record FROM usage_event WHERE producer_id = ? AND sequence = ?");
        findRejected = connection.prepareStatement(
                "SELECT cause FROM usage_rejected WHERE producer_id = ? AND sequence = ?" + " AND sha256 = ?");
        findAnyRejected = connection.prepareStatement(
                "SELECT 1 FROM usage_rejected WHERE producer_id = ? AND sequence = ? LIMIT 1");
    }

    /** {@return the highest number in a column; 0 when the table is empty} */
    long newest(String column, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT MAX(" + column + ") FROM " + table)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    @Nullable
    ProducerRow producer(String sidecarId, String bootId) throws SQLException {
        findProducer.setString(1, sidecarId);
        findProducer.setString(2, bootId);
        try (ResultSet row = findProducer.executeQuery()) {
            if (!row.next()) {
                return null;
            }
            ProducerRow producer = new ProducerRow(row.getLong(1), sidecarId, bootId);
            producer.acceptedSequence = row.getLong(2);
            producer.appendedSequence = row.getLong(3);
            producer.eventCount = row.getLong(4);
            producer.rejectedCount = row.getLong(5);
            producer.lostCount = row.getLong(6);
            producer.lastReportMs = row.getLong(7);
            return producer;
        }
    }

    ProducerRow insertProducer(long id, String sidecarId, String bootId, long nowMs) throws SQLException {
        insertProducer.setLong(1, id);
        insertProducer.setString(2, sidecarId);
        insertProducer.setString(3, bootId);
        insertProducer.setLong(4, nowMs);
        insertProducer.setLong(5, nowMs);
        insertProducer.executeUpdate();
        return new ProducerRow(id, sidecarId, bootId);
    }

    void update(ProducerRow producer) throws SQLException {
        updateProducer.setLong(1, producer.acceptedSequence);
        updateProducer.setLong(2, producer.appendedSequence);
        updateProducer.setLong(3, producer.eventCount);
        updateProducer.setLong(4, producer.rejectedCount);
        updateProducer.setLong(5, producer.lostCount);
        updateProducer.setLong(6, producer.lastReportMs);
        updateProducer.setLong(7, producer.id);
        updateProducer.executeUpdate();
    }

    /** {@return whether it was inserted; false = an event of this id is there} */
    boolean insertEvent(
            long ledgerSequence, ProducerRow producer, long sequence, long nowMs, UsageEntry entry, ByteString record)
            throws SQLException {
        insertEvent.setLong(1, ledgerSequence);
        insertEvent.setString(2, entry.eventId());
        insertEvent.setLong(3, producer.id);
        insertEvent.setLong(4, sequence);
        insertEvent.setLong(5, entry.timestampMs());
        insertEvent.setLong(6, nowMs);
        insertEvent.setString(7, entry.customer());
        insertEvent.setString(8, entry.feature());
        insertEvent.setString(9, entry.scopePath());
        insertEvent.setString(10, entry.dimension());
        insertEvent.setLong(11, entry.amount());
        insertEvent.setString(12, entry.links().leaseId());
        insertEvent.setString(13, entry.links().reservationId());
        insertEvent.setString(14, entry.links().decisionId());
        insertEvent.setInt(15, entry.remarks());
        insertEvent.setBytes(16, record.toByteArray());
        return insertEvent.executeUpdate() == 1;
    }

    /** {@return whether it was inserted; false = the same was rejected before} */
    boolean insertRejected(long id, ProducerRow producer, long sequence, String cause, long nowMs, ByteString record)
            throws SQLException {
        insertRejected.setLong(1, id);
        insertRejected.setLong(2, producer.id);
        insertRejected.setLong(3, sequence);
        insertRejected.setBytes(4, sha256(record));
        insertRejected.setString(5, cause);
        insertRejected.setLong(6, nowMs);
        insertRejected.setBytes(7, record.toByteArray());
        return insertRejected.executeUpdate() == 1;
    }

    /** {@return whether it was inserted; false = it was known} */
    boolean insertLost(ProducerRow producer, long first, long last, String cause, long nowMs) throws SQLException {
        insertLost.setLong(1, producer.id);
        insertLost.setLong(2, first);
        insertLost.setLong(3, last);
        insertLost.setString(4, cause);
        insertLost.setLong(5, nowMs);
        return insertLost.executeUpdate() == 1;
    }

    /** {@return the bytes of the event of this id} */
    @Nullable
    ByteString event(String eventId) throws SQLException {
        findEvent.setString(1, eventId);
        return bytes(findEvent);
    }

    /** {@return the bytes of the event at a place of a producer's journal; null = there is none, it was rejected or a repetition} */
    @Nullable
    ByteString eventAt(ProducerRow producer, long sequence) throws SQLException {
        findPlace.setLong(1, producer.id);
        findPlace.setLong(2, sequence);
        return bytes(findPlace);
    }

    /** {@return why these bytes were rejected at this place; null = they were not} */
    @Nullable
    String rejection(ProducerRow producer, long sequence, ByteString record) throws SQLException {
        findRejected.setLong(1, producer.id);
        findRejected.setLong(2, sequence);
        findRejected.setBytes(3, sha256(record));
        try (ResultSet row = findRejected.executeQuery()) {
            return row.next() ? row.getString(1) : null;
        }
    }

    /** {@return whether anything was rejected at this place} */
    boolean isRejected(ProducerRow producer, long sequence) throws SQLException {
        findAnyRejected.setLong(1, producer.id);
        findAnyRejected.setLong(2, sequence);
        try (ResultSet row = findAnyRejected.executeQuery()) {
            return row.next();
        }
    }

    private static @Nullable ByteString bytes(PreparedStatement question) throws SQLException {
        try (ResultSet row = question.executeQuery()) {
            return row.next() ? ByteString.copyFrom(row.getBytes(1)) : null;
        }
    }

    private static byte[] sha256(ByteString record) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(record.asReadOnlyByteBuffer());
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    Connection connection() {
        return connection;
    }

    @Override
    public void close() {
        LedgerDatabase.closeQuietly(connection);
    }
}
