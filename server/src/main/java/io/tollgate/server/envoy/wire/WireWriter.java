/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes a message in protobuf's encoding into an array that is used again. A message within another is opened, written and closed: one
 * byte is left for its length, and what came after it moves when that is not enough. Belongs to one thread.
 */
public final class WireWriter {
    private static final int DELIMITED = 2;
    private static final int TYPE_BITS = 3;
    private static final int LOW = 0x7f;
    private static final int MORE = 0x80;
    private static final int INITIAL = 2_048;
    private static final int MAX_VARINT_BYTES = 5;

    private byte[] bytes = new byte[INITIAL];
    private int at;

    /** Writes nothing yet. */
    public WireWriter() {}

    /** Forgets what was written. */
    public void clear() {
        at = 0;
    }

    /** {@return a copy of what was written} */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, at);
    }

    /** Begins a message. {@return what {@link #close} needs} */
    public int open(final int field) {
        reserve(MAX_VARINT_BYTES + 1);
        varint(field << TYPE_BITS | DELIMITED);
        return at++;
    }

    /** Ends the message that was opened last and is still open. */
    public void close(final int opened) {
        final int length = at - opened - 1;
        if (length > LOW) {
            final int more = length < 1 << 14 ? 1 : length < 1 << 21 ? 2 : 3;
            reserve(more);
            System.arraycopy(bytes, opened + 1, bytes, opened + 1 + more, length);
            at = opened;
            varint(length);
            at += length;
        } else {
            bytes[opened] = (byte) length;
        }
    }

    /** A number from 0 on. */
    public void number(final int field, final int value) {
        reserve(2 * MAX_VARINT_BYTES);
        varint(field << TYPE_BITS);
        varint(value);
    }

    /** A text, also when it is empty. */
    public void text(final int field, final String value) {
        final int length = value.length();
        reserve(length + 2 * MAX_VARINT_BYTES);
        varint(field << TYPE_BITS | DELIMITED);
        final int begin = at;
        varint(length);
        for (int i = 0; i < length; i++) {
            final char c = value.charAt(i);
            if (c >= MORE) {
                at = begin;
                wide(value);
                return;
            }
            bytes[at++] = (byte) c;
        }
    }

    private void wide(final String value) {
        final byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        reserve(utf8.length + MAX_VARINT_BYTES);
        varint(utf8.length);
        System.arraycopy(utf8, 0, bytes, at, utf8.length);
        at += utf8.length;
    }

    /** Ready-made fields. */
    public void raw(final byte[] fields) {
        reserve(fields.length);
        System.arraycopy(fields, 0, bytes, at, fields.length);
        at += fields.length;
    }

    private void varint(final int value) {
        int rest = value;
        while ((rest & ~LOW) != 0) {
            bytes[at++] = (byte) (rest & LOW | MORE);
            rest >>>= 7;
        }
        bytes[at++] = (byte) rest;
    }

    private void reserve(final int count) {
        if (bytes.length - at < count) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, at + count));
        }
    }
}
