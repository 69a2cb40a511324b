/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import org.agrona.concurrent.UnsafeBuffer;

/** A text somewhere in memory: UTF-8 bytes of a buffer. Also what can be asked of such bytes. */
final class TextSlice {
    private static final UnsafeBuffer NOWHERE = new UnsafeBuffer(new byte[0]);
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    UnsafeBuffer buffer = NOWHERE;
    int offset;
    int length;

    void wrap(final UnsafeBuffer memory, final int at, final int bytes) {
        buffer = memory;
        offset = at;
        length = bytes;
    }

    /** {@return whether two slices of one length have the same bytes} */
    static boolean same(final UnsafeBuffer a, final int aAt, final UnsafeBuffer b, final int bAt, final int length) {
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            if (a.getLong(aAt + i) != b.getLong(bAt + i)) {
                return false;
            }
        }
        if (i + Integer.BYTES <= length) {
            if (a.getInt(aAt + i) != b.getInt(bAt + i)) {
                return false;
            }
            i += Integer.BYTES;
        }
        for (; i < length; i++) {
            if (a.getByte(aAt + i) != b.getByte(bAt + i)) {
                return false;
            }
        }
        return true;
    }

    boolean isSame(final TextSlice that) {
        return length == that.length && same(buffer, offset, that.buffer, that.offset, length);
    }

    boolean startsWith(final TextSlice start) {
        return start.length <= length && same(buffer, offset, start.buffer, start.offset, start.length);
    }

    boolean endsWith(final TextSlice end) {
        return end.length <= length && same(buffer, offset + length - end.length, end.buffer, end.offset, end.length);
    }

    /** {@return below, at or above 0 in the order of code points, which is that of UTF-8 bytes} */
    static int compare(
            final UnsafeBuffer a,
            final int aAt,
            final int aLength,
            final UnsafeBuffer b,
            final int bAt,
            final int bLength) {
        final int common = Math.min(aLength, bLength);
        int i = 0;
        while (i + Long.BYTES <= common && a.getLong(aAt + i) == b.getLong(bAt + i)) {
            i += Long.BYTES;
        }
        for (; i < common; i++) {
            final int difference = (a.getByte(aAt + i) & 0xFF) - (b.getByte(bAt + i) & 0xFF);
            if (difference != 0) {
                return difference;
            }
        }
        return aLength - bLength;
    }

    int compare(final TextSlice that) {
        return compare(buffer, offset, length, that.buffer, that.offset, that.length);
    }

    /** {@return how many code points it has: its bytes less those that continue one, which are 10xxxxxx} */
    int codePoints() {
        int continuing = 0;
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            final long word = buffer.getLong(offset + i);
            continuing += Long.bitCount(word & ~(word << 1) & HIGH_BITS);
        }
        for (; i < length; i++) {
            continuing += (buffer.getByte(offset + i) & 0xC0) == 0x80 ? 1 : 0;
        }
        return length - continuing;
    }
}
