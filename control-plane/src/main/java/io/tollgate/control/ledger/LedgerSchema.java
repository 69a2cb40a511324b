/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables, and how older ones become these. A version is applied whole, in one transaction.
 *
 * <p>Sums are kept in two columns, amount = amount_high * 10^9 + amount_low, each added up by itself: so no sum of 64-bit amounts can
 * overflow, in whatever database.
 */
final class LedgerSchema {
    /** Of {@code amount_high}. */
    static final long HIGH = 1_000_000_000L;

    private static final List<List<String>> VERSIONS = List.of(
            List.of(
                    """
            CREATE TABLE ledger (
                ledger_id TEXT NOT NULL,
                schema_version INTEGER NOT NULL)
            """,
                    """
            CREATE TABLE producer (
                producer_id INTEGER PRIMARY KEY,
                sidecar_id TEXT NOT NULL,
                boot_id TEXT NOT NULL,
                accepted_sequence BIGINT NOT NULL,
                appended_sequence BIGINT NOT NULL,
                event_count BIGINT NOT NULL,
                rejected_count BIGINT NOT NULL,
                lost_count BIGINT NOT NULL,
                first_report_ms BIGINT NOT NULL,
                last_report_ms BIGINT NOT NULL,
                UNIQUE (sidecar_id, boot_id))
            """,
                    // The whole record stays, as it was frozen: whoever bills from it later needs its facts, not ours.
                    """
            CREATE TABLE usage_event (
                ledger_sequence INTEGER PRIMARY KEY,
                event_id TEXT NOT NULL,
                producer_id BIGINT NOT NULL,
                sequence BIGINT NOT NULL,
                timestamp_ms BIGINT NOT NULL,
                received_ms BIGINT NOT NULL,
                customer TEXT NOT NULL,
                feature TEXT NOT NULL,
                scope_path TEXT NOT NULL,
                dimension TEXT NOT NULL,
                amount BIGINT NOT NULL,
                lease_id TEXT NOT NULL,
                reservation_id TEXT NOT NULL,
                decision_id TEXT NOT NULL,
                remarks INTEGER NOT NULL,
                record BLOB NOT NULL,
                UNIQUE (event_id),
                UNIQUE (producer_id, sequence))
            """,
                    "CREATE INDEX usage_event_customer ON usage_event (customer, timestamp_ms)",
                    "CREATE INDEX usage_event_timestamp ON usage_event (timestamp_ms)",
                    """
            CREATE TABLE usage_total (
                customer TEXT NOT NULL,
                feature TEXT NOT NULL,
                dimension TEXT NOT NULL,
                scope_path TEXT NOT NULL,
                day BIGINT NOT NULL,
                amount_high BIGINT NOT NULL,
                amount_low BIGINT NOT NULL,
                event_count BIGINT NOT NULL,
                PRIMARY KEY (customer, feature, dimension, scope_path, day))
            """,
                    """
            CREATE TABLE usage_rejected (
                rejected_id INTEGER PRIMARY KEY,
                producer_id BIGINT NOT NULL,
                sequence BIGINT NOT NULL,
                sha256 BLOB NOT NULL,
                cause TEXT NOT NULL,
                received_ms BIGINT NOT NULL,
                record BLOB NOT NULL,
                UNIQUE (producer_id, sequence, sha256))
            """,
                    """
            CREATE TABLE usage_lost (
                producer_id BIGINT NOT NULL,
                first_sequence BIGINT NOT NULL,
                last_sequence BIGINT NOT NULL,
                cause TEXT NOT NULL,
                noticed_ms BIGINT NOT NULL,
                PRIMARY KEY (producer_id, first_sequence))
            """));

    private LedgerSchema() {}

    /** {@return whether the database has none of our tables} */
    static boolean isEmpty(Connection connection) throws SQLException {
        try (ResultSet tables = connection.getMetaData().getTables(null, null, "ledger", null)) {
            return !tables.next();
        }
    }

    /** Makes the tables, or brings older ones up to date. Not in a transaction of the caller's. */
    static void migrate(Connection connection, String newLedgerId) throws SQLException {
        int version = isEmpty(connection) ? 0 : version(connection);
        if (version > VERSIONS.size()) {
            throw new SQLException("the ledger was written by a newer version of Tollgate (its tables have version "
                    + version + ", this program knows " + VERSIONS.size() + "): start that one");
        }
        for (int next = version; next < VERSIONS.size(); next++) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                for (String sql : VERSIONS.get(next)) {
                    statement.executeUpdate(sql);
                }
                if (next == 0) {
                    insert(connection, newLedgerId);
                }
                statement.executeUpdate("UPDATE ledger SET schema_version = " + (next + 1));
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    private static void insert(Connection connection, String ledgerId) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO ledger (ledger_id, schema_version) VALUES (?, 0)")) {
            statement.setString(1, ledgerId);
            statement.executeUpdate();
        }
    }

    private static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT schema_version FROM ledger")) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    static String ledgerId(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT ledger_id FROM ledger")) {
            if (!row.next()) {
                throw new SQLException("the table 'ledger' has no row");
            }
            return row.getString(1);
        }
    }
}
