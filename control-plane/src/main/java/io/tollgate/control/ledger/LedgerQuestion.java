/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.grpc.StatusException;
import io.tollgate.v1.LedgerEntry;
import io.tollgate.v1.LedgerProducer;
import io.tollgate.v1.LedgerRejection;
import io.tollgate.v1.LedgerTotal;
import io.tollgate.v1.QueryLedgerRequest;
import io.tollgate.v1.QueryLedgerResponse;
import io.tollgate.v1.UsageRecord;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;

/** One question, made into SQL, page by page. A page goes on where the last one ended, whatever was added meanwhile. */
final class LedgerQuestion {
    private static final int DEFAULT_PAGE = 100;
    private static final int MAX_PAGE = 1_000;
    private static final long MS_PER_DAY = 86_400_000;

    private final Connection connection;
    private final QueryLedgerRequest request;
    private final int page;

    LedgerQuestion(Connection connection, QueryLedgerRequest request) throws StatusException {
        this.connection = connection;
        this.request = request;
        int wanted = request.getPageSize();
        this.page = wanted == 0 ? DEFAULT_PAGE : Integer.compareUnsigned(wanted, MAX_PAGE) > 0 ? MAX_PAGE : wanted;
        if (request.getFromMs() < 0 || request.getToMs() < 0) {
            throw wrong("from_ms and to_ms are milliseconds since 1970, and not negative");
        }
        if (request.getToMs() != 0 && request.getToMs() <= request.getFromMs()) {
            throw wrong("to_ms must be after from_ms");
        }
    }

    private static StatusException wrong(String what) {
        return Status.INVALID_ARGUMENT.withDescription(what).asException();
    }

    QueryLedgerResponse.Builder events() throws SQLException, StatusException {
        Sql sql = new Sql(
                "SELECT e.ledger_sequence, e.received_ms, e.remarks, e.sequence, p.sidecar_id, p.boot_id, e.dimension, e.record"
                        + " FROM usage_event e JOIN producer p ON p.producer_id = e.producer_id");
        about(sql, "e.");
        times(sql);
        sql.equal("p.sidecar_id", request.getSidecarId());
        sql.below("e.ledger_sequence", number());
        sql.end(" ORDER BY e.ledger_sequence DESC", page + 1);
        QueryLedgerResponse.Builder answer = QueryLedgerResponse.newBuilder();
        try (Sql.Rows rows = sql.run(connection)) {
            while (rows.next()) {
                if (answer.getEntriesCount() == page) {
                    return answer.setNextPageToken(
                            Long.toString(answer.getEntries(page - 1).getLedgerSequence()));
                }
                answer.addEntries(entry(rows.row()));
            }
        }
        return answer;
    }

    private static LedgerEntry entry(ResultSet row) throws SQLException {
        UsageRecord record;
        try {
            record = UsageRecord.parseFrom(row.getBytes(8));
        } catch (InvalidProtocolBufferException e) {
            throw new SQLException("event " + row.getLong(1) + " cannot be read: " + e.getMessage(), e);
        }
        return LedgerEntry.newBuilder()
                .setLedgerSequence(row.getLong(1))
                .setReceivedAtMs(row.getLong(2))
                .addAllRemarks(Remarks.texts(row.getInt(3)))
                .setSequence(row.getLong(4))
                .setProducer(row.getString(5) + "/" + row.getString(6))
                .setDimension(row.getString(7))
                .setEventId(record.getEventId())
                .setTimestampMs(record.getTimestampMs())
                .setScopePath(record.getScopePath())
                .setAmount(record.getAmount())
                .setCustomerExternalId(record.getCustomerExternalId())
                .setFeature(record.getFeature())
                .setDecisionId(record.getDecisionId())
                .setReservationId(record.getReservationId())
                .setLeaseId(record.getLeaseId())
                .putAllProperties(record.getPropertiesMap())
                .build();
    }

    /** From the kept sums when they say it: whole days, all sidecars. Else from the events. */
    QueryLedgerResponse.Builder totals() throws SQLException, StatusException {
        String what = "customer, feature, dimension, scope_path";
        boolean wholeDays = request.getFromMs() % MS_PER_DAY == 0 && request.getToMs() % MS_PER_DAY == 0;
        Sql sql;
        if (wholeDays && request.getSidecarId().isEmpty()) {
            sql = new Sql("SELECT " + what + ", SUM(amount_high), SUM(amount_low), SUM(event_count) FROM usage_total");
            about(sql, "");
            sql.atLeast("day", request.getFromMs() / MS_PER_DAY);
            sql.below("day", request.getToMs() / MS_PER_DAY);
        } else {
            sql = new Sql(
                    "SELECT " + what + ", SUM(amount / " + LedgerSchema.HIGH + "), SUM(amount % " + LedgerSchema.HIGH
                            + "), COUNT(*) FROM usage_event e JOIN producer p ON p.producer_id = e.producer_id");
            about(sql, "");
            times(sql);
            sql.equal("p.sidecar_id", request.getSidecarId());
        }
        after(sql, what);
        sql.end(" GROUP BY " + what + " ORDER BY " + what, page + 1);
        QueryLedgerResponse.Builder answer = QueryLedgerResponse.newBuilder();
        try (Sql.Rows rows = sql.run(connection)) {
            while (rows.next()) {
                if (answer.getTotalsCount() == page) {
                    return answer.setNextPageToken(token(answer.getTotals(page - 1)));
                }
                ResultSet row = rows.row();
                answer.addTotals(LedgerTotal.newBuilder()
                        .setCustomerExternalId(row.getString(1))
                        .setFeature(row.getString(2))
                        .setDimension(row.getString(3))
                        .setScopePath(row.getString(4))
                        .setAmount(Totals.sum(row.getLong(5), row.getLong(6)).toString())
                        .setEventCount(row.getLong(7)));
            }
        }
        return answer;
    }

