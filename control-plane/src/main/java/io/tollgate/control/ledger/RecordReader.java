/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.v1.UsageRecord;
import java.nio.charset.StandardCharsets;

/** Reads and checks one record as a sidecar sent it. Stateless. */
final class RecordReader {
    /** 9999-12-31T23:59:59.999Z. */
    private static final long LATEST_MS = 253_402_300_799_999L;
    /** A clock may be a little ahead. */
    private static final long FUTURE_MS = 3_600_000;

    /** As {@code io.tollgate.loader.journal.UsageSource} writes it. */
    private static final String VOID_PREFIX = "void:";

    private static final int MAX_VOID_BYTES = 1_024;

    private final LedgerLimits limits;
    private final KnownNames names;

    RecordReader(LedgerLimits limits, KnownNames names) {
        this.limits = limits;
        this.names = names;
    }

    /** Why a record can never be accepted; the message is for an operator. */
    static final class RejectedException extends Exception {
        private static final long serialVersionUID = 1L;

        RejectedException(String cause) {
            super(cause, null, false, false);
        }

        String why() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * {@return whether a record stands for a place of the journal where there is nothing to report: claimed by a thread that was killed
     * before it committed, so nobody was told of it; or damaged}
     */
    static boolean isVoid(ByteString bytes) {
        if (bytes.size() > MAX_VOID_BYTES) {
            return false;
        }
        try {
            UsageRecord record = UsageRecord.parseFrom(bytes);
            return record.getEventId().startsWith(VOID_PREFIX)
                    && record.toBuilder().clearEventId().build().getSerializedSize() == 0;
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    UsageEntry read(ByteString bytes, long nowMs) throws RejectedException {
        if (bytes.size() > limits.maxRecordBytes()) {
            throw new RejectedException(
                    "the record has " + bytes.size() + " bytes; at most " + limits.maxRecordBytes() + " are taken");
        }
        UsageRecord record;
        try {
            record = UsageRecord.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new RejectedException("the bytes are no UsageRecord: " + e.getMessage());
        }
        check(record);
        boolean named = !record.getDimension().isEmpty();
        return new UsageEntry(
                record.getEventId(),
                record.getTimestampMs(),
                record.getCustomerExternalId(),
                record.getFeature(),
                record.getScopePath(),
                named ? record.getDimension() : "#" + Integer.toUnsignedString(record.getDimensionId()),
                record.getAmount(),
                new UsageEntry.Links(record.getLeaseId(), record.getReservationId(), record.getDecisionId()),
                remarks(record, named, nowMs));
    }

    private void check(UsageRecord record) throws RejectedException {
        if (record.getEventId().isEmpty()) {
            throw new RejectedException("event_id is empty: without it the event could not be told from another");
        }
        if (record.getTimestampMs() <= 0 || record.getTimestampMs() > LATEST_MS) {
            throw new RejectedException("timestamp_ms " + record.getTimestampMs() + " is no time from 1970 to 9999");
        }
        if (record.getAmount() < 0) {
            throw new RejectedException("amount " + record.getAmount() + " is negative");
        }
        within("event_id", record.getEventId(), limits.maxIdBytes());
        within("customer_external_id", record.getCustomerExternalId(), limits.maxIdBytes());
        within("feature", record.getFeature(), limits.maxIdBytes());
        within("scope_path", record.getScopePath(), limits.maxPathBytes());
        within("dimension", record.getDimension(), limits.maxIdBytes());
        within("lease_id", record.getLeaseId(), limits.maxIdBytes());
        within("reservation_id", record.getReservationId(), limits.maxIdBytes());
        within("decision_id", record.getDecisionId(), limits.maxIdBytes());
        if (record.getPropertiesCount() > limits.maxProperties()) {
            throw new RejectedException("there are " + record.getPropertiesCount() + " properties; at most "
                    + limits.maxProperties() + " are taken");
        }
        for (var property : record.getPropertiesMap().entrySet()) {
            int length = utf8(property.getKey()) + property.getValue().getSerializedSize();
            if (length > limits.maxPropertyBytes()) {
                throw new RejectedException("a property has " + length + " bytes, name and value together; at most "
                        + limits.maxPropertyBytes() + " are taken");
            }
        }
    }

    private static void within(String field, String text, int maxBytes) throws RejectedException {
        int length = utf8(text);
        if (length > maxBytes) {
            throw new RejectedException(field + " has " + length + " bytes; at most " + maxBytes + " are taken");
        }
        if (text.indexOf('\0') >= 0) {
            throw new RejectedException(field + " has a zero character");
        }
    }

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private int remarks(UsageRecord record, boolean named, long nowMs) {
        int bits = 0;
        if (record.getCustomerExternalId().isEmpty()) {
            bits |= Remarks.NO_CUSTOMER.bit();
        } else if (!names.customer(record.getCustomerExternalId())) {
            bits |= Remarks.UNKNOWN_CUSTOMER.bit();
        }
        if (!named) {
            bits |= Remarks.NO_DIMENSION_NAME.bit();
        } else if (!names.dimension(record.getDimension())) {
            bits |= Remarks.UNKNOWN_DIMENSION.bit();
        }
        if (record.getTimestampMs() > nowMs + FUTURE_MS) {
            bits |= Remarks.FROM_THE_FUTURE.bit();
        }
        return bits;
    }
}
