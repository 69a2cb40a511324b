/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.TailDecisionsResponse;
import java.util.ArrayDeque;

/**
 * One reader of live entries. At most {@value #MAX_WAITING_BYTES} bytes wait for it, besides what its connection holds; what comes then is
 * lost to it, and counted. Belongs to the log's thread.
 */
final class Follower {
    static final int MAX_WAITING_BYTES = 1 << 20;

    private final EntryFilter filter;
    private final FollowerPipe pipe;
    private final ArrayDeque<DecisionLogEntry> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private long lost;
    private long lostSaid;

    Follower(final EntryFilter filter, final FollowerPipe pipe) {
        this.filter = filter;
        this.pipe = pipe;
    }

    void offer(final DecisionLogEntry entry) {
        if (!filter.takes(entry)) {
            return;
        }
        if (waiting.isEmpty() && pipe.isReady()) {
            send(entry);
        } else if (waitingBytes + entry.getSerializedSize() <= MAX_WAITING_BYTES) {
            waiting.add(entry);
            waitingBytes += entry.getSerializedSize();
        } else {
            lost++;
        }
    }

    /** Sends what waits, as far as the reader reads. {@return messages sent} */
    int flush() {
        int sent = 0;
        while (!waiting.isEmpty() && pipe.isReady()) {
            final DecisionLogEntry entry = waiting.removeFirst();
            waitingBytes -= entry.getSerializedSize();
            send(entry);
            sent++;
        }
        if (waiting.isEmpty() && lost != lostSaid && pipe.isReady()) {
            lostSaid = lost;
            pipe.send(TailDecisionsResponse.newBuilder().setLostCount(lost).build());
            sent++;
        }
        return sent;
    }

    private void send(final DecisionLogEntry entry) {
        lostSaid = lost;
        pipe.send(TailDecisionsResponse.newBuilder()
                .setTimestampMs(entry.getTimestampMs())
                .setDecisionId(entry.getResponse().getDecisionId())
                .setLostCount(lost)
                .setEntry(entry)
                .build());
    }

    boolean isGone() {
        return pipe.isGone();
    }

    void end() {
        pipe.end();
    }
}
