/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.report;

import com.google.protobuf.ByteString;
import io.tollgate.v1.UsageBatch;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Batches that were sent and wait for their acknowledgement, oldest first. Reporting thread's. */
final class Window {
    private final Deque<Sent> batches = new ArrayDeque<>();

    /** A batch and when it was sent, monotonic. */
    private record Sent(UsageBatch batch, long atNs) {
        long last() {
            return batch.getFirstSequence() + batch.getRecordsCount() - 1;
        }
    }

    void add(UsageBatch batch, long nowNs) {
        batches.add(new Sent(batch, nowNs));
    }

    int size() {
        return batches.size();
    }

    boolean isEmpty() {
        return batches.isEmpty();
    }

    /** When the oldest one was sent; there must be one. */
    long oldestAtNs() {
        return batches.getFirst().atNs();
    }

    @Nullable
    ByteString record(long sequence) {
        for (Sent sent : batches) {
            long index = sequence - sent.batch().getFirstSequence();
            if (index >= 0 && index < sent.batch().getRecordsCount()) {
                return sent.batch().getRecords((int) index);
            }
        }
        return null;
    }

    /** Drops what lies wholly at or below a sequence. */
    void acknowledged(long sequence) {
        while (!batches.isEmpty() && batches.getFirst().last() <= sequence) {
            batches.removeFirst();
        }
    }

    void clear() {
        batches.clear();
    }
}
