/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.envoy;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Takes HTTP/1.1 answers with a content-length off a connection, one at a time. Belongs to one thread. */
final class HttpAnswerReader {
    private static final byte[] LENGTH = "content-length:".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final int STATUS_AT = 9;
    private static final int MOST = 1 << 20;

    private byte[] bytes = new byte[4_096];
    private int filled;
    private int head = -1;
    private int whole;

    /** {@return the status of an answer that is complete; 0 = more has to come, -1 = it is none that we read} */
    int take(final ByteBuf in) {
        final int count = in.readableBytes();
        if (filled + count > MOST) {
            return -1;
        }
        if (filled + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, filled + count));
        }
        in.readBytes(bytes, filled, count);
        filled += count;
        if (head < 0 && !readHead()) {
            return 0;
        }
        if (whole < 0) {
            return -1;
        }
        return filled < whole ? 0 : filled > whole ? -1 : status();
    }

    /** {@return the answer's head and body; until {@link #clear}} */
    String text() {
        return new String(bytes, 0, filled, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    /** Makes ready for the next one. */
    void clear() {
        filled = 0;
        head = -1;
        whole = 0;
    }

    private int status() {
        return (bytes[STATUS_AT] - '0') * 100 + (bytes[STATUS_AT + 1] - '0') * 10 + bytes[STATUS_AT + 2] - '0';
    }

    private boolean readHead() {
        for (int i = STATUS_AT + 3; i + 3 < filled; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n' && bytes[i + 2] == '\r' && bytes[i + 3] == '\n') {
                head = i + 4;
                whole = wholeLength();
                return true;
            }
        }
        return false;
    }

    private int wholeLength() {
        for (int i = 0; i < head - LENGTH.length; i++) {
            if (bytes[i] == '\n' && matches(i + 1)) {
                int length = 0;
                for (int at = i + 1 + LENGTH.length; bytes[at] != '\r'; at++) {
                    length = bytes[at] == ' ' ? length : length * 10 + bytes[at] - '0';
                }
                return head + length;
            }
        }
        return -1;
    }

    private boolean matches(final int from) {
        for (int i = 0; i < LENGTH.length; i++) {
            if ((bytes[from + i] | 0x20) != (LENGTH[i] | 0x20)) {
                return false;
            }
        }
        return true;
    }
}
