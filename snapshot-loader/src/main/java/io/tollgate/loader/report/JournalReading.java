/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.report;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.loader.journal.UsageSource;
import io.tollgate.v1.UsageBatch;
import io.tollgate.v1.UsageRecord;
import org.agrona.DirectBuffer;

/** Copies records into a batch: the journal's memory is only lent. */
final class JournalReading implements UsageSource.RecordConsumer {
    final UsageBatch.Builder batch = UsageBatch.newBuilder();
    long first;
    long bytes;
    /** Of the first record; 0 = it has none. */
    long timestampMs;

    @Override
    public void onRecord(long sequence, DirectBuffer buffer, int offset, int length) {
        byte[] copy = new byte[length];
        buffer.getBytes(offset, copy);
        if (batch.getRecordsCount() == 0) {
            first = sequence;
            timestampMs = timestamp(copy);
        }
        batch.addRecords(ByteString.copyFrom(copy));
        bytes += length;
    }

    int count() {
        return batch.getRecordsCount();
    }

    long last() {
        return first + count() - 1;
    }

    private static long timestamp(byte[] record) {
        try {
            return UsageRecord.parseFrom(record).getTimestampMs();
        } catch (InvalidProtocolBufferException e) {
            return 0;
        }
    }
}
