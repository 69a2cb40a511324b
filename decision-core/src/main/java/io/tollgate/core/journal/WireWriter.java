/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.journal;

import org.agrona.DirectBuffer;

/**
 * Writes protobuf wire bytes into an array: field numbers up to 15, as {@code tollgate.v1.UsageRecord} has. Belongs to one thread; the
 * array has room for what is written.
 */
final class WireWriter {
    static final int MAX_VARINT_BYTES = 10;
    private static final int LENGTH_DELIMITED = 2;
    private static final int TAG_SHIFT = 3;

    private byte[] target = {};
    private int at;

    void wrap(final byte[] bytes, final int from) {
        target = bytes;
        at = from;
    }

    int position() {
        return at;
    }

    /** A number; nothing for 0, as proto3 has it. */
    void number(final int field, final long value) {
        if (value != 0) {
            target[at++] = (byte) (field << TAG_SHIFT);
            varint(value);
        }
    }

    /** Starts a text of so many bytes; nothing for none. {@return whether it was started} */
    boolean text(final int field, final int length) {
        if (length == 0) {
            return false;
        }
        target[at++] = (byte) (field << TAG_SHIFT | LENGTH_DELIMITED);
        varint(length);
        return true;
    }

    void text(final int field, final byte[] bytes, final int offset, final int length) {
        if (text(field, length)) {
            raw(bytes, offset, length);
        }
    }

    void text(final int field, final DirectBuffer bytes, final int offset, final int length) {
        if (text(field, length)) {
            bytes.getBytes(offset, target, at, length);
            at += length;
        }
    }

    void raw(final byte[] bytes, final int offset, final int length) {
        System.arraycopy(bytes, offset, target, at, length);
        at += length;
    }

    void raw(final byte value) {
        target[at++] = value;
    }

    private void varint(final long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            target[at++] = (byte) (rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        target[at++] = (byte) rest;
    }
}
