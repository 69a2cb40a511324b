/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import com.google.protobuf.ByteString;
import io.tollgate.v1.SidecarIdentity;
import io.tollgate.v1.UsageBatch;
import io.tollgate.v1.UsageRecord;
import java.util.List;

/** Records and batches as a sidecar would send them. */
public final class Usage {
    /** 2026-11-21T00:00:00Z. */
    public static final long DAY_MS = 1_795_219_200_000L;

    private Usage() {}

    public static UsageRecord.Builder record(String eventId, long amount) {
        return UsageRecord.newBuilder()
                .setEventId(eventId)
                .setTimestampMs(DAY_MS + 1_000)
                .setCustomerExternalId("acme")
                .setFeature("chat")
                .setScopePath("org:acme/project:rag")
                .setDimension("tokens")
                .setDimensionId(3)
                .setAmount(amount);
    }

    public static ByteString bytes(String eventId, long amount) {
        return record(eventId, amount).build().toByteString();
    }

    public static SidecarIdentity producer(String sidecar, String boot) {
        return SidecarIdentity.newBuilder()
                .setSidecarId(sidecar)
                .setBootId(boot)
                .build();
    }

    public static UsageBatch batch(String sidecar, String boot, long first, ByteString... records) {
        return UsageBatch.newBuilder()
                .setProducer(producer(sidecar, boot))
                .setFirstSequence(first)
                .addAllRecords(List.of(records))
                .build();
    }

    /** Events named SIDECAR-BOOT-SEQUENCE, of amount SEQUENCE. */
    public static UsageBatch run(String sidecar, String boot, long first, int count) {
        UsageBatch.Builder batch =
                UsageBatch.newBuilder().setProducer(producer(sidecar, boot)).setFirstSequence(first);
        for (long sequence = first; sequence < first + count; sequence++) {
            batch.addRecords(bytes(sidecar + "-" + boot + "-" + sequence, sequence));
        }
        return batch.build();
    }
}
