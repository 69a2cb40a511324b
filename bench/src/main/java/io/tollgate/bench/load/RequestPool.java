/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import com.google.protobuf.MessageLite;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Serialized calls, sent round and round. Safe for all threads; the messages are never changed. */
final class RequestPool {
    private final byte[][] messages;
    private final AtomicInteger next = new AtomicInteger();

    private RequestPool(final byte[][] messages) {
        this.messages = messages;
    }

    /** {@return one message per decision} */
    static RequestPool ofDecisions(final List<DecideRequest> requests) {
        return ofMessages(requests);
    }

    /** {@return one message per call} */
    static RequestPool ofMessages(final List<? extends MessageLite> requests) {
        if (requests.isEmpty()) {
            throw new IllegalArgumentException("requests: none given");
        }
        final byte[][] messages = new byte[requests.size()][];
        for (int i = 0; i < messages.length; i++) {
            messages[i] = requests.get(i).toByteArray();
        }
        return new RequestPool(messages);
    }

    /** {@return messages of so many decisions each; the requests are used in order, from the start again at the end} */
    static RequestPool ofBatches(final List<DecideRequest> requests, final int batchSize) {
        if (requests.isEmpty()) {
            throw new IllegalArgumentException("requests: none given");
        }
        final List<byte[]> messages = new ArrayList<>();
        int at = 0;
        do {
            final DecideBatchRequest.Builder batch = DecideBatchRequest.newBuilder();
            for (int i = 0; i < batchSize; i++) {
                batch.addRequests(requests.get(at++ % requests.size()));
            }
            messages.add(batch.build().toByteArray());
        } while (at < requests.size());
        return new RequestPool(messages.toArray(byte[][]::new));
    }

    byte[] next() {
        return messages[Math.floorMod(next.getAndIncrement(), messages.length)];
    }

    int size() {
        return messages.length;
    }

    double meanLengthBytes() {
        long sum = 0;
        for (final byte[] message : messages) {
            sum += message.length;
        }
        return (double) sum / messages.length;
    }
}
