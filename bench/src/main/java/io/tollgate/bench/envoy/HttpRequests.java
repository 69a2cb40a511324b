/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.envoy;

import io.tollgate.bench.world.GeneratedChecks;
import io.tollgate.examples.generator.GeneratedRequests;
import io.tollgate.examples.generator.GeneratedShape;
import io.tollgate.examples.generator.PrincipalDraw;
import java.nio.charset.StandardCharsets;

/** Ready-made HTTP/1.1 requests of the generated world's principals, Zipf, sent round and round. Belongs to one thread. */
final class HttpRequests {
    private final byte[][] messages;
    private int at;

    private HttpRequests(final byte[][] messages) {
        this.messages = messages;
    }

    static HttpRequests generated(final GeneratedShape shape, final int count) {
        final PrincipalDraw draw = PrincipalDraw.zipf(shape.principals(), shape.seed());
        final GeneratedRequests maker = new GeneratedRequests(shape);
        final byte[][] messages = new byte[count][];
        for (int i = 0; i < count; i++) {
            messages[i] = GeneratedChecks.http(maker, draw.next()).getBytes(StandardCharsets.US_ASCII);
        }
        return new HttpRequests(messages);
    }

    byte[] next() {
        final byte[] message = messages[at];
        at = at + 1 == messages.length ? 0 : at + 1;
        return message;
    }

    double meanLengthBytes() {
        long sum = 0;
        for (final byte[] message : messages) {
            sum += message.length;
        }
        return (double) sum / messages.length;
    }
}