    private static String token(LedgerTotal last) {
        byte[] bytes = last.toBuilder().clearAmount().clearEventCount().build().toByteArray();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private void after(Sql sql, String what) throws StatusException {
        if (request.getPageToken().isEmpty()) {
            return;
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(request.getPageToken().getBytes(StandardCharsets.ISO_8859_1));
            LedgerTotal last = LedgerTotal.parseFrom(bytes);
            sql.and(
                    "(" + what + ") > (?, ?, ?, ?)",
                    last.getCustomerExternalId(),
                    last.getFeature(),
                    last.getDimension(),
                    last.getScopePath());
        } catch (IllegalArgumentException | InvalidProtocolBufferException e) {
            throw wrong("page_token is not one that an answer gave");
        }
    }

    QueryLedgerResponse.Builder producers() throws SQLException, StatusException {
        Sql sql = new Sql(
                "SELECT producer_id, sidecar_id, boot_id, accepted_sequence, appended_sequence, event_count, rejected_count,"
                        + " first_report_ms, last_report_ms, lost_count FROM producer");
        sql.equal("sidecar_id", request.getSidecarId());
        sql.below("producer_id", number());
        sql.end(" ORDER BY producer_id DESC", page + 1);
        QueryLedgerResponse.Builder answer = QueryLedgerResponse.newBuilder();
        long last = 0;
        try (Sql.Rows rows = sql.run(connection)) {
            while (rows.next()) {
                ResultSet row = rows.row();
                if (answer.getProducersCount() == page) {
                    return answer.setNextPageToken(Long.toString(last));
                }
                last = row.getLong(1);
                answer.addProducers(LedgerProducer.newBuilder()
                        .setSidecarId(row.getString(2))
                        .setBootId(row.getString(3))
                        .setAcceptedSequence(row.getLong(4))
                        .setAppendedSequence(row.getLong(5))
                        .setEventCount(row.getLong(6))
                        .setRejectedCount(row.getLong(7))
                        .setFirstReportAtMs(row.getLong(8))
                        .setLastReportAtMs(row.getLong(9))
                        .setLostCount(row.getLong(10)));
            }
        }
        return answer;
    }

    QueryLedgerResponse.Builder rejections() throws SQLException, StatusException {
        Sql sql = new Sql("SELECT r.rejected_id, p.sidecar_id, p.boot_id, r.sequence, r.cause, r.received_ms, r.record"
                + " FROM usage_rejected r JOIN producer p ON p.producer_id = r.producer_id");
        sql.equal("p.sidecar_id", request.getSidecarId());
        sql.atLeast("r.received_ms", request.getFromMs());
        sql.below("r.received_ms", request.getToMs());
        sql.below("r.rejected_id", number());
        sql.end(" ORDER BY r.rejected_id DESC", page + 1);
        QueryLedgerResponse.Builder answer = QueryLedgerResponse.newBuilder();
        long last = 0;
        try (Sql.Rows rows = sql.run(connection)) {
            while (rows.next()) {
                ResultSet row = rows.row();
                if (answer.getRejectionsCount() == page) {
                    return answer.setNextPageToken(Long.toString(last));
                }
                last = row.getLong(1);
                answer.addRejections(LedgerRejection.newBuilder()
                        .setSidecarId(row.getString(2))
                        .setBootId(row.getString(3))
                        .setSequence(row.getLong(4))
                        .setCause(row.getString(5))
                        .setReceivedAtMs(row.getLong(6))
                        .setRecord(ByteString.copyFrom(row.getBytes(7))));
            }
        }
        return answer;
    }

    private void about(Sql sql, String table) {
        sql.equal(table + "customer", request.getCustomerExternalId());
        sql.equal(table + "feature", request.getFeature());
        sql.equal(table + "dimension", request.getDimension());
        String path = request.getScopePath();
        if (!path.isEmpty()) {
            // '0' is the character after '/': everything that begins with the path and a slash.
            sql.and(
                    "(" + table + "scope_path = ? OR (" + table + "scope_path >= ? AND " + table + "scope_path < ?))",
                    path,
                    path + "/",
                    path + "0");
        }
    }

    private void times(Sql sql) {
        sql.atLeast("timestamp_ms", request.getFromMs());
        sql.below("timestamp_ms", request.getToMs());
    }

    /** The page token as the number of the last row; 0 = from the beginning. */
    private long number() throws StatusException {
        if (request.getPageToken().isEmpty()) {
            return 0;
        }
        try {
            return Long.parseLong(request.getPageToken());
        } catch (NumberFormatException e) {
            throw wrong("page_token is not one that an answer gave");
        }
    }
}
