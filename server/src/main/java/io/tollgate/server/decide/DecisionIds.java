/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.request.DecisionRequest;
import java.nio.charset.StandardCharsets;

/**
 * Ids of decisions, unique per sidecar and boot: {@code <boot id>-<lane>-<number of the decision in its lane>}, the
 * numbers in hexadecimal. Belongs to one thread; an id costs one String.
 */
final class DecisionIds {
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);
    private static final int MAX_DIGITS = 16;

    private final byte[] buffer;
    private final int prefixLength;
    private long last;

    DecisionIds(final String bootId, final int lane) {
        final byte[] prefix = (bootId + "-" + Integer.toHexString(lane) + "-").getBytes(StandardCharsets.ISO_8859_1);
        prefixLength = prefix.length;
        buffer = java.util.Arrays.copyOf(prefix, prefixLength + MAX_DIGITS);
    }

    /** The next one, which also names the usage of a request. */
    String next(final DecisionRequest request) {
        final String id = next();
        request.note().decision(buffer, 0, id.length());
        return id;
    }

    String next() {
        final long number = ++last;
        final int digits = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(number) + 3) / 4);
        for (int i = digits - 1, shift = 0; i >= 0; i--, shift += 4) {
            buffer[prefixLength + i] = DIGITS[(int) (number >>> shift) & 0xF];
        }
        return new String(buffer, 0, prefixLength + digits, StandardCharsets.ISO_8859_1);
    }
}
